// Profiles in LMDB: reads from records and pending events, changes as events. See ARCHITECTURE and record-store.ts for why.
//
// A profile handed out is a live view: events applied later, by any request, may show in it. Signals are derived from it in the same
// turn of the loop, before that can happen.
import type { AccountProfile } from '../../domain/profile/account.ts';
import { writeAccountEvent, writeSourceEvent } from '../../domain/profile/record/event-record.ts';
import { populationOf, writePopulationEvent } from '../../domain/profile/population.ts';
import type { SourceProfile } from '../../domain/profile/source.ts';
import { ByteWriter } from '../../domain/record/byte-writer.ts';
import type { ProfileBundle, ProfileChange, ProfileKeys, ProfilesExpired, ProfileStore, SourceKind } from '../../ports/profile-store.ts';
import type { EventIndex } from './event-index.ts';
import { KeyBuffer } from './key-buffer.ts';
import type { Maintenance } from './maintenance.ts';
import type { ProfileExpiry } from './profile-expiry.ts';
import { accountKind, networkKind, populationKind, sourceKind } from './record-kinds.ts';
import type { RecordStore } from './record-store.ts';

/** When changes cannot be made durable and memory is this full, counters are given up first, so that accounts still fit. */
const countersGiveUpAt = 0.9;
const nothing = new Uint8Array(0);

export interface ProfileStoreParts {
  readonly index: EventIndex;
  readonly records: RecordStore;
  readonly maintenance: Maintenance;
  readonly expiry: ProfileExpiry;
  readonly flushIntervalMs: number;
}

export class LmdbProfileStore implements ProfileStore {
  readonly flushIntervalMs: number;
  /** Changes that were given up because they could not be made durable and memory was full. */
  dropped = 0;
  private readonly index: EventIndex;
  private readonly records: RecordStore;
  private readonly maintenance: Maintenance;
  private readonly expiry: ProfileExpiry;
  private readonly key = new KeyBuffer();
  private readonly writer = new ByteWriter();
  /** The event that the writer holds. */
  private encoded: object | null = null;

  constructor(parts: ProfileStoreParts) {
    this.index = parts.index;
    this.records = parts.records;
    this.maintenance = parts.maintenance;
    this.expiry = parts.expiry;
    this.flushIntervalMs = parts.flushIntervalMs;
  }

  read(keys: ProfileKeys): ProfileBundle {
    const { tenant } = keys;
    this.key.set(tenant, 'population', '');
    const population = populationOf(this.records.read(populationKind, this.key), keys.population);
    return {
      account: this.readAccount(tenant, keys.account),
      host: this.readSource(tenant, 'host', keys.host),
      block: this.readSource(tenant, 'block', keys.block),
      asn: keys.asn === null ? null : this.readSource(tenant, 'asn', String(keys.asn)),
      device: keys.device === null ? null : this.readSource(tenant, 'device', keys.device),
      population,
    };
  }

  readAccount(tenant: string, account: string): AccountProfile | null {
    return this.key.set(tenant, 'account', account) ? this.records.read(accountKind, this.key) : null;
  }

  apply(tenant: string, changes: readonly ProfileChange[]): void {
    for (const change of changes) this.applyOne(tenant, change);
    this.encoded = null;
    this.maintenance.noticed();
  }

  async eraseAccount(tenant: string, account: string): Promise<boolean> {
    if (this.readAccount(tenant, account) === null) return false;
    this.key.set(tenant, 'account', account);
    if (!this.index.append(this.key, nothing, 0))
      throw new Error('The account cannot be erased now: the store is full and cannot be written.');
    await this.maintenance.settle();
    return true;
  }

  expire(untouchedSinceMs: number): Promise<ProfilesExpired> {
    return this.expiry.expire(untouchedSinceMs);
  }

  flush(): Promise<void> {
    return this.maintenance.flush();
  }

  close(): Promise<void> {
    return this.maintenance.flush();
  }

  private readSource(tenant: string, kind: SourceKind, name: string): SourceProfile | null {
    return this.key.set(tenant, kind, name) ? this.records.read(kind === 'asn' ? networkKind : sourceKind, this.key) : null;
  }

  private applyOne(tenant: string, change: ProfileChange): void {
    const name = change.kind === 'population' ? '' : change.key;
    const fullnessMax = change.kind === 'account' ? 1 : countersGiveUpAt;
    if (!this.key.set(tenant, change.kind, name) || this.index.fullness() > fullnessMax) {
      this.dropped++;
      return;
    }
    this.encode(change);
    if (!this.index.append(this.key, this.writer.bytes, this.writer.at)) this.dropped++;
  }

  /** Unless it is the event just encoded: one attempt gives its host, block, network and device the same. */
  private encode(change: ProfileChange): void {
    const { writer } = this;
    if (change.kind === 'population') {
      this.encoded = null;
      writePopulationEvent(writer.reset(), change);
    } else if (change.event !== this.encoded) {
      this.encoded = change.event;
      if (change.kind === 'account') writeAccountEvent(writer.reset(), change.event);
      else writeSourceEvent(writer.reset(), change.event);
    }
  }
}
