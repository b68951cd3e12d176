// A secret key that is made at the first start and kept in a file of its own: the one behind the pseudonyms, the one of the audit.
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

export interface KeptKey {
  readonly file: string;
  /** 32 bytes; null: the file is there and does not hold a key. */
  readonly bytes: Uint8Array | null;
  /** Made by this call: there was no file. */
  readonly made: boolean;
}

const keyBytes = 32;

/** The key in the file, made when there is no file. Throws the system's error when it can neither be read nor made. */
export function keptKey(file: string): KeptKey {
  const made = !existsSync(file) && makeKey(file);
  const bytes = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  return { file, bytes: bytes.length === keyBytes ? bytes : null, made };
}

/** Whole or not at all, and once: of two processes that start on an empty directory, the second takes the first one's key. */
function makeKey(file: string): boolean {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, `${randomBytes(keyBytes).toString('base64')}\n`, { mode: 0o600 });
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(own);
  }
}
