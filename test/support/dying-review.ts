// The real review thread, which ends by `diesBy` at the first logins that it is given, once: the file `marker` says that it did.
import { existsSync, writeFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { ToReview } from '../../src/adapters/review-thread/messages.ts';

export interface DyingData {
  readonly diesBy: 'exit' | 'error' | 'memory' | 'silence';
  readonly marker: string;
}

const { diesBy, marker } = workerData as DyingData;

function die(): void {
  writeFileSync(marker, '');
  if (diesBy === 'exit') process.exit(3);
  if (diesBy === 'error') throw new Error('something went wrong');
  const hoard: number[][] = [];
  for (;;) if (diesBy === 'memory') hoard.push(Array.from({ length: 10_000 }, (_, i) => i * 1.5));
}

if (!existsSync(marker))
  parentPort?.on('message', (message: ToReview) => {
    if (message.kind === 'logins') die();
  });
await import('../../src/compose/review-thread.ts');
