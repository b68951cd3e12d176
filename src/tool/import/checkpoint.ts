// How far an import has come, so that an interrupted one goes on where it was.
//
// The file is written only after the stores have flushed: what it counts as done is durable. What was done after the last
// checkpoint is done again, and recognised by its attempt id, so nothing is counted twice.
import { createHash } from 'node:crypto';
import { open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Progress {
  /** Lines done, from the beginning of the file. */
  readonly lines: number;
  readonly assessed: number;
  readonly refused: number;
  readonly unmatched: number;
}

export const nothingDone: Progress = { lines: 0, assessed: 0, refused: 0, unmatched: 0 };

/** How much of the beginning names a file: three lines tell logs apart that share a header, and growing changes none of them. */
const headLines = 3;
const headBytes = 65_536;

/** Names the file by how it begins; stable when the file is moved or appended to. */
export async function fileName(file: string): Promise<string> {
  const handle = await open(file, 'r');
  try {
    const head = Buffer.alloc(headBytes);
    const { bytesRead } = await handle.read(head, 0, headBytes, 0);
    return createHash('sha256')
      .update(firstLines(head.subarray(0, bytesRead)))
      .digest('hex')
      .slice(0, 16);
  } finally {
    await handle.close();
  }
}

function firstLines(bytes: Buffer): Buffer {
  let end = 0;
  for (let line = 0; line < headLines; line++) {
    const next = bytes.indexOf(10, end);
    if (next < 0) break;
    end = next + 1;
  }
  return end === 0 ? bytes : bytes.subarray(0, end);
}

export interface Checkpoint {
  read(): Promise<Progress>;
  write(progress: Progress): Promise<void>;
}

export function checkpointIn(directory: string, name: string): Checkpoint {
  const path = join(directory, `import-${name}.json`);
  return {
    async read() {
      try {
        const value = JSON.parse(await readFile(path, 'utf8')) as Partial<Progress>;
        const counts = [value.lines, value.assessed, value.refused, value.unmatched];
        return counts.every((count) => Number.isInteger(count) && (count as number) >= 0) ? (value as Progress) : nothingDone;
      } catch {
        return nothingDone;
      }
    },
    async write(progress) {
      await writeFile(`${path}.new`, `${JSON.stringify(progress)}\n`);
      await rename(`${path}.new`, path);
    },
  };
}
