// Port: what was told of a case while it was being explained, in order, so that a reader who comes late, comes back or reads slowly misses
// nothing and reads nothing twice, also across restarts. Written by whoever explains, read by the streams. It is erased and expires with
// its case, and is bounded per case (see domain/case/telling.ts): what finds no place is left out. "done" always finds one,
// and what comes after it is left out.
//
// What `append` answered survives a kill of the process. Methods reject with a StorageFailure and then changed nothing.

export interface NewTelling {
  /** The same key again within a case is the same telling and is not stored twice: the work is done at least once. */
  readonly key: string;
  /** "template", "finding", "done", ...: as the stream names its events. */
  readonly kind: string;
  /** JSON text. One beyond `tellingBytesMax` is refused with its whole call. */
  readonly body: string;
  readonly atMs: number;
}

export interface Telling extends NewTelling {
  /** 1, 2, 3 within a case. */
  readonly sequence: number;
}

export interface ExplanationLog {
  /** All or none; null when there is no such case. The sequence of the last one that is stored now, 0 when there is none. */
  append(tenant: string, caseId: string, tellings: readonly NewTelling[]): Promise<number | null>;
  /** Those after `sequence`, oldest first, at most `limit`; null when there is no such case. */
  after(tenant: string, caseId: string, sequence: number, limit: number): Promise<Telling[] | null>;
}
