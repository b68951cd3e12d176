// From what SQLite says to one sentence for an operator.
import { StorageFailure, type StorageTrouble } from '../../domain/case/failure.ts';

/** Primary result codes; https://www.sqlite.org/rescode.html. */
const troubles: ReadonlyMap<number, StorageTrouble> = new Map([
  [5, 'busy'],
  [6, 'busy'],
  [8, 'full'],
  [10, 'full'],
  [11, 'damaged'],
  [13, 'full'],
  [14, 'unavailable'],
  [26, 'damaged'],
]);

const sentences: Readonly<Record<StorageTrouble, string>> = {
  busy: 'The case database was held by another process for too long',
  full: 'The case database cannot be written: the disk is full, failing or read-only',
  damaged: 'The case database is damaged: restore it from a backup, or move it away to begin an empty one',
  unavailable: 'The case database cannot be opened',
  overloaded: 'More is waiting for the case database than fits',
  failed: 'The case database refused a request',
};

export function failureOf(error: unknown): StorageFailure {
  if (error instanceof StorageFailure) return error;
  const { errcode, message } = error as { errcode?: number; message?: string };
  // The low byte is the primary code, the rest its variety.
  const trouble = (typeof errcode === 'number' ? troubles.get(errcode & 0xff) : undefined) ?? 'failed';
  return new StorageFailure(trouble, `${sentences[trouble]} (${oneLine(message ?? String(error))}).`);
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, 200);
}

export function damaged(what: string): StorageFailure {
  return new StorageFailure('damaged', `${what} in the case database is damaged.`);
}
