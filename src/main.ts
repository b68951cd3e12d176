// The process: settings, service, signals. Everything that may go wrong at the start ends it with one sentence.
//
// Started by start.js, which keeps what is compiled here between starts; it also runs by itself, only slower.
import { readFileSync } from 'node:fs';
import { startService } from './compose.ts';
import { loadSettings } from './config/load.ts';

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

const service = await startService(settings, process.env).catch(fail);
process.stdout.write(service.greeting);

let stopping = false;
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    if (stopping) process.exit(1);
    stopping = true;
    service.close().then(() => process.exit(0), fail);
  });
}
