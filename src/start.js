// Where the process begins.
//
// What was stripped and compiled at an earlier start is used again, which saves a third of the time
// of a start. Where the cache cannot be written (a read-only image) nothing is kept and nothing is lost but that time.
//
// Plain JavaScript, because the cache is only on once this file has run: written in TypeScript, it would have Node load its
// compiler for this one file at every start.
import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// Where Linux gives huge pages to those who ask, the C library is told to ask: every login reads here and there in 160 MB of tables, and with pages
// of 4 kB a tenth of its CPU goes into finding out where they lie. The library reads this only when a process begins, so the process
// begins again, in its place and under its number, which takes 40 ms. Few arenas, because each keeps memory that others could use.
const tunables = 'glibc.malloc.hugetlb=1:glibc.malloc.arena_max=2';
// oxlint-disable-next-line no-restricted-properties -- not a setting: what the C library reads.
if (process.env['GLIBC_TUNABLES'] === undefined && process.execve !== undefined && givesHugePagesOnRequest()) {
  // oxlint-disable-next-line no-restricted-properties -- the same program with the same arguments and environment.
  const { argv, env, execArgv, execPath } = process;
  process.execve(execPath, [execPath, ...execArgv, ...argv.slice(1)], { ...env, GLIBC_TUNABLES: tunables });
}

function givesHugePagesOnRequest() {
  try {
    return readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8').includes('[madvise]');
  } catch {
    return false;
  }
}

const cache = fileURLToPath(new URL('../node_modules/.cache/portcullis/code', import.meta.url));
enableCompileCache(cache);
// Threads have a cache of their own, and this is how they are told where. Without it each loads Node's TypeScript compiler: 40 MB and a
// second of one core.
// oxlint-disable-next-line no-restricted-properties -- not a setting that is read: the one way to tell Node's own threads.
process.env['NODE_COMPILE_CACHE'] ??= cache;
await import('./main.ts');
