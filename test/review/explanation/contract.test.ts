// The answer's contract: findings come out whole, as soon as they are, whatever else the stream holds.
import fc from 'fast-check';
import t from 'tap';
import { answerLengthMax, createAnswerReader } from '../../../src/review/explanation/answer-reader.ts';
import { answerSchema, elementLengthMax, type Proposed, readCheck, readFinding } from '../../../src/review/explanation/contract.ts';
import { promptExamples } from '../../../src/review/explanation/prompt-examples.ts';
import { promptOf } from '../../../src/review/explanation/prompt.ts';
import { parseStrictJson } from '../../../src/review/explanation/strict-json.ts';
import { storedOf } from '../../support/records.ts';

const finding = (n: number): string =>
  JSON.stringify({ case: 'case_1', evidence: [`NEW_DEVICE.k${n}`], sentence: `Sentence ${n} with {brackets} and "quotes" \\ é.` });
const answer = (...findings: string[]): string =>
  `{"findings":[${findings.join(',')}],"next_checks":[{"case":"case_1","check":"ask_user"}]}`;

function readAll(text: string, size = 7): { readonly out: Proposed[]; readonly end: string } {
  const reader = createAnswerReader(1);
  const out: Proposed[] = [];
  for (let at = 0; at < text.length; at += size) out.push(...reader.push(text.slice(at, at + size)));
  return { out, end: reader.finish() };
}

const kinds = (text: string): string[] => readAll(text).out.map((one) => (one.kind === 'malformed' ? one.why : one.kind));

t.test('an answer gives the same findings however it is cut into pieces', (t) => {
  const text = ` \n${answer(finding(1), finding(2))} thanks`;
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), (size) => {
      const { out, end } = readAll(text, size);
      return end === 'complete' && out.length === 3 && JSON.stringify(out) === JSON.stringify(readAll(text, 1).out);
    }),
  );
  t.end();
});

t.test('a finding is given with its last bracket, not later', (t) => {
  const reader = createAnswerReader(1);
  t.strictSame(reader.push(`{"findings":[${finding(1).slice(0, -1)}`), []);
  t.equal(reader.push('}').length, 1);
  t.equal(reader.ended, null);
  t.equal(reader.finish(), 'truncated');
  t.end();
});

t.test('text, fences, HTML and reasoning around the object do no harm', (t) => {
  for (const around of [
    '```json\n',
    'Sure {really}: ',
    '<html><style>a{b:c}</style>',
    '<think>{"a"</think>',
    '{',
    '\u0000\ufeff',
    '[{"x":1}] {{',
  ]) {
    t.strictSame(kinds(`${around}${answer(finding(1))}\n\`\`\``).slice(-2), ['finding', 'check'], around);
  }
  t.end();
});

t.test('what was whole before a cut or garbage stays', (t) => {
  t.match(readAll(answer(finding(1), finding(2)).slice(0, -60).slice(0, 130)), { end: 'truncated', out: { length: 1 } });
  t.match(readAll(`{"findings":[${finding(1)} oops ${finding(2)}]}`), { end: 'broken', out: { length: 1 } });
  t.match(readAll(`{"findings":[${finding(1)}] oops`), { end: 'broken', out: { length: 1 } });
  t.match(readAll('no answer at all'), { end: 'absent', out: { length: 0 } });
  t.match(readAll(''), { end: 'absent' });
  t.end();
});

t.test('wrong types, doubled keys, deep nesting and giants are counted and skipped', (t) => {
  const deep = `{"a":${'['.repeat(50)}${']'.repeat(50)}}`;
  const long = JSON.stringify({ case: 'case_1', evidence: [], sentence: 'x'.repeat(elementLengthMax) });
  const doubled = '{"case":"case_1","case":"case_2","evidence":["a"],"sentence":"b"}';
  t.strictSame(
    kinds(
      answer('7', '"x"', 'null', '[]', '{}', deep, long, doubled, '{"case":"\\ud800","evidence":[],"sentence":"x"}', '{]', finding(1)),
    ).slice(0, 9),
    ['shape', 'shape', 'shape', 'shape', 'shape', 'too_deep', 'too_long', 'duplicate_key', 'bad_text'],
  );
  t.strictSame(kinds(`{"mood":"fine","n":12,"o":{"a":[1]},"findings":[${finding(1)}],"findings":[],"next_checks":5}`), [
    'shape',
    'shape',
    'shape',
    'finding',
    'duplicate_key',
    'shape',
  ]);
  t.end();
});

t.test('ten megabytes of blanks, brackets or quotes are given up early', (t) => {
  for (const filling of [' ', '[', '"', '{', 'x', '\\', ',']) {
    const reader = createAnswerReader(1);
    reader.push('{"findings":[');
    let pushed = 0;
    while (reader.ended === null && pushed < 10_000_000) {
      reader.push(filling.repeat(10_000));
      pushed += 10_000;
    }
    t.ok(pushed <= answerLengthMax + 10_000, filling);
    t.not(reader.finish(), 'complete');
  }
  t.equal(readAll(answer(...Array.from({ length: 200 }, (_, i) => finding(i)))).end, 'too_long');
  t.end();
});

t.test('no text makes the reader throw or give more than it was sent', (t) => {
  const piece = fc.oneof(
    fc.string(),
    fc.constantFrom('{"findings":[', finding(1), '"', '{', '}', '[', ']', ',', ':', '\\', '"next_checks":['),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => readAll(pieces.join('')).out.length <= pieces.join('').length),
    { numRuns: 500 },
  );
  t.end();
});

t.test('an element has its fields, the optional ones and no others', (t) => {
  const base = { case: 'case_1', evidence: ['A.b'], sentence: 'x' };
  const read = (change: object): string => readFinding(JSON.stringify({ ...base, ...change })).kind;
  t.equal(read({}), 'finding');
  t.match(readFinding(JSON.stringify({ ...base, direction: 'raises', strength: 'high' })), { direction: 'raises', strength: 'high' });
  for (const change of [
    { extra: 1 },
    { direction: 'up' },
    { strength: 3 },
    { evidence: 'A.b' },
    { evidence: [1] },
    { evidence: Array(13).fill('a') },
    { sentence: '' },
    { sentence: 'x'.repeat(601) },
    { case: 1 },
    { case: undefined },
    { case: 'x'.repeat(81) },
  ]) {
    t.equal(read(change), 'malformed', JSON.stringify(change));
  }
  t.equal(readFinding('[').kind, 'malformed');
  t.equal(readCheck('{"case":"case_1","check":"ask_user"}').kind, 'check');
  for (const text of [
    '[',
    '{"case":"case_1","check":"call_the_president"}',
    '{"case":"case_1"}',
    '{"case":7,"check":"ask_user"}',
    '[]',
    'null',
  ])
    t.equal(readCheck(text).kind, 'malformed');
  t.end();
});

t.test('strict JSON agrees with JSON on all values', (t) => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 5 }),
      (value) =>
        JSON.stringify(parseStrictJson(JSON.stringify(value))) === JSON.stringify({ ok: true, value: JSON.parse(JSON.stringify(value)) }),
    ),
  );
  t.end();
});

t.test('the schema names the cases and ids, or is the same for all', (t) => {
  const stored = storedOf('a', 'b');
  const prompt = promptOf([{ ...stored, assessment: { ...stored.assessment, reasons: promptExamples[0]!.reasons } }]);
  t.match(JSON.stringify(answerSchema(prompt.cases)), /"enum":\["case_1"\].*"enum":\["IMPOSSIBLE_TRAVEL\.distance_km"/);
  t.notMatch(JSON.stringify(answerSchema(null)), /case_1|IMPOSSIBLE/);
  t.end();
});
