// Measures explanations against the assessments they are about, and writes a page with plots and a JSON of the same numbers.
//
//   npm run evaluate:explanations -- [--data DIR [--tenant default]] [--cases 500] [--seed explanations] [--output explanations-measured]
//
// With --data the cases of that data directory, the newest first, and what analysts thought of them; without, cases drawn from the simulated
// test tenants. Writes OUTPUT.html and OUTPUT.json. Never changes a case.
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createWording } from '../adapters/icu-messages/wording.ts';
import { type Explained, explainByTemplate } from '../domain/explanation/template.ts';
import { evaluateExplainer, type EvaluationResult, feedbackBySource } from './evaluate-explanations/evaluate.ts';
import { renderPage } from './evaluate-explanations/page.ts';
import { readRecordedCases, type RecordedCases } from './evaluate-explanations/recorded-cases.ts';
import { simulatedCases } from './explain/simulated-cases.ts';
import { below } from './simulate/draw.ts';
import { seededRandom } from './simulate/seeded-random.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    tenant: { type: 'string', default: 'default' },
    cases: { type: 'string', default: '500' },
    seed: { type: 'string', default: 'explanations' },
    scale: { type: 'string', default: '0.15' },
    output: { type: 'string', default: 'explanations-measured' },
  },
});
const casesMax = Number(values.cases);
if (!Number.isInteger(casesMax) || casesMax < 1) fail('--cases must be a whole number, 1 or more.');
const random = seededRandom(values.seed);
const { cases, feedback } = await read();
if (cases.length === 0) fail(`there are no cases${values.data === undefined ? '' : ` of tenant ${values.tenant} in ${values.data}`}.`);

// The yardstick reads English.
const words = createWording('en');
const result: EvaluationResult = {
  cases: cases.length,
  source:
    values.data === undefined ? `drawn from the simulated test tenants (seed “${values.seed}”)` : `recorded for tenant ${values.tenant}`,
  explainers: [await evaluateExplainer('template', async (explained) => explainByTemplate(explained, words), cases, random)],
  feedback: feedbackBySource(feedback),
};
const output = resolve(values.output);
writeFileSync(`${output}.json`, `${JSON.stringify(result, null, 1)}\n`);
writeFileSync(`${output}.html`, await renderPage(result));
for (const { name, explained, measures } of result.explainers) {
  process.stdout.write(`${name}: ${explained} of ${result.cases} cases explained\n`);
  for (const [measure, { value, low, high, count }] of Object.entries(measures))
    process.stdout.write(`  ${measure} ${value.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)}, n = ${count})\n`);
}
process.stdout.write(`${output}.html and ${output}.json written\n`);

async function read(): Promise<RecordedCases> {
  if (values.data !== undefined) {
    return readRecordedCases(values.data, values.tenant, casesMax).catch((error: unknown) =>
      fail(error instanceof Error ? error.message : String(error)),
    );
  }
  const all: Explained[] = await simulatedCases({ seed: values.seed, scale: Number(values.scale), attacks: 20 });
  const drawn: Explained[] = [];
  while (drawn.length < casesMax && all.length > 0) drawn.push(...all.splice(below(random, all.length), 1));
  return { cases: drawn, feedback: [] };
}

function fail(sentence: string): never {
  process.stderr.write(`evaluate:explanations: ${sentence}\n`);
  process.exit(1);
}
