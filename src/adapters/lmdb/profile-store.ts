// Profiles in LMDB: reads from records and pending events, changes as events. See ARCHITECTURE and record-store.ts for why.
//
// A profile handed out is a live view: events applied later, by any request, may show in it. Signals are derived from it in the same
// turn of the loop, before that can happen.
import type { AccountProfile } from '../../domain/profile/account.ts';
import { writeAccountEvent, writeSourceEvent } from '../../domain/profile/event-record.ts';
import { populationOf, writePopulationEvent } from '../../domain/profile/population.ts';
import type { SourceProfile } from '../../domain/profile/source.ts';
import { ByteWriter } from '../../domain/record/byte-writer.ts';
import type { ProfileBundle, ProfileChange, ProfileKeys, ProfileStore, SourceKind } from '../../ports/profile-store.ts';
import type { EventIndex } from './event-index.ts';
import { KeyBuffer } from './key-buffer.ts';
import type { Maintenance } from './maintenance.ts';
import { accountKind, networkKind, populationKind, sourceKind } from './record-kinds.ts';
import type { RecordStore } from './record-store.ts';

/** When changes cannot be made durable and memory is this full, counters are given up first, so that accounts still fit. */
const countersGiveUpAt = 0.9;
const nothing = new Uint8Array(0);

export interface LmdbProfileStore extends ProfileStore {
  read(keys: ProfileKeys): ProfileBundle;
  readAccount(tenant: string, account: string): AccountProfile | null;
  /** Changes that were given up because they could not be made durable and memory was full. */
  dropped(): number;
}

export function createProfileStore(parts: {
  index: EventIndex;
  records: RecordStore;
  maintenance: Maintenance;
  flushIntervalMs: number;
}): LmdbProfileStore {
  const { index, records, maintenance } = parts;
  const key = new KeyBuffer();
  const writer = new ByteWriter();
  let dropped = 0;

  function readSource(tenant: string, kind: SourceKind, name: string): SourceProfile | null {
    return key.set(tenant, kind, name) ? records.read(kind === 'asn' ? networkKind : sourceKind, key) : null;
  }

  function readAccount(tenant: string, account: string): AccountProfile | null {
    return key.set(tenant, 'account', account) ? records.read(accountKind, key) : null;
  }

  /** Encodes the event unless it is the one just encoded: one attempt gives its host, block, network and device the same. */
  let encoded: object | null = null;
  function encode(change: ProfileChange): void {
    if (change.kind === 'population') {
      encoded = null;
      writePopulationEvent(writer.reset(), change);
    } else if (change.event !== encoded) {
      encoded = change.event;
      if (change.kind === 'account') writeAccountEvent(writer.reset(), change.event);
      else writeSourceEvent(writer.reset(), change.event);
    }
  }

  function applyOne(tenant: string, change: ProfileChange): void {
    const isAccount = change.kind === 'account';
    const name = change.kind === 'population' ? '' : change.key;
    if (!key.set(tenant, change.kind, name) || index.fullness() > (isAccount ? 1 : countersGiveUpAt)) {
      dropped++;
      return;
    }
    encode(change);
    if (!index.append(key, writer.bytes, writer.at)) dropped++;
  }

  return {
    flushIntervalMs: parts.flushIntervalMs,
    read(keys) {
      const { tenant } = keys;
      key.set(tenant, 'population', '');
      const population = populationOf(records.read(populationKind, key), keys.population);
      return {
        account: readAccount(tenant, keys.account),
        host: readSource(tenant, 'host', keys.host),
        block: readSource(tenant, 'block', keys.block),
        asn: keys.asn === null ? null : readSource(tenant, 'asn', String(keys.asn)),
        device: keys.device === null ? null : readSource(tenant, 'device', keys.device),
        population,
      };
    },
    readAccount,
    apply(tenant, changes) {
      encoded = null;
      for (const change of changes) applyOne(tenant, change);
      encoded = null;
      maintenance.noticed();
    },
    async eraseAccount(tenant, account) {
      if (readAccount(tenant, account) === null) return false;
      key.set(tenant, 'account', account);
      if (!index.append(key, nothing, 0)) throw new Error('The account cannot be erased now: the store is full and cannot be written.');
      await maintenance.settle();
      return true;
    },
    flush: () => maintenance.flush(),
    close: () => maintenance.flush(),
    dropped: () => dropped,
  };
}
