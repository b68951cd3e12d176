// The process: settings, service, signals. Everything that may go wrong at the start ends it with one sentence.
//
// What was stripped and compiled at an earlier start is kept beside the packages and used again, which saves a third of the
// time of a start. The cache must be on before anything else is loaded, hence the imports by call. Where it cannot be
// written (a read-only image) nothing is kept and nothing is lost but that time.
import { readFileSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/portcullis/code', import.meta.url)));
const { startService } = await import('./compose.ts');
const { loadSettings } = await import('./config/load.ts');
// Written now, not at the end: a service that is killed never comes to its end.
flushCompileCache();

function fail(error: unknown): never {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`portcullis: ${message}\n`);
  process.exit(1);
}

const settings = (() => {
  try {
    return loadSettings(process.env, (path) => readFileSync(path, 'utf8'));
  } catch (error) {
    return fail(error);
  }
})();

const service = await startService(settings).catch(fail);
process.stdout.write(service.greeting);

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) process.exit(1);
    stopping = true;
    service.close().then(() => process.exit(0), fail);
  });
}
