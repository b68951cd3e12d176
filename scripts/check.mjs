// Runs every "check:*" script of package.json at once and reports them in order: one line each, and the output of those
// that failed. Ends with status 1 when any failed.
//
//   npm run check              all of them
//   npm run check -- lint      one of them
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const asked = process.argv.slice(2);
const names = Object.keys(scripts)
  .filter((name) => name.startsWith('check:'))
  .map((name) => name.slice('check:'.length))
  .filter((name) => asked.length === 0 || asked.includes(name));
if (names.length === 0) {
  console.error(`There is no check named ${asked.join(', ')}.`);
  process.exit(2);
}

const results = await Promise.all(names.map(run));
for (const { name, status, output, seconds } of results) {
  console.log(`${status === 0 ? 'ok    ' : 'failed'} ${name} (${seconds.toFixed(1)} s)`);
  if (status !== 0) console.log(output);
}
const failed = results.filter(({ status }) => status !== 0).length;
console.log(`${results.length - failed} of ${results.length} checks passed`);
// Not process.exit, which would cut off what a pipe has not taken yet.
process.exitCode = failed === 0 ? 0 : 1;

/** Without npm in between, which costs half a second per check. */
function run(name) {
  const began = performance.now();
  return new Promise((resolve) => {
    const env = { ...process.env, PATH: `${join(root, 'node_modules', '.bin')}${delimiter}${process.env.PATH}`, NO_COLOR: '1' };
    const child = spawn(scripts[`check:${name}`], { cwd: root, env, shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => resolve({ name, status: code ?? 1, output: output.trim(), seconds: (performance.now() - began) / 1000 }));
  });
}
