// Writes a simulated tenant's history as a caller would send it, ready for `npm run import`, and beside it what the simulation
// knows of each line.
//
//   node src/tool/simulate.ts --output DIR [--seed portcullis] [--split test] [--tenant 0] [--scale 1] [--attacks 100]
//
// attempts.ndjson: one attempt with its outcome per line, in order of time; sidecar.ndjson: line n tells the kind of line n.
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { openReplayPorts } from './matrix/replay-ports.ts';
import { createWorld, sampleNetworks } from './simulate/world/network-world.ts';
import { simulateTenant } from './simulate/simulate-tenant.ts';
import { blocksOf, planTenants, type Split, splits } from './simulate/tenants.ts';
import { type SimulatedAttempt, sidecarOf } from './simulate/wire.ts';

async function writeLines(
  path: string,
  attempts: readonly SimulatedAttempt[],
  line: (attempt: SimulatedAttempt) => unknown,
): Promise<void> {
  const stream = createWriteStream(path);
  for (const attempt of attempts) if (!stream.write(`${JSON.stringify(line(attempt))}\n`)) await once(stream, 'drain');
  stream.end();
  await finished(stream);
}

const { values } = parseArgs({
  options: {
    output: { type: 'string' },
    seed: { type: 'string', default: 'portcullis' },
    split: { type: 'string', default: 'test' },
    tenant: { type: 'string', default: '0' },
    scale: { type: 'string', default: '1' },
    attacks: { type: 'string', default: '100' },
  },
});
const split = splits.find((name) => name === values.split) as Split | undefined;
const plan = split === undefined ? undefined : planTenants(values.seed, split, Number(values.scale))[Number(values.tenant)];
if (values.output === undefined || split === undefined || plan === undefined) {
  process.stderr.write(`Give --output DIR, a --split of ${splits.join(', ')}, and the number of one of its tenants with --tenant.\n`);
  process.exitCode = 2;
} else {
  const world = await openReplayPorts();
  const attempts = simulateTenant(createWorld(await sampleNetworks(world.ip), blocksOf(split)), plan, values.seed, Number(values.attacks));
  world.close();
  mkdirSync(values.output, { recursive: true });
  await writeLines(join(values.output, 'attempts.ndjson'), attempts, (attempt) => ({
    ...attempt.wire,
    ...(attempt.outcome === null ? {} : { outcome: attempt.outcome }),
  }));
  await writeLines(join(values.output, 'sidecar.ndjson'), attempts, sidecarOf);
  process.stdout.write(`${attempts.length} attempts of ${plan.name} (${plan.style}) in ${values.output}\n`);
}
