// Assessments by the order of their ids, a few at a time: what the log itself and a thread that only reads have in common.
import type { StoredAssessment } from '../../../domain/assessment.ts';
import type { AssessmentSlice } from '../../../ports/assessment-log.ts';
import { afterIds, bytesOfText, isBefore, zeroByte } from './assessment-keys.ts';
import type { Table } from '../environment.ts';
import type { KeyBuffer } from '../key-buffer.ts';
import { latin1 } from '../latin1.ts';

export interface SlicePlace {
  readonly fromId: string;
  readonly from: string | null;
  readonly limit: number;
  readonly beforeId?: string | undefined;
}

/** Uses both keys. `read` is asked for the assessment under the key in `key`, and says null where none can be read. */
export function sliceOf(
  table: Table,
  { key, other }: { readonly key: KeyBuffer; readonly other: KeyBuffer },
  { fromId, from, limit, beforeId }: SlicePlace,
  read: () => StoredAssessment | null,
): AssessmentSlice {
  const records: StoredAssessment[] = [];
  const start = from === null ? zeroByte : bytesOfText(from);
  let looked = 0;
  for (const bytes of table.getKeys({ start, limit: limit + 1 })) {
    key.copy(bytes, 0, bytes.length);
    if (looked++ === limit) return { records, next: textOf(key) };
    other.setBeside(key, 'assessment', fromId);
    // A tenant's first one is mostly older than asked for: on with the first that may not be.
    if (isBefore(key, other)) return { records, next: textOf(other) };
    // The tenant's others are later still: on with the next tenant.
    if (beforeId !== undefined && other.setBeside(key, 'assessment', beforeId) && !isBefore(key, other)) {
      other.setBeside(key, 'assessment', afterIds);
      return { records, next: textOf(other) };
    }
    const record = read();
    if (record !== null) records.push(record);
  }
  return { records, next: null };
}

function textOf(key: KeyBuffer): string {
  return latin1(key.bytes, 0, key.length);
}
