// The seeded part of bench/fuzz-http.ts that every test run repeats, and readings of JSON that must agree with JSON.parse.
import t from 'tap';
import fc from 'fast-check';
import { readJson } from '../../src/http/request/json-body.ts';
import { Problem } from '../../src/http/problem.ts';
import { isScoreRequest, scoreRequestFault } from '../../src/parse/score-request.ts';
import { parseAttempt } from '../../src/parse/attempt.ts';
import { fakeDoor } from '../support/http-fake.ts';
import { faultOfAnswer, mutatedRequest } from '../support/http-mutations.ts';

const runs = Number(process.env['FUZZ_RUNS'] ?? 1000);
const firstSeed = Number(process.env['SEED'] ?? 1);

t.test('whatever is sent, the answer is 2xx or 4xx, is JSON, and shows nothing of the inside', async (t) => {
  const door = await fakeDoor();
  const statuses = new Map<number, number>();
  const faults: string[] = [];
  for (let seed = firstSeed; seed < firstSeed + runs && faults.length < 5; seed++) {
    const { path, contentType, body } = mutatedRequest(seed);
    const response = await door.app.inject({
      method: 'POST',
      url: path,
      headers: { host: 'localhost', 'content-type': contentType },
      payload: body,
    });
    statuses.set(response.statusCode, (statuses.get(response.statusCode) ?? 0) + 1);
    const fault = faultOfAnswer(response.statusCode, response.body);
    if (fault !== null) faults.push(`SEED=${seed}: ${fault}`);
  }
  t.same(faults, []);
  for (const status of [200, 400, 413, 415]) t.ok((statuses.get(status) ?? 0) > 0, `some are ${status}`);
  t.same(
    door.logged.filter((line) => line.includes('failed')),
    [],
  );
});

t.test('any value that passes the schema is parsed without a throw, and any other is refused with a sentence', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
      const value = readJson(mutatedRequest(seed).body);
      if (value instanceof Problem) return value.message.length > 0;
      if (!isScoreRequest(value)) return scoreRequestFault(value).message.length > 0;
      const parsed = parseAttempt(value, { tenant: 'default', nowMs: Date.now(), attemptId: 'x' });
      return parsed.ok ? JSON.stringify(parsed.attempt).length < 40_000 : parsed.field.length > 0;
    }),
    { numRuns: 1000 },
  );
  t.end();
});

t.test('JSON without duplicate or dangerous keys is read exactly as JSON.parse reads it', (t) => {
  const member = fc.string({ unit: fc.constantFrom(...'ab"\\:{}[],é\n\u0000') });
  const { value: anything } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 5 },
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      member,
      fc.boolean(),
      fc.constant(null),
      tie('array'),
      tie('object'),
    ),
    array: fc.array(tie('value'), { maxLength: 4 }),
    object: fc.dictionary(member, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  }));
  fc.assert(
    fc.property(anything, fc.constantFrom(0, 1, 3), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const read = readJson(Buffer.from(text));
      return !(read instanceof Problem) && JSON.stringify(read) === JSON.stringify(JSON.parse(text));
    }),
    { numRuns: 1500 },
  );
  t.end();
});

t.test('a key given twice is found wherever it is', (t) => {
  const filler = fc.json({ maxDepth: 2 });
  fc.assert(
    fc.property(filler, filler, fc.integer({ min: 0, max: 5 }), fc.constantFrom('a', 'k"\\', '\u0000', 'é'), (one, two, depth, key) => {
      const name = JSON.stringify(key);
      const inner = `{"z":${one},${name} : ${one},"y":[1],${name}\n:${two}}`;
      const read = readJson(Buffer.from(`${'{"d":['.repeat(depth)}${inner}${']}'.repeat(depth)}`));
      return read instanceof Problem && (read.code === 'duplicate_key' || /__proto__|constructor|prototype/.test(one + two) || depth > 4);
    }),
    { numRuns: 500 },
  );
  t.end();
});
