// Runs what arrived together as one transaction: a commit costs as much as ten writes, and whoever is answered is answered after it.
//
// Each write has a savepoint, so that one that fails takes nothing of the others with it. Where SQLite itself gives up the
// transaction (the disk is full), all of the batch failed, and all are told so.
import { StorageFailure, type StorageTrouble } from '../../domain/case/failure.ts';
import type { Database } from './database.ts';
import { erasingOperations, type Operations, readingOperations } from './operations.ts';
import { failureOf } from './trouble.ts';

export interface Request {
  readonly number: number;
  readonly name: string;
  readonly args: readonly unknown[];
}

export type Reply =
  | { readonly number: number; readonly ok: true; readonly value: unknown }
  | { readonly number: number; readonly ok: false; readonly trouble: StorageTrouble; readonly sentence: string };

export function runBatch(db: Database, operations: Operations, requests: readonly Request[]): Reply[] {
  const writing = requests.some(({ name }) => !readingOperations.has(name));
  let replies: Reply[];
  try {
    // Readers too, so that what takes two look-ups sees one moment of a file that another process writes.
    db.exec(writing ? 'begin immediate' : 'begin');
    replies = requests.map((request) => inSavepoint(db, operations, request));
    db.exec('commit');
  } catch (error) {
    if (db.inTransaction) db.exec('rollback');
    const failure = failureOf(error);
    return requests.map((request) => refusal(request, failure));
  }
  const erased = requests.some(({ name }, i) => erasingOperations.has(name) && replies[i]?.ok === true);
  if (erased) db.truncateLog();
  return replies;
}

function inSavepoint(db: Database, operations: Operations, request: Request): Reply {
  if (readingOperations.has(request.name)) return replyTo(operations, request);
  db.exec('savepoint one');
  const reply = replyTo(operations, request);
  if (!reply.ok) {
    if (!db.inTransaction) throw new StorageFailure(reply.trouble, reply.sentence);
    db.exec('rollback to one');
  }
  db.exec('release one');
  return reply;
}

function replyTo(operations: Operations, request: Request): Reply {
  try {
    const operation = operations[request.name as keyof Operations] as (...args: readonly unknown[]) => unknown;
    return { number: request.number, ok: true, value: operation(...request.args) };
  } catch (error) {
    return refusal(request, failureOf(error));
  }
}

function refusal(request: Request, failure: StorageFailure): Reply {
  return { number: request.number, ok: false, trouble: failure.trouble, sentence: failure.message };
}
