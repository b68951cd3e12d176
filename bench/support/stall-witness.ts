// How long did the machine itself keep everybody waiting? A process of its own that does nothing but ask for its turn every few
// milliseconds and for the disk to take a few bytes: what it had to wait for, the service had to wait for as well.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fsyncSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const turnMs = 10;
/** The disk is asked as often as the store asks it. */
const turnsPerWrite = 20;

export interface StallWitness {
  /** Longest wait since the last call, milliseconds. */
  take(): Promise<number>;
  stop(): void;
}

/** Watches the disk that `directory` is on. */
export function startStallWitness(directory: string): StallWitness {
  const child = fork(fileURLToPath(import.meta.url), [directory], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  return {
    async take() {
      child.send('take');
      const [stallMs] = (await once(child, 'message')) as [number];
      return stallMs;
    },
    stop() {
      child.disconnect();
    },
  };
}

function watch(directory: string): void {
  const path = join(directory, 'witness');
  const file = openSync(path, 'w');
  let longestMs = 0;
  let turns = 0;
  let dueMs = performance.now() + turnMs;
  setInterval(() => {
    longestMs = Math.max(longestMs, performance.now() - dueMs);
    if (++turns % turnsPerWrite === 0) {
      const beganMs = performance.now();
      writeSync(file, 'here', 0);
      fsyncSync(file);
      longestMs = Math.max(longestMs, performance.now() - beganMs);
    }
    dueMs = performance.now() + turnMs;
  }, turnMs);
  process.on('message', () => {
    // A wait that is not over yet counts as well.
    process.send?.(Math.max(longestMs, performance.now() - dueMs));
    longestMs = 0;
  });
  process.on('disconnect', () => {
    closeSync(file);
    unlinkSync(path);
    process.exit();
  });
}

const watched = process.argv[2];
if (process.argv[1] === fileURLToPath(import.meta.url) && watched !== undefined) watch(watched);
