// How each kind of profile is read, changed and written.
import type { AccountEvent, AccountProfile } from '../../domain/profile/account.ts';
import { readAccount, writeAccount } from '../../domain/profile/record/account-record.ts';
import { readAccountEvent, readSourceEvent } from '../../domain/profile/record/event-record.ts';
import { evolveAccount, evolveSource } from '../../domain/profile/evolve.ts';
import type { Expiry } from '../../domain/profile/expiry.ts';
import {
  addToPopulation,
  emptyPopulation,
  type PopulationEvent,
  type PopulationTable,
  readPopulation,
  readPopulationEvent,
  writePopulation,
} from '../../domain/profile/population.ts';
import type { SourceEvent, SourceProfile } from '../../domain/profile/source.ts';
import { type Refusal, readSource, writeSource } from '../../domain/profile/record/source-record.ts';
import type { ByteReader } from '../../domain/record/byte-reader.ts';
import type { ByteWriter } from '../../domain/record/byte-writer.ts';
import type { KeyKind } from './key-buffer.ts';

export interface RecordKind<State, Event> {
  readonly read: (from: ByteReader) => State | Refusal;
  readonly write: (out: ByteWriter, state: State) => void;
  readonly readEvent: (from: ByteReader) => Event | Refusal;
  /** Changes the state it is given, or makes one. */
  readonly evolve: (state: State | null, event: Event) => State | null;
  /** Many attempts touch the same key: its state is kept in memory as long as there is room. */
  readonly shared: boolean;
}

export const accountKind: RecordKind<AccountProfile, AccountEvent | Expiry> = {
  read: readAccount,
  write: writeAccount,
  readEvent: readAccountEvent,
  evolve: evolveAccount,
  shared: false,
};

export const sourceKind: RecordKind<SourceProfile, SourceEvent | Expiry> = {
  read: readSource,
  write: writeSource,
  readEvent: readSourceEvent,
  evolve: evolveSource,
  shared: false,
};

export const networkKind: typeof sourceKind = { ...sourceKind, shared: true };

export const populationKind: RecordKind<PopulationTable, PopulationEvent> = {
  read: readPopulation,
  write: writePopulation,
  readEvent: readPopulationEvent,
  evolve(state, event) {
    const table = state ?? emptyPopulation();
    addToPopulation(table, event);
    return table;
  },
  shared: true,
};

/** Kinds of key that have no record of this sort have none here. */
export const kinds: Partial<Readonly<Record<KeyKind, RecordKind<unknown, unknown>>>> = {
  account: accountKind as RecordKind<unknown, unknown>,
  host: sourceKind as RecordKind<unknown, unknown>,
  block: sourceKind as RecordKind<unknown, unknown>,
  asn: networkKind as RecordKind<unknown, unknown>,
  device: sourceKind as RecordKind<unknown, unknown>,
  population: populationKind as RecordKind<unknown, unknown>,
};
