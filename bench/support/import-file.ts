// A year of logins as the import reads it: newline-delimited attempts with their outcomes, in order of time, and the account of
// what the file says, to hold the loaded store against.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { testRandom } from '../../test/support/ports.ts';
import { bodyOf } from './attempts.ts';

export interface ImportFile {
  readonly lines: number;
  readonly people: number;
  /** Good logins of each person, by number. */
  readonly good: Uint32Array;
}

const yearMs = 365 * 86_400_000;
const failedShare = 0.05;
/** A year of logins about once a month; few come more often. */
const loginsEach = 10;
const linesPerWrite = 500;

/** Writes `lines` attempts ending at `endMs`. Deterministic for a seed; memory stays flat. */
export async function writeImportFile(path: string, lines: number, seed: number, endMs: number): Promise<ImportFile> {
  const random = testRandom(seed);
  const people = Math.max(1, Math.floor(lines / loginsEach));
  const good = new Uint32Array(people);
  const out = createWriteStream(path);
  let text = '';
  for (let line = 0; line < lines; line++) {
    const person = Math.floor(random.uniform() * people);
    const failed = random.uniform() < failedShare;
    // Evenly spread with some disorder inside a step, so that times ascend.
    const atMs = endMs - yearMs + ((line + random.uniform()) / lines) * yearMs;
    if (!failed) good[person] = (good[person] as number) + 1;
    const body = bodyOf(person);
    text += `${JSON.stringify({
      ...body,
      occurred_at: new Date(atMs).toISOString(),
      credential: { method: 'password', result: failed ? 'failure' : 'success' },
      session: { id: `session-${line}` },
      outcome: failed ? 'failed' : 'signed_in',
    })}\n`;
    if (line % linesPerWrite !== linesPerWrite - 1 && line !== lines - 1) continue;
    if (!out.write(text)) await once(out, 'drain');
    text = '';
  }
  out.end();
  await once(out, 'finish');
  return { lines, people, good };
}
