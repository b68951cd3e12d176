// Writes the pages that are made from code: settings, signals with their reasons, policy, twenty explanations. `npm run generate` puts
// them into docs/; a test fails when what is there says something else than the code.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { policyPage } from '../adapters/policy-file/reference.ts';
import { settingsPage } from '../config/reference.ts';
import { explanationsPage } from './reference/explanations-page.ts';
import { signalsPage } from './reference/signals-page.ts';

/** File name under docs/ to its whole text. */
export function referencePages(): ReadonlyMap<string, string> {
  return new Map([
    ['settings.md', settingsPage()],
    ['signals.md', signalsPage()],
    ['policy.md', policyPage()],
    ['explanations.md', explanationsPage()],
  ]);
}

if (import.meta.main) {
  const directory = fileURLToPath(new URL('../../docs/', import.meta.url));
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of referencePages()) {
    writeFileSync(`${directory}${name}`, text);
    console.log(`docs/${name}`);
  }
}
