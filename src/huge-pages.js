// Where Linux gives huge pages to those who ask, the C library is told to ask: every login reads here and there in 160 MB of tables, and with
// pages of 4 kB a part of its CPU goes into finding out where they lie (ARCHITECTURE says how much). The library reads this only when a process
// begins, so the process begins again, in its place and under its number, which takes 40 ms. Few arenas, because each keeps memory that
// others could use.
//
// Plain JavaScript, and loaded before anything else, so that what is thrown away is little.
import { readFileSync } from 'node:fs';

const tunables = 'glibc.malloc.hugetlb=1:glibc.malloc.arena_max=2';
// oxlint-disable-next-line no-restricted-properties -- no settings: what the C library reads, and the same program's arguments.
const { argv, env, execArgv, execPath } = process;
if (env['GLIBC_TUNABLES'] === undefined && process.execve !== undefined && givesHugePagesOnRequest()) {
  process.execve(execPath, [execPath, ...execArgv, ...argv.slice(1)], { ...env, GLIBC_TUNABLES: tunables });
}

function givesHugePagesOnRequest() {
  try {
    return readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8').includes('[madvise]');
  } catch {
    return false;
  }
}
