// Forgetting profiles that nobody touches any more. There is no index by time, which every login would have to keep: a slow walk over all
// profiles looks at each once in a while, and appends an event to those that are due, which every process applies in its place.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { writeAccountEvent, writeSourceEvent } from '../../domain/profile/record/event-record.ts';
import { evolveAccount, evolveSource } from '../../domain/profile/evolve.ts';
import { ByteWriter } from '../../domain/record/byte-writer.ts';
import type { ProfilesExpired } from '../../ports/profile-store.ts';
import { type Environment } from './environment.ts';
import type { EventIndex } from './event-index.ts';
import { KeyBuffer } from './key-buffer.ts';
import type { Maintenance } from './maintenance.ts';
import { accountKind, sourceKind } from './record-kinds.ts';
import { kindOf, type RecordStore } from './record-store.ts';

/** Profiles looked at per call: about 50 ms of work. Once a minute, a walk over a million takes about three hours. */
const keysPerCall = 5000;
/** Between these, logins are served: less than a millisecond's worth. */
const keysPerSlice = 64;
/** Above this share of the memory for pending changes the walk waits: logins need it more. */
const fullnessMax = 0.25;
/** As little as waits in it when hardly anybody signs in. */
const fullnessIdle = 0.01;
const firstKey = new Uint8Array(1);

interface Parts {
  readonly environment: Environment;
  readonly index: EventIndex;
  readonly records: RecordStore;
  readonly maintenance: Maintenance;
}

export class ProfileExpiry {
  private readonly parts: Parts;
  private readonly key = new KeyBuffer();
  private readonly writer = new ByteWriter();
  private from: Uint8Array = firstKey;

  constructor(parts: Parts) {
    this.parts = parts;
  }

  async expire(untouchedSinceMs: number): Promise<ProfilesExpired> {
    const { index, maintenance } = this.parts;
    // What is pending is no record yet and would not be met: loaded history, which may be old when it comes.
    if (this.from === firstKey && index.fullness() < fullnessIdle) await maintenance.settle();
    let forgotten = 0;
    for (let looked = 0; looked < keysPerCall; looked += keysPerSlice) {
      if (index.fullness() > fullnessMax) break;
      const keys = this.nextKeys();
      for (const key of keys) if (this.isForgotten(key, untouchedSinceMs)) forgotten++;
      maintenance.noticed();
      if (keys.length < keysPerSlice) {
        this.from = firstKey;
        return { forgotten, complete: true };
      }
      await nextTurn();
    }
    return { forgotten, complete: false };
  }

  private nextKeys(): readonly Uint8Array[] {
    const keys = [...this.parts.environment.profiles.getKeys({ start: this.from, limit: keysPerSlice })];
    const last = keys.at(-1);
    // The key and a zero byte: the first that can come after it.
    if (last !== undefined) this.from = Uint8Array.from([...last, 0]);
    return keys;
  }

  private isForgotten(key: Uint8Array, sinceMs: number): boolean {
    const expiry = { type: 'expired', atMs: sinceMs } as const;
    const { index, records } = this.parts;
    const writer = this.writer.reset();
    this.key.copy(key, 0, key.length);
    const kind = kindOf(this.key);
    if (kind === 'population') return false;
    if (kind === 'account') {
      const account = records.read(accountKind, this.key);
      if (account === null || evolveAccount(account, expiry) !== null) return false;
      writeAccountEvent(writer, expiry);
    } else {
      // A network is read like any other source here: a walk over all of them must not fill the memory for those in use.
      const source = records.read(sourceKind, this.key);
      if (source === null || evolveSource(source, expiry) !== null) return false;
      writeSourceEvent(writer, expiry);
    }
    return index.append(this.key, writer.bytes, writer.at);
  }
}
