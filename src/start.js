// Where the process begins.
//
// What was stripped and compiled at an earlier start is used again, which saves a third of the time
// of a start. Where the cache cannot be written (a read-only image) nothing is kept and nothing is lost but that time.
//
// Plain JavaScript, because the cache is only on once this file has run: written in TypeScript, it would have Node load its
// compiler for this one file at every start.

// First, because it may begin the process anew.
import './huge-pages.js';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

const cache = fileURLToPath(new URL('../node_modules/.cache/portcullis/code', import.meta.url));
enableCompileCache(cache);
// Threads have a cache of their own, and this is how they are told where. Without it each loads Node's TypeScript compiler: 40 MB and a
// second of one core.
// oxlint-disable-next-line no-restricted-properties -- not a setting that is read: the one way to tell Node's own threads.
process.env['NODE_COMPILE_CACHE'] ??= cache;
await import('./main.ts');
