// What is where in a data directory.
import { join } from 'node:path';

/** Profiles and assessments. */
export function storeDirectory(dataDir: string): string {
  return join(dataDir, 'store');
}

export function caseDirectory(dataDir: string): string {
  return join(dataDir, 'cases');
}
