// The store's own thread: SQLite is synchronous, and a checkpoint may take 200 ms, so it must not run where logins are scored.
import { flushCompileCache } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type { StorageTrouble } from '../../domain/case/failure.ts';
import { type Reply, type Request, runBatch } from './batch.ts';
import { Database } from './database.ts';
import { createOperations } from './operations.ts';
import { failureOf } from './trouble.ts';

export interface ThreadData {
  readonly file: string;
  readonly auditKey: Uint8Array;
  readonly busyMs: number;
}

export type FromThread =
  | { readonly kind: 'ready' }
  | { readonly kind: 'unusable'; readonly trouble: StorageTrouble; readonly sentence: string }
  | { readonly kind: 'replies'; readonly replies: readonly Reply[] };

export type ToThread = { readonly kind: 'requests'; readonly requests: readonly Request[] } | { readonly kind: 'close' };

function serve(): void {
  const port = parentPort;
  if (port === null) return;
  const tell = (message: FromThread): void => port.postMessage(message);
  const { file, auditKey, busyMs } = workerData as ThreadData;
  let db: Database;
  try {
    db = new Database(file, busyMs);
  } catch (error) {
    const { trouble, message } = failureOf(error);
    tell({ kind: 'unusable', trouble, sentence: message });
    return port.close();
  }
  const operations = createOperations(db, auditKey);
  port.on('message', (message: ToThread) => {
    if (message.kind === 'requests') return tell({ kind: 'replies', replies: runBatch(db, operations, message.requests) });
    db.close();
    port.close();
  });
  tell({ kind: 'ready' });
  // Written now and not at the end, to which a service that is killed never comes.
  flushCompileCache();
}

serve();
