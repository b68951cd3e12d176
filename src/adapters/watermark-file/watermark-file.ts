// How far cases have been opened, as one small file per process in the data directory. A file is written beside its place and renamed
// into it, so that a reader finds the old mark or the new one. Files of processes that ended are taken over by the next that starts.
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Watermark } from '../../ports/case/watermark.ts';

const form = /^cases-opened\.(\d+)$/;

export interface WatermarkFileOptions {
  readonly directory: string;
  /** Number of this process. */
  readonly pid: number;
  readonly isRunning: (pid: number) => boolean;
}

export function createWatermarkFile({ directory, pid, isRunning }: WatermarkFileOptions): Watermark {
  const own = join(directory, `cases-opened.${pid}`);
  let adopted: string[] = [];
  return {
    async read() {
      let earliest: number | null = null;
      adopted = [];
      for (const name of await readdir(directory)) {
        const owner = Number(form.exec(name)?.[1] ?? Number.NaN);
        // A number may have been given to this process that an ended one had: then the file is that one's.
        if (Number.isNaN(owner) || (owner !== pid && isRunning(owner))) continue;
        const file = join(directory, name);
        if (owner !== pid) adopted.push(file);
        // A damaged mark says that somebody was here, and not when: then everything within reach is looked at.
        const atMs = Date.parse((await readFile(file, 'utf8').catch(goneBy)).trim());
        earliest = Math.min(earliest ?? Number.POSITIVE_INFINITY, Number.isNaN(atMs) ? 0 : atMs);
      }
      return earliest;
    },
    async write(atMs) {
      await writeFile(`${own}.new`, `${new Date(atMs).toISOString()}\n`);
      await rename(`${own}.new`, own);
      for (const file of adopted) await rm(file, { force: true });
      adopted = [];
    },
  };
}

/** Another process that started at the same time may have taken the file over: its mark is that early then, or ours is. */
function goneBy(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return new Date(0).toISOString();
  throw error;
}

/** Whether a process of that number runs on this machine, whoever owns it. */
export function isProcessRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
