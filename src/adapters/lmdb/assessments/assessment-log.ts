// Assessments in LMDB. Records are written once, in the order of their ids, which is the order of time: cheap appends. The three
// indices (by attempt, by account, by time) touch pages all over the database, so they travel as events and are written later;
// see event-index.ts. An entry of an index is written only while its assessment exists, so erasing needs no second pass.
import type { StoredAssessment } from '../../../domain/assessment.ts';
import { ByteReader } from '../../../domain/record/byte-reader.ts';
import { ByteWriter } from '../../../domain/record/byte-writer.ts';
import { readStoredAssessment, writeStoredAssessment } from '../../../domain/stored-assessment-record.ts';
import type { AssessmentLog, AssessmentSlice } from '../../../ports/assessment-log.ts';
import { accountKeyOf, joined, type Pointer, pointerOfKey, timeBytes, timeKeyOf, zeroByte } from './assessment-keys.ts';
import { sliceOf } from './assessment-slice.ts';
import { type Environment, keyOf, watched } from '../environment.ts';
import type { EventIndex } from '../event-index.ts';
import { KeyBuffer, type KeyKind } from '../key-buffer.ts';
import { latin1 } from '../latin1.ts';
import type { Companion, Maintenance } from '../maintenance.ts';
import type { FoldJob } from '../record-store.ts';
import { Slab } from '../slab.ts';

/** Removed per call of `expire`, so that none takes long. */
const expiredPerCall = 2000;
/**
 * Newest records that are kept as they are and not encoded yet: an outcome that follows at once, as in loaded history, then costs no second
 * encoding. More of them would live long enough to burden the garbage collector.
 */
const recentMax = 32;
/** Records that may wait for a disk that refuses. About 20,000; later ones are given up and counted, and profiles go on learning. */
const waitingBytesMax = 32 * 1024 * 1024;

/** An assessment as it is stored: its attempt's name and the record. */
interface Stored {
  readonly attempt: string;
  readonly record: StoredAssessment;
}

interface Recent {
  readonly stored: Stored;
  readonly replaces: boolean;
}

interface Pending {
  /** Null: removed. */
  readonly bytes: Uint8Array | null;
  /** Only where the assessment still exists: it replaces one that was durable. */
  readonly replaces: boolean;
}

export class LmdbAssessmentLog implements AssessmentLog, Companion {
  damaged = 0;
  /** Records and index entries that were given up because they could not be made durable and memory was full. */
  dropped = 0;
  private waitingBytes = 0;
  private readonly environment: Environment;
  private readonly index: EventIndex;
  private maintenance: Maintenance | null = null;
  private readonly key = new KeyBuffer();
  private readonly other = new KeyBuffer();
  private readonly writer = new ByteWriter();
  private readonly reader = new ByteReader(latin1);
  private readonly slab = new Slab();
  private stamp = 1;
  /** Written since the last submit, and submitted but not yet durable; by the text of the key. */
  private waiting = new Map<string, Pending>();
  private submitted = new Map<string, Pending>();
  /** The newest, not encoded yet; none of them is in `waiting`. */
  private readonly recent = new Map<string, Recent>();

  constructor(environment: Environment, index: EventIndex) {
    this.environment = environment;
    this.index = index;
  }

  /** Maintenance writes this log and this log asks it to, so one of them is told later. */
  maintainedBy(maintenance: Maintenance): void {
    this.maintenance = maintenance;
  }

  byAttempt(tenant: string, attempt: string): StoredAssessment | null {
    const id = attempt === '' ? null : this.idOfAttempt(tenant, attempt);
    return id === null ? null : this.byId(tenant, id);
  }

  byId(tenant: string, assessmentId: string): StoredAssessment | null {
    return this.load(tenant, assessmentId)?.record ?? null;
  }

  byAccount(tenant: string, account: string, limit: number): StoredAssessment[] {
    const found: StoredAssessment[] = [];
    for (const pointer of this.pointersOf(tenant, account, limit)) {
      const record = this.byId(tenant, pointer.id);
      if (record !== null) found.push(record);
      if (found.length === limit) break;
    }
    return found;
  }

  slice(fromId: string, from: string | null, limit: number, beforeId?: string): AssessmentSlice {
    const { key, other } = this;
    const read = (): StoredAssessment | null => this.read(this.keyText())?.record ?? null;
    return sliceOf(this.environment.assessments, { key, other }, { fromId, from, limit, beforeId }, read);
  }

  put(record: StoredAssessment, attempt: string): void {
    const { tenant, occurredAtMs, assessment } = record;
    if (!this.key.set(tenant, 'assessment', assessment.assessmentId) || this.isFull()) {
      this.dropped++;
      return;
    }
    this.keep({ attempt, record }, false);
    const pointer = { id: assessment.assessmentId, occurredAtMs };
    this.writePointer(pointer);
    this.appendPointer(tenant, 'ofAccount', record.visit.account);
    if (attempt !== '') this.appendPointer(tenant, 'attempt', attempt);
    this.maintenance?.noticed();
  }

  /** An assessment without its index entries could be neither found by its attempt nor erased with its account: all or nothing. */
  private isFull(): boolean {
    return this.waitingBytes > waitingBytesMax || this.index.fullness() >= 1;
  }

  /** The pointer is in the writer. */
  private appendPointer(tenant: string, kind: KeyKind, name: string): void {
    if (!this.key.set(tenant, kind, name) || !this.index.append(this.key, this.writer.bytes, this.writer.at)) this.dropped++;
  }

  replace(record: StoredAssessment): void {
    const stored = this.load(record.tenant, record.assessment.assessmentId);
    if (stored === null) return;
    this.key.set(record.tenant, 'assessment', record.assessment.assessmentId);
    const text = this.keyText();
    const before = this.recent.get(text) ?? this.waiting.get(text) ?? this.submitted.get(text);
    this.keep({ attempt: stored.attempt, record }, before === undefined || before.replaces);
  }

  async eraseAccount(tenant: string, account: string): Promise<number> {
    let erased = 0;
    for (const pointer of this.pointersOf(tenant, account, Number.POSITIVE_INFINITY)) {
      const stored = this.load(tenant, pointer.id);
      if (stored === null) continue;
      this.remove(tenant, stored, account);
      erased++;
    }
    if (erased > 0) await this.maintenance?.settle();
    return erased;
  }

  async expire(beforeMs: number): Promise<number> {
    await this.flush();
    // What occurred long ago and was stored just now (loaded history) is in the index of times only once it is folded.
    if (this.index.fullness() < 0.01) await this.maintenance?.settle();
    const removed: Uint8Array[] = [];
    for (const { key } of this.environment.times.getRange({ start: timeBytes(0), end: timeBytes(beforeMs), limit: expiredPerCall }))
      removed.push(key);
    let expired = 0;
    for (const timeKey of removed) {
      this.key.copy(timeKey, 8, timeKey.length - 8);
      const text = this.keyText();
      const stored = this.read(text);
      if (stored === null) this.drop(this.environment.times, timeKey);
      else {
        this.remove(stored.record.tenant, stored, stored.record.visit.account);
        expired++;
      }
    }
    await this.flush();
    return expired === 0 && removed.length === expiredPerCall ? 1 : expired;
  }

  flush(): Promise<void> {
    return this.maintenance?.flush() ?? Promise.resolve();
  }

  close(): Promise<void> {
    return this.flush();
  }

  /** Brings the events of an index into the index, those whose assessment exists. */
  fold(kind: KeyKind, key: KeyBuffer): FoldJob | null {
    const { index } = this;
    const newest = index.newest(key);
    const pointers: Pointer[] = [];
    for (let position = newest; position !== 0; ) {
      const view = index.at(position);
      const { previous } = view;
      if (!view.folded && index.seqAt(position) !== Number.POSITIVE_INFINITY) {
        const pointer = this.readPointer(view.bytes, view.payloadFrom, view.payloadLength);
        index.setFolded(position, true);
        if (pointer === null) this.damaged++;
        else pointers.push(pointer);
      }
      position = previous;
    }
    return pointers.length === 0 ? null : { position: newest, start: () => this.writeIndex(kind, newest, pointers) };
  }

  submit(): Promise<unknown>[] {
    for (const [text, recent] of this.recent) this.encode(text, recent);
    this.recent.clear();
    const promises: Promise<unknown>[] = [];
    const { assessments } = this.environment;
    for (const [text, pending] of this.waiting) {
      this.submitted.set(text, pending);
      // 3.5e-103 is how lmdb says "only if it exists"; see IF_EXISTS in its manual.
      this.key.copyText(text);
      const key = keyOf(this.key);
      if (pending.bytes === null) promises.push(watched(assessments.remove(key)));
      else if (pending.replaces) promises.push(watched(assessments.put(key, pending.bytes, this.stamp++, ifExists)));
      else promises.push(watched(assessments.put(key, pending.bytes, this.stamp++)));
    }
    if (this.waiting.size > 0) this.waiting = new Map();
    return promises;
  }

  settle(written: boolean): void {
    if (!written)
      for (const [text, pending] of this.submitted) if (!this.waiting.has(text) && !this.recent.has(text)) this.waiting.set(text, pending);
    if (this.submitted.size > 0) this.submitted = new Map();
    this.waitingBytes = 0;
    for (const pending of this.waiting.values()) this.waitingBytes += pending.bytes?.length ?? 0;
  }

  pending(): boolean {
    return this.waiting.size > 0 || this.recent.size > 0;
  }

  /** Keeps the record under the key in `this.key` until it is durable. */
  private keep({ attempt, record }: Stored, replaces: boolean): void {
    const text = this.keyText();
    // The caller may use its buffers again.
    const own = { ...record, features: record.features.slice(), outcomes: record.outcomes.slice() };
    this.recent.delete(text);
    this.recent.set(text, { stored: { attempt, record: own }, replaces });
    if (this.recent.size <= recentMax) return;
    for (const [oldest, recent] of this.recent) {
      this.encode(oldest, recent);
      this.recent.delete(oldest);
      return;
    }
  }

  private encode(text: string, { stored, replaces }: Recent): void {
    const { writer } = this;
    writer.reset();
    writer.plainText(stored.attempt);
    writeStoredAssessment(writer, stored.record);
    const bytes = this.slab.keep(writer.seal().written());
    this.waiting.set(text, { bytes, replaces });
    this.waitingBytes += bytes.length;
  }

  private remove(tenant: string, stored: Stored, account: string): void {
    const { assessment, occurredAtMs } = stored.record;
    const id = assessment.assessmentId;
    this.key.set(tenant, 'assessment', id);
    const text = this.keyText();
    this.waiting.set(text, { bytes: null, replaces: false });
    this.recent.delete(text);
    this.drop(this.environment.times, timeKeyOf(occurredAtMs, this.key));
    if (this.key.set(tenant, 'ofAccount', account)) this.drop(this.environment.accounts, accountKeyOf(this.key, { id, occurredAtMs }));
    if (stored.attempt !== '' && this.key.set(tenant, 'attempt', stored.attempt)) this.drop(this.environment.attempts, this.key.toBytes());
  }

  /** Removal from an index may fail with the disk: what it leaves points at nothing and is passed over. */
  private drop(table: Environment['times'], key: Uint8Array): void {
    void watched(table.remove(key));
  }

  private load(tenant: string, assessmentId: string): Stored | null {
    return this.key.set(tenant, 'assessment', assessmentId) ? this.read(this.keyText()) : null;
  }

  /** The assessment under the key in `this.key`. */
  private read(text: string): Stored | null {
    const recent = this.recent.get(text);
    if (recent !== undefined) return recent.stored;
    const pending = this.waiting.get(text) ?? this.submitted.get(text);
    const bytes = pending === undefined ? this.environment.assessments.getBinaryFast(keyOf(this.key)) : pending.bytes;
    if (bytes === undefined || bytes === null) return null;
    const reader = this.reader.openSealed(bytes, 0, bytes.length);
    const attempt = reader.plainText();
    const record = readStoredAssessment(reader);
    if (record !== 'damaged' && record !== 'foreign') return { attempt, record };
    this.damaged++;
    return null;
  }

  private keyText(): string {
    return latin1(this.key.bytes, 0, this.key.length);
  }

  private idOfAttempt(tenant: string, attempt: string): string | null {
    if (!this.key.set(tenant, 'attempt', attempt)) return null;
    const newest = this.index.newest(this.key);
    if (newest !== 0) {
      const view = this.index.at(newest);
      return this.readPointer(view.bytes, view.payloadFrom, view.payloadLength)?.id ?? null;
    }
    const bytes = this.environment.attempts.getBinaryFast(keyOf(this.key));
    return bytes === undefined ? null : this.readId(bytes);
  }

  private readId(bytes: Uint8Array): string | null {
    const reader = this.reader.open(bytes, 0, bytes.length);
    const id = reader.plainText();
    return reader.complete() ? id : null;
  }

  /** Newest first; those whose index entry is still an event and those in the table, each once. */
  private pointersOf(tenant: string, account: string, limit: number): Pointer[] {
    if (!this.key.set(tenant, 'ofAccount', account)) return [];
    const pointers = new Map<string, Pointer>();
    for (let position = this.index.newest(this.key); position !== 0; ) {
      const view = this.index.at(position);
      const pointer = this.readPointer(view.bytes, view.payloadFrom, view.payloadLength);
      if (pointer !== null) pointers.set(pointer.id, pointer);
      position = view.previous;
    }
    const prefix = this.key.toBytes();
    const start = joined(prefix, Uint8Array.of(0, 255));
    const end = joined(prefix, zeroByte);
    // Among the newest of the table some may have been removed; a few more than asked for nearly always suffice.
    for (const key of this.environment.accounts.getKeys({ start, end, reverse: true, limit: limit + 64 })) {
      const pointer = pointerOfKey(key, prefix.length);
      pointers.set(pointer.id, pointer);
    }
    return [...pointers.values()].sort((a, b) => b.occurredAtMs - a.occurredAtMs);
  }

  private writePointer(pointer: Pointer): void {
    const { writer } = this;
    writer.reset();
    writer.plainText(pointer.id);
    writer.number(pointer.occurredAtMs);
  }

  private readPointer(bytes: Uint8Array, from: number, length: number): Pointer | null {
    const reader = this.reader.open(bytes, from, from + length);
    const pointer = { id: reader.plainText(), occurredAtMs: reader.number() };
    return reader.complete() ? pointer : null;
  }

  private async writeIndex(kind: KeyKind, position: number, pointers: readonly Pointer[]): Promise<boolean> {
    const view = this.index.at(position);
    this.key.copy(view.bytes, view.keyFrom, view.keyLength);
    const written: Promise<unknown>[] = [];
    for (const pointer of pointers) if (this.other.setBeside(this.key, 'assessment', pointer.id)) this.writeEntry(kind, pointer, written);
    await Promise.all(written);
    return true;
  }

  /** The index's key is in `this.key`, the assessment's in `this.other`. */
  private writeEntry(kind: KeyKind, pointer: Pointer, written: Promise<unknown>[]): void {
    const { key, other } = this;
    const { assessments, attempts, accounts, times } = this.environment;
    const text = latin1(other.bytes, 0, other.length);
    const pending = this.waiting.get(text) ?? this.submitted.get(text);
    const exists =
      pending === undefined ? this.recent.has(text) || assessments.getBinaryFast(keyOf(other)) !== undefined : pending.bytes !== null;
    if (!exists) return;
    if (kind === 'attempt') {
      this.writer.reset();
      this.writer.plainText(pointer.id);
      written.push(watched(attempts.put(keyOf(key), this.slab.keep(this.writer.written()))));
      return;
    }
    written.push(watched(times.put(timeKeyOf(pointer.occurredAtMs, other), zeroByte)));
    written.push(watched(accounts.put(accountKeyOf(key, pointer), zeroByte)));
  }
}

const ifExists = 3.542694326329068e-103;
