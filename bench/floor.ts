// How little could a login cost that keeps the contract? Servers that decide nothing, each doing one thing more than the one before that no
// service can leave out, under the load of bench/score.ts, one core each in turn, interleaved with the real service.
//
//   node bench/floor.ts [--rounds 7] [--seconds 3] [--connections 32] [--profiles 100000]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { floorSteps } from './support/floor-server.ts';
import { createLoad, warm } from './support/load.ts';
import { preload } from './support/preload.ts';
import { type ServerProcess, startServer } from './support/server-process.ts';
import { spread } from './support/statistics.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '32' },
    profiles: { type: 'string', default: '100000' },
  },
});
const rounds = Number(values.rounds);
const profiles = Number(values.profiles);
const load = createLoad({ profiles, connections: Number(values.connections), seconds: Number(values.seconds) });
const directory = mkdtempSync(join(tmpdir(), 'portcullis-floor-'));

interface Measured {
  readonly name: string;
  readonly server: ServerProcess;
  readonly cpuMicros: number[];
  failed: number;
}

const measured: Measured[] = [];
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
    add(step, await startServer({ script, core: 0, args: [step, join(directory, step), String(profiles)] }));
  }
  add('the service', await startServer({ script: 'src/start.js', core: 0, env }));
  for (const { server } of measured) await warm(server, load);
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < measured.length; i++) {
      const one = measured[(i + round) % measured.length] as Measured;
      const { cpuMicros, failed } = await load(one.server, null);
      one.cpuMicros.push(cpuMicros);
      one.failed += failed;
    }
  }
  report();
} finally {
  for (const { server } of measured) await server.stop();
  rmSync(directory, { recursive: true, force: true });
}

function add(name: string, server: ServerProcess): void {
  measured.push({ name, server, cpuMicros: [], failed: 0 });
}

function report(): void {
  const echo = measured[0] as Measured;
  process.stdout.write(`CPU per request, and how many times the echo's: median (lowest to highest of ${rounds} rounds)\n`);
  for (const { name, cpuMicros, failed } of measured) {
    const ratios = cpuMicros.map((micros, round) => micros / (echo.cpuMicros[round] as number));
    process.stdout.write(
      `  ${name.padEnd(12)} ${spread(cpuMicros, 1).padEnd(26)} us   ${spread(ratios)}${failed > 0 ? `   ${failed} not 2xx` : ''}\n`,
    );
  }
}
