// Stored assessments for a thread that only reads them, beside the one that scores and owns the store. Both use the same map of the same file
// (lmdb-js opens a file once per process, whoever asks), readers hold up no writer, and a thread that dies gives its place among the readers
// back. What is not durable yet is not seen.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ByteReader } from '../../../domain/record/byte-reader.ts';
import { readStoredAssessment } from '../../../domain/stored-assessment-record.ts';
import type { StoredAssessment } from '../../../domain/assessment.ts';
import type { AssessmentSlice } from '../../../ports/assessment-log.ts';
import { sliceOf } from './assessment-slice.ts';
import { type AssessmentsToRead, keyOf, openToRead } from '../environment.ts';
import { KeyBuffer } from '../key-buffer.ts';
import { latin1 } from '../latin1.ts';

export class AssessmentReader {
  readonly #directory: string;
  readonly #onProblem: (sentence: string) => void;
  readonly #keys = { key: new KeyBuffer(), other: new KeyBuffer() };
  readonly #reader = new ByteReader(latin1);
  #open: AssessmentsToRead | null = null;
  #trouble: string | null = null;

  /** Opened when something is read; where nothing was ever stored, there is nothing to read. Told once in one sentence why it cannot be. */
  constructor(directory: string, onProblem: (sentence: string) => void) {
    this.#directory = directory;
    this.#onProblem = onProblem;
  }

  /** As of an AssessmentLog. Throws when the store cannot be opened. */
  slice(fromId: string, from: string | null, limit: number, beforeId?: string): AssessmentSlice {
    if (this.#open === null && !existsSync(join(this.#directory, 'data.mdb'))) return { records: [], next: null };
    const { table } = this.#opened();
    return sliceOf(table, this.#keys, { fromId, from, limit, beforeId }, () => this.#read(table.getBinaryFast(keyOf(this.#keys.key))));
  }

  async close(): Promise<void> {
    await this.#open?.close();
    this.#open = null;
  }

  #opened(): AssessmentsToRead {
    try {
      this.#open ??= openToRead(this.#directory);
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#trouble) this.#onProblem(message);
      this.#trouble = message;
      throw error;
    }
    return this.#open;
  }

  #read(bytes: Uint8Array | undefined): StoredAssessment | null {
    if (bytes === undefined) return null;
    const reader = this.#reader.openSealed(bytes, 0, bytes.length);
    reader.plainText();
    const record = readStoredAssessment(reader);
    return record === 'damaged' || record === 'foreign' ? null : record;
  }
}
