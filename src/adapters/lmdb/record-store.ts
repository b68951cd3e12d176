// Stored records and the events they lack, together: what a profile is now.
//
// A record carries the number of the journal entry up to which events are in it. A read adds the events after that; a fold writes
// the sum back, on condition that nobody else has written the record meanwhile. So it does not matter which process folds,
// nor when, nor whether one dies halfway: no event is ever lost or counted twice.
import { randomInt } from 'node:crypto';
import { getLastVersion } from 'lmdb';
import { ByteReader } from '../../domain/record/byte-reader.ts';
import { ByteWriter } from '../../domain/record/byte-writer.ts';
import { type Environment, keyOf, watched } from './environment.ts';
import type { EventIndex } from './event-index.ts';
import type { Journal } from './journal.ts';
import { KeyBuffer, type KeyKind, kindOfCode } from './key-buffer.ts';
import type { RecordKind } from './record-kinds.ts';
import { latin1 } from './latin1.ts';
import { Slab } from './slab.ts';

/** A key with at least this many unfolded events keeps its state in memory: the offices and attackers that many attempts come from. */
const hotEventsMin = 32;
/** A key with this many unfolded events is folded before its turn, because each read adds them to the record anew. */
const earlyEventsMin = 8;
/** States kept in memory. About 2 KB each. */
const hotMax = 4096;
/** After this many events the key is folded early, so that finding its state again stays short. */
const eventsPerFold = 256;
/** More keys than this do not wait to be folded early: then everything is hot, and folding in turn is as good. */
const earlyMax = 4096;
/** How far back a read looks for a kept state before it reads the record. */
const hotSearchMax = 48;

interface Hot {
  state: unknown;
  upTo: number;
  sinceFold: number;
}

/** A record that is ready to be written. Many are written at once: one by one, each would be a transaction of its own. */
export interface FoldJob {
  /** An event of the key. */
  readonly position: number;
  /** Hands it to the database. True: written. False: another process was faster. Rejects when the disk refuses. */
  start(): Promise<boolean>;
}

export class RecordStore {
  /** Records and events that could not be read and were taken as absent. */
  damaged = 0;
  /** Keys to fold before their turn. */
  readonly early: Uint8Array[] = [];
  private readonly environment: Environment;
  private readonly index: EventIndex;
  private readonly journal: Journal;
  private readonly reader = new ByteReader(latin1);
  private readonly writer = new ByteWriter(65_536);
  private readonly slab = new Slab();
  private readonly startKey = new KeyBuffer();
  private readonly chain: number[] = [];
  private readonly hot = new Map<string, Hot>();
  private nextStamp: number;
  private lastEarly = 0;

  constructor(environment: Environment, index: EventIndex, journal: Journal) {
    this.environment = environment;
    this.index = index;
    this.journal = journal;
    // Stamps of two processes must differ: a random beginning below 2^52, counted up from there.
    this.nextStamp = randomInt(2 ** 47) * 32;
  }

  /** The newest state of the key, which stays this store's to change; null when there is none. */
  read<State, Event>(kind: RecordKind<State, Event>, key: KeyBuffer): State | null {
    const newest = this.index.newest(key);
    if (kind.shared) {
      const hot = this.hot.get(hotKey(key));
      return hot === undefined ? this.rebuild(kind, key, newest) : this.advance(kind, key, hot, newest);
    }
    if (newest === 0) return this.readBase(kind, key, null);
    const { index } = this;
    let position = newest;
    for (let steps = 0; position !== 0 && steps < hotSearchMax; steps++) {
      const view = index.at(position);
      if (view.hot) {
        const hot = this.hot.get(hotKey(key));
        if (hot !== undefined && hot.upTo === position) return this.advance(kind, key, hot, newest);
      }
      position = view.payloadLength === 0 ? 0 : view.previous;
    }
    return this.rebuild(kind, key, newest);
  }

  /** Forgets kept states: records were changed by others in a way that was not followed. */
  forgetHot(): void {
    this.hot.clear();
  }

  /** From the record and all events that it lacks. */
  private rebuild<State, Event>(kind: RecordKind<State, Event>, key: KeyBuffer, newest: number): State | null {
    const base: Base = { foldedTo: 0, version: null };
    let state = this.readBase(kind, key, base);
    if (this.collect(newest, base.foldedTo, Number.POSITIVE_INFINITY)) state = null;
    const events = this.chain.length;
    state = this.applyChain(kind, state);
    if (kind.shared || events >= hotEventsMin) this.keepHot(key, state, newest, events);
    else if (events >= earlyEventsMin) this.foldEarly(key, newest);
    return state;
  }

  /**
   * A kept state, brought up to date. It never misses an event: events leave the index only after a fold, and a fold brings the
   * kept state up to date first.
   */
  private advance<State, Event>(kind: RecordKind<State, Event>, key: KeyBuffer, hot: Hot, newest: number): State | null {
    if (newest <= hot.upTo) return hot.state as State | null;
    const { chain, index } = this;
    chain.length = 0;
    for (let position = newest; position > hot.upTo; ) {
      chain.push(position);
      const view = index.at(position);
      position = view.payloadLength === 0 ? 0 : view.previous;
    }
    hot.sinceFold += chain.length;
    hot.state = this.applyChain(kind, hot.state as State | null);
    hot.upTo = newest;
    index.setHot(newest);
    if (hot.sinceFold >= eventsPerFold) {
      hot.sinceFold = 0;
      this.early.push(key.toBytes());
    }
    return hot.state as State | null;
  }

  private foldEarly(key: KeyBuffer, newest: number): void {
    if (this.early.length >= earlyMax || newest === this.lastEarly) return;
    this.lastEarly = newest;
    this.early.push(key.toBytes());
  }

  private keepHot(key: KeyBuffer, state: unknown, upTo: number, events: number): void {
    const name = hotKey(key);
    this.hot.delete(name);
    this.hot.set(name, { state, upTo, sinceFold: events });
    if (upTo !== 0) this.index.setHot(upTo);
    if (this.hot.size <= hotMax) return;
    for (const oldest of this.hot.keys()) {
      this.hot.delete(oldest);
      return;
    }
  }

  /**
   * Collects the positions of events numbered after `foldedTo` up to `limitSeq`, newest first. Returns true when the newest of
   * them erases the key: then nothing before it counts, the record included.
   */
  private collect(newest: number, foldedTo: number, limitSeq: number): boolean {
    const { chain, index } = this;
    chain.length = 0;
    const floor = foldedTo === 0 ? 0 : index.floorOf(foldedTo);
    let position = newest;
    while (position !== 0 && position >= floor) {
      const view = index.at(position);
      const erases = view.payloadLength === 0;
      const { previous } = view;
      if (foldedTo > 0 || limitSeq !== Number.POSITIVE_INFINITY) {
        const seq = index.seqAt(position);
        if (seq > foldedTo && seq <= limitSeq) {
          chain.push(position);
          if (erases) return true;
        }
      } else {
        chain.push(position);
        if (erases) return true;
      }
      position = previous;
    }
    return false;
  }

  /** Applies the collected events, oldest first. */
  private applyChain<State, Event>(kind: RecordKind<State, Event>, from: State | null): State | null {
    let state = from;
    for (let i = this.chain.length - 1; i >= 0; i--) {
      const view = this.index.at(this.chain[i] as number);
      if (view.payloadLength === 0) {
        state = null;
        continue;
      }
      const event = kind.readEvent(this.reader.open(view.bytes, view.payloadFrom, view.payloadFrom + view.payloadLength));
      if (event === 'damaged' || event === 'foreign') this.damaged++;
      else state = kind.evolve(state, event as Event);
    }
    return state;
  }

  private readBase<State, Event>(kind: RecordKind<State, Event>, key: KeyBuffer, base: Base | null): State | null {
    const table = this.environment.profiles;
    const bytes = table.getBinaryFast(keyOf(key));
    if (bytes === undefined) return null;
    if (base !== null) base.version = getLastVersion();
    const reader = this.reader.openSealed(bytes, 0, bytes.length);
    const foldedTo = reader.uint();
    const state = kind.read(reader);
    if (state === 'damaged' || state === 'foreign') {
      this.damaged++;
      return null;
    }
    if (base !== null) base.foldedTo = foldedTo;
    return state as State;
  }

  /** Writes the key's durable events into its record. Null when there was nothing to write. */
  fold<State, Event>(kind: RecordKind<State, Event>, key: KeyBuffer): FoldJob | null {
    const newest = this.index.newest(key);
    if (newest === 0) return null;
    const hot = this.hot.get(hotKey(key));
    if (hot !== undefined) this.advance(kind, key, hot, newest);
    const limitSeq = this.journal.seen;
    const base: Base = { foldedTo: 0, version: null };
    let state = this.readBase(kind, key, base);
    if (this.collect(newest, base.foldedTo, limitSeq)) state = null;
    this.markFolded(newest, limitSeq);
    if (this.chain.length === 0) return null;
    state = this.applyChain(kind, state);
    return this.write(kind, newest, state, base, limitSeq);
  }

  /**
   * Also what the record held already, folded by another process or before a restart: a network may have tens of thousands of events, and
   * each that is not marked would have the record read again. Those behind a marked one were marked with it.
   */
  private markFolded(newest: number, limitSeq: number): void {
    const { index } = this;
    for (let position = newest; position !== 0; ) {
      const { folded, previous } = index.at(position);
      if (folded) return;
      if (index.seqAt(position) <= limitSeq) index.setFolded(position, true);
      position = previous;
    }
  }

  private write<State, Event>(
    kind: RecordKind<State, Event>,
    position: number,
    state: State | null,
    base: Base,
    foldedTo: number,
  ): FoldJob | null {
    const table = this.environment.profiles;
    const { version } = base;
    if (state === null) return version === null ? null : { position, start: () => watched(table.remove(this.keyAt(position), version)) };
    const writer = this.writer.reset();
    writer.uint(foldedTo);
    kind.write(writer, state);
    const bytes = this.slab.keep(writer.seal().written());
    return { position, start: () => watched(table.put(this.keyAt(position), bytes, this.nextStamp++, version as number)) };
  }

  private keyAt(position: number): Uint8Array {
    const view = this.index.at(position);
    this.startKey.copy(view.bytes, view.keyFrom, view.keyLength);
    return keyOf(this.startKey);
  }
}

interface Base {
  foldedTo: number;
  /** Stamp of the record, null when there is none: then the write is on condition that there still is none. */
  version: number | null;
}

function hotKey(key: KeyBuffer): string {
  return latin1(key.bytes, 0, key.length);
}

export function kindOf(key: KeyBuffer): KeyKind | undefined {
  return kindOfCode.get(key.kindCode());
}
