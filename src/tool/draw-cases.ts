// Draws flagged attempts from the simulated tenants and keeps them as recorded cases, from which `npm run generate` writes
// docs/explanations.md. Drawn again only on purpose: the page then shows how other cases read.
//
//   node src/tool/draw-cases.ts [--seed explanations] [--count 20] [--scale 0.15] [--attacks 20] [--output src/tool/explain/cases.ndjson]
//
// Uniform over all flagged attempts of the test tenants whose credential was right, honest people's included.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { FlaggedCase } from './explain/flagged-cases.ts';
import { simulatedCases } from './explain/simulated-cases.ts';
import { below } from './simulate/draw.ts';
import { seededRandom } from './simulate/seeded-random.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: 'explanations' },
    count: { type: 'string', default: '20' },
    scale: { type: 'string', default: '0.15' },
    attacks: { type: 'string', default: '20' },
    output: { type: 'string', default: fileURLToPath(new URL('explain/cases.ndjson', import.meta.url)) },
  },
});
const onTenant = (sentence: string): void => void process.stdout.write(`${sentence}\n`);
const flagged = await simulatedCases({ seed: values.seed, scale: Number(values.scale), attacks: Number(values.attacks), onTenant });
const all = flagged.filter((found) => found.context.result === 'success');
const random = seededRandom(`${values.seed}/draw`);
const drawn: FlaggedCase[] = [];
while (drawn.length < Number(values.count) && all.length > 0) drawn.push(...all.splice(below(random, all.length), 1));
mkdirSync(dirname(values.output), { recursive: true });
writeFileSync(values.output, drawn.map((found) => `${JSON.stringify(found)}\n`).join(''));
process.stdout.write(`${drawn.length} cases in ${values.output}\n`);
