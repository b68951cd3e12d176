// How little could a login cost that keeps the contract? Servers that decide nothing, each doing one thing more than the one before that no
// service can leave out, under the load of bench/score.ts, one core each in turn, interleaved with the real service.
//
//   node bench/floor.ts [--rounds 7] [--seconds 3] [--connections 32] [--profiles 100000]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openEnvironment } from '../src/adapters/lmdb/environment.ts';
import { KeyBuffer, kindOfCode } from '../src/adapters/lmdb/key-buffer.ts';
import { floorBytes, floorSteps } from './support/floor-server.ts';
import { interleave, type Named } from './support/interleave.ts';
import { createLoad } from './support/load.ts';
import { preload } from './support/preload.ts';
import { startServer } from './support/server-process.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '32' },
    profiles: { type: 'string', default: '100000' },
  },
});
const profiles = Number(values.profiles);
const load = createLoad({ profiles, connections: Number(values.connections), seconds: Number(values.seconds) });
const directory = mkdtempSync(join(tmpdir(), 'portcullis-floor-'));

const servers: Named[] = [];
try {
  await preload(join(directory, 'service'), profiles);
  const env = {
    PORTCULLIS_PORT: '0',
    PORTCULLIS_DATA_DIR: join(directory, 'service'),
    PORTCULLIS_RATE_LIMIT: '0',
    PORTCULLIS_LOG_LEVEL: 'warn',
  };
  for (const step of floorSteps) {
    const script = 'bench/support/floor-server.ts';
    servers.push({ name: step, server: await startServer({ script, core: 0, args: [step, join(directory, step), String(profiles)] }) });
  }
  servers.push({ name: 'the service', server: await startServer({ script: 'src/start.js', core: 0, env }) });
  await interleave(servers, load, Number(values.rounds));
  for (const { server } of servers) await server.stop();
  await compareSizes(join(directory, 'service', 'store'));
} finally {
  for (const { server } of servers) await server.stop();
  rmSync(directory, { recursive: true, force: true });
}

/** Whether the floor reads and writes as much as the service does. */
async function compareSizes(store: string): Promise<void> {
  const environment = openEnvironment(store, null);
  const key = new KeyBuffer();
  const found = new Map<string, { records: number; bytes: number }>();
  const count = (kind: string, bytes: number): void => {
    const sum = found.get(kind) ?? { records: 0, bytes: 0 };
    found.set(kind, { records: sum.records + 1, bytes: sum.bytes + bytes });
  };
  for (const record of environment.profiles.getRange({})) {
    key.copy(record.key, 0, record.key.length);
    count(kindOfCode.get(key.kindCode()) ?? 'other', record.value.length);
  }
  for (const { value } of environment.assessments.getRange({ limit: 10_000 })) count('assessment', value.length);
  await environment.root.close();
  process.stdout.write('mean bytes of a record, in the service and at the floor\n');
  for (const [kind, bytes] of Object.entries(floorBytes)) {
    const sum = found.get(kind);
    process.stdout.write(`  ${kind.padEnd(12)} ${sum === undefined ? 'none' : (sum.bytes / sum.records).toFixed(0)}, ${bytes}\n`);
  }
}
