// Measures explanations against the assessments they are about, the template's and those of the operator's models, and writes a page with
// plots and a JSON of the same numbers.
//
//   npm run evaluate:explanations -- [--data DIR [--tenant default]] [--cases N] [--seed explanations] [--output explanations-measured]
//       [--explainer FILE] [--models a,b | --template-only] [--changed 5] [--concurrency N] [--tokens N] [--money X] [--answers FILE]
//
// With --data the cases of that data directory, the newest first, and what analysts thought of them; without, cases drawn from the simulated
// test tenants. Models are those of --explainer, or of PORTCULLIS_EXPLAINER_FILE; see docs/explainer.md. Writes OUTPUT.html, OUTPUT.json and,
// where models are asked, OUTPUT.answers.ndjson. Never changes a case.
import { runEvaluation } from './evaluate-explanations/run.ts';

const warn = (line: string): void => void process.stderr.write(`evaluate:explanations: ${line}\n`);

try {
  await runEvaluation(process.argv.slice(2), { env: process.env, say: (line) => void process.stdout.write(`${line}\n`), warn });
} catch (error) {
  warn(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
