// Does the way from a prompt to checked findings work with a real language model server? One sample case, told by a llama.cpp server (or any
// other that speaks OpenAI's chat), through the same adapter, reader and validator as in the service.
//
//   node bench/smoke-llama.ts --url http://127.0.0.1:8091/v1 [--model any] [--minutes 10] [--schema true]
//
// The prompt has some 8,000 tokens, so the server needs a context of 10,000, and a busy core reads it in minutes; a second run finds it kept.
// This proves the plumbing and nothing else: with a small base model the findings that survive are near chance, and a server's grammar, not
// the model, makes the JSON. Ends with exit code 1 when no answer came to its end or when it could not be read.
import { parseArgs } from 'node:util';
import { openModels } from '../src/adapters/ai-sdk/open.ts';
import { systemClock } from '../src/adapters/system/clock.ts';
import type { StoredAssessment } from '../src/domain/assessment.ts';
import { createAnswerReader } from '../src/review/explanation/answer-reader.ts';
import { answerSchema } from '../src/review/explanation/contract.ts';
import { promptOf } from '../src/review/explanation/prompt.ts';
import { createReviewer } from '../src/review/explanation/validate.ts';
import { sampleAssessment } from '../test/support/http-fake.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    model: { type: 'string', default: 'default' },
    minutes: { type: 'string', default: '10' },
    schema: { type: 'string', default: 'true' },
  },
});
if (values.url === undefined) {
  console.error('Give the server with --url, for instance --url http://127.0.0.1:8091/v1');
  process.exit(2);
}
const limitMs = Number(values.minutes) * 60_000;
const models = await openModels(
  [
    {
      name: 'smoke',
      provider: 'compatible',
      model: values.model,
      baseUrl: values.url,
      apiKey: null,
      region: null,
      accessKey: null,
      structuredOutput: values.schema === 'true',
      outputTokensMax: 400,
      firstTextMs: limitMs,
      stallMs: limitMs,
      totalMs: limitMs,
      concurrency: 1,
      price: null,
    },
  ],
  { clock: systemClock, onProblem: (sentence) => console.error(sentence) },
);
const model = models.get('smoke');
const stored = { assessment: sampleAssessment('attempt-1') } as StoredAssessment;
const prompt = promptOf([stored]);
const reader = createAnswerReader(prompt.cases.length);
const reviewer = createReviewer(prompt.cases);
const call = { instructions: prompt.instructions, text: prompt.text, schema: answerSchema(prompt.cases), outputTokensMax: 400 };
const startMs = systemClock.monotonicMs();
const sinceStart = (): string => `${((systemClock.monotonicMs() - startMs) / 1000).toFixed(1)} s`;
let pieces = 0;
let isWhole = false;
let text = '';

for await (const event of model?.write(call, new AbortController().signal) ?? []) {
  if (event.kind === 'text') {
    if (pieces === 0) console.log(`first text after ${sinceStart()}`);
    pieces += 1;
    text += event.text;
    for (const proposed of reader.push(event.text)) {
      const reviewed = reviewer.take(proposed);
      const why = reviewed.kind === 'dropped' ? reviewed.rule : reviewed.kind === 'malformed' ? reviewed.why : '';
      console.log(`${sinceStart()}  ${reviewed.kind} ${why} ${proposed.kind === 'finding' ? JSON.stringify(proposed.sentence) : ''}`);
    }
  } else {
    isWhole = event.kind === 'done';
    console.log(`${sinceStart()}  ${JSON.stringify(event)}`);
  }
}
const end = reader.finish();
console.log(`${pieces} pieces, ${text.length} characters, the object: ${end}`);
console.log('The plumbing only: what a small base model says is near chance, and its JSON is the server’s grammar.');
await model?.close();
process.exitCode = isWhole && end !== 'absent' && end !== 'broken' ? 0 : 1;
