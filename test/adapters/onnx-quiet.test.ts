// The runtime of the model keeps to itself, whatever its makers built in.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';

/** Loads a library by `load`, makes a session of it, and says where it is. The variable by which the library would be told is not set. */
function homeAfter(load: string): string[] {
  const home = mkdtempSync(join(tmpdir(), 'portcullis-home-'));
  const script = `${load}; const { InferenceSession } = await import('onnxruntime-node');
    const { readFileSync } = await import('node:fs');
    const { active } = JSON.parse(readFileSync('models/ACTIVE.json', 'utf8'));
    await InferenceSession.create('models/' + active + '/model.onnx');`;
  const env = { PATH: process.env['PATH'], HOME: home };
  try {
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { env, stdio: ['ignore', 'ignore', 'ignore'] });
    return readdirSync(home);
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

t.test('it writes no device id and starts no telemetry, in an environment that says nothing of it', (t) => {
  t.same(homeAfter(`await import('./src/adapters/onnx/scorer.ts')`), []);
  t.end();
});
