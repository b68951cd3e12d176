// One thing that might have been ordinary, and what the features would then have been. See changes.ts for the list.
import type { PolicyContext } from '../../domain/assessment.ts';
import type { ChangeId } from '../../domain/explanation/messages/en-changes.ts';
import { featureAt, type Login } from './login.ts';

export type { ChangeId } from '../../domain/explanation/messages/en-changes.ts';

export interface Change {
  readonly id: ChangeId;
  /** Whether the record says that this was not ordinary; else there is nothing to change. */
  readonly applies: (login: Login) => boolean;
  /** Writes the features that are this change's alone. Unknown stays unknown: what was not seen was no evidence either. */
  readonly write: (row: Float32Array, login: Login) => void;
  /** What the policy would have seen. */
  readonly context?: (context: PolicyContext) => PolicyContext;
}

/** Sets a feature that is known. */
export function put(row: Float32Array, at: number, value: number): void {
  if (!Number.isNaN(row[at])) row[at] = value;
}

/** Sets features that are known to nothing. */
export function clear(row: Float32Array, positions: readonly number[]): void {
  for (const at of positions) put(row, at, 0);
}

/** Brings a feature down to a value, never up. */
export function atMost(row: Float32Array, at: number, value: number): void {
  if ((row[at] as number) > value) row[at] = value;
}

export function atLeast(row: Float32Array, at: number, value: number): void {
  if ((row[at] as number) < value) row[at] = value;
}

export function anyAbove(row: Float32Array, positions: readonly number[], value = 0): boolean {
  return positions.some((at) => (row[at] as number) > value);
}

/** A change that lets features be nothing: no failures, no contradictions, on no list. */
export function absent(id: ChangeId, names: readonly string[], more: Partial<Change> = {}): Change {
  const positions = names.map(featureAt);
  return {
    id,
    applies: ({ row }) => anyAbove(row, positions),
    write: (row) => clear(row, positions),
    ...more,
  };
}
