// Draws flagged attempts from the simulated tenants and keeps them as recorded cases, from which `npm run generate` writes
// docs/explanations.md. Drawn again only on purpose: the page then shows how other cases read.
//
//   node src/tool/draw-cases.ts [--seed explanations] [--count 20] [--scale 0.15] [--attacks 20] [--output src/tool/explain/cases.ndjson]
//
// Uniform over all flagged attempts of the test tenants whose credential was right, honest people's included.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openOnnxScorer } from '../adapters/onnx/scorer.ts';
import { createPolicySource } from '../adapters/policy-file/policy-source.ts';
import { activeModelDirectory, schemaHash } from '../compose.ts';
import { schema } from '../domain/feature/schema.ts';
import { type FlaggedCase, flaggedCases } from './explain/flagged-cases.ts';
import { openReplayPorts } from './matrix/replay-ports.ts';
import { below } from './simulate/draw.ts';
import { createWorld, sampleNetworks } from './simulate/world/network-world.ts';
import { seededRandom } from './simulate/seeded-random.ts';
import { simulateTenant } from './simulate/simulate-tenant.ts';
import { blocksOf, planTenants } from './simulate/tenants.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: 'explanations' },
    count: { type: 'string', default: '20' },
    scale: { type: 'string', default: '0.15' },
    attacks: { type: 'string', default: '20' },
    output: { type: 'string', default: fileURLToPath(new URL('explain/cases.ndjson', import.meta.url)) },
  },
});
const world = await openReplayPorts();
const scorer = await openOnnxScorer({
  directory: activeModelDirectory(),
  schemaHash,
  featureNames: schema.features.map((feature) => feature.name),
  groupNames: schema.signals.map((signal) => signal.name),
});
const policies = createPolicySource({
  file: join(fileURLToPath(new URL('../../policies/', import.meta.url)), 'default.yaml'),
  clock: { monotonicMs: () => 0 },
  onError: (sentence) => process.stderr.write(`${sentence}\n`),
  pollMs: 0,
});
const network = createWorld(await sampleNetworks(world.ip), blocksOf('test'));
const all: FlaggedCase[] = [];
for (const plan of planTenants(values.seed, 'test', Number(values.scale))) {
  const attempts = simulateTenant(network, plan, values.seed, Number(values.attacks));
  const flagged = await flaggedCases(attempts, plan, world, { scorer, policy: policies.current() });
  all.push(...flagged.filter((found) => found.context.result === 'success'));
  process.stdout.write(`${plan.name} ${plan.style}: ${flagged.length} of ${attempts.length} attempts flagged\n`);
}
policies.close();
await scorer.close();
world.close();
const random = seededRandom(`${values.seed}/draw`);
const drawn: FlaggedCase[] = [];
while (drawn.length < Number(values.count) && all.length > 0) drawn.push(...all.splice(below(random, all.length), 1));
mkdirSync(dirname(values.output), { recursive: true });
writeFileSync(values.output, drawn.map((found) => `${JSON.stringify(found)}\n`).join(''));
process.stdout.write(`${drawn.length} cases in ${values.output}\n`);
