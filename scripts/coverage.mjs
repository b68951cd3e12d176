// Holds src/domain and src/assess to full line and branch coverage by their own tests: what decides about people is tested to the last
// branch, and by rules about it, not because a whole service happened to pass through.
// Reads the summary that `npm run coverage` has tap write, and also names files that no test loads, which tap leaves out.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const summary = JSON.parse(readFileSync(join(root, '.tap', 'report', 'coverage-summary.json'), 'utf8'));
const covered = new Map(Object.entries(summary).map(([path, figures]) => [relative(root, path), figures]));
const held = ['src/domain', 'src/assess'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
);

const problems = held.flatMap((path) => {
  const figures = covered.get(path);
  if (figures === undefined) return hasCode(path) ? [`${path}: no test loads it`] : [];
  const { lines, branches } = figures;
  return lines.pct === 100 && branches.pct === 100 ? [] : [`${path}: lines ${lines.pct} %, branches ${branches.pct} %`];
});
console.log(problems.length === 0 ? `${held.length} files of domain and assess are covered to the last branch` : problems.join('\n'));
process.exitCode = problems.length === 0 ? 0 : 1;

/** A file of types and lists of words alone leaves nothing to run. */
function hasCode(path) {
  const text = readFileSync(join(root, path), 'utf8').replace(/^export const \w+ = \[[^\]()]*\] as const;$/gm, '');
  return /^(export )?(async )?(function|const|class|let)\b/m.test(text);
}
