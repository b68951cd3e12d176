// POST /v1/score/batch: attempts as lines in, assessments as lines out, in the same order. A bad line is answered in its place.
//
// Nothing is collected: at most `concurrency` attempts are under way, lines are read only when there is room for their
// answers, and every few lines the loop is given back, so that a batch slows itself down rather than single requests.
import { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Type } from '../../parse/wire-schema.ts';
import type { Caller } from '../request/api-key.ts';
import type { BodyClock } from '../socket/body-clock.ts';
import { attemptBytesMax, type Door } from '../door.ts';
import { readJson } from '../request/json-body.ts';
import { Problem, problemDocument } from '../problem.ts';
import { refusals } from '../reference.ts';
import { assessBody } from './score.ts';

/** Lines scored before other requests get their turn: about a millisecond of work. */
const linesPerTurn = 16;
const lineFeed = 0x0a;

export function batchRoute(door: Door, bodyClock: BodyClock): void {
  const guards = [door.guard('score')].flat();
  // A scope of its own, so that this type of body is read here and nowhere else.
  void door.app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/x-ndjson', (_request, payload, done) => done(null, payload));
    scope.post(
      '/v1/score/batch',
      {
        onRequest: [
          ...guards,
          (request, _reply, done) => {
            bodyClock.arrived(request.raw);
            done();
          },
        ],
        validatorCompiler: () => () => true,
        schema: {
          operationId: 'scoreBatch',
          tags: ['Scoring'],
          summary: 'Score many attempts',
          description: `One attempt as for /v1/score on each line (at most ${attemptBytesMax} bytes), in order of time within a user; one assessment on each line of the answer, in the same order. A line that is refused is answered in its place by a problem document with its \`line\` number. Blank lines are skipped. The lines after a refused one are still scored.`,
          consumes: ['application/x-ndjson'],
          body: Type.String({ description: 'Newline-delimited JSON.' }),
          response: {
            200: { description: 'One line for each attempt.', content: { 'application/x-ndjson': { schema: Type.String() } } },
            ...refusals(401, 403, 413, 415, 'rate_limited'),
          },
        },
      },
      (request, reply) => {
        const answers = answersOf(request.body as Readable, request.admitted.caller as Caller, door);
        reply.header('content-type', 'application/x-ndjson').send(Readable.from(answers));
      },
    );
  });
}

async function* answersOf(body: Readable, caller: Caller, door: Door): AsyncGenerator<string> {
  const underway: Promise<string>[] = [];
  const lines = splitLines(body, door.batch.idleMs)[Symbol.asyncIterator]();
  let next: ReturnType<typeof lines.next> | null = lines.next();
  let taken = 0;
  while (next !== null || underway.length > 0) {
    const full = underway.length >= door.batch.concurrency;
    const first = next === null || full ? 'answer' : await firstOf(next, underway[0]);
    if (first === 'answer' || next === null) {
      yield `${await underway.shift()}\n`;
      continue;
    }
    const result: IteratorResult<Line> = await next;
    const over: boolean = result.done === true || ++taken > door.batch.linesMax;
    if (result.done !== true) underway.push(over ? tooMany(result.value.number, door) : answerLine(result.value, caller, door));
    next = over ? null : lines.next();
    if (taken % linesPerTurn === 0) await nextTurn();
  }
  body.destroy();
}

/** Which comes first: a line to read, or the oldest answer. */
async function firstOf(line: Promise<unknown>, answer: Promise<unknown> | undefined): Promise<'line' | 'answer'> {
  if (answer === undefined) return 'line';
  return Promise.race([line.then(() => 'line' as const), answer.then(() => 'answer' as const)]);
}

async function tooMany(line: number, door: Door): Promise<string> {
  return refusalOf(
    new Problem('too_many_lines', `A batch may have ${door.batch.linesMax} lines. This one and those after it were not scored.`),
    line,
    door,
  );
}

/** Never rejects: a bug in one attempt is answered like a refusal and the others go on. */
async function answerLine(line: Line, caller: Caller, door: Door): Promise<string> {
  try {
    if (line.bytes === null) return refusalOf(new Problem('too_large', `A line may have ${attemptBytesMax} bytes.`), line.number, door);
    const answer = await assessBody(readJson(line.bytes), line.bytes, caller, door.clock.monotonicMs(), door);
    return answer instanceof Problem ? refusalOf(answer, line.number, door) : answer;
  } catch (error) {
    door.app.log.error({ err: error }, 'a line of a batch failed');
    return refusalOf(new Problem('internal', 'This line could not be scored; it may be sent again.'), line.number, door);
  }
}

function refusalOf(problem: Problem, line: number, door: Door): string {
  door.metrics.refused(problem.code);
  return JSON.stringify(problemDocument(problem, { line }));
}

interface Line {
  /** Counted from 1, blank lines included. */
  readonly number: number;
  /** Null when the line is longer than allowed. */
  readonly bytes: Buffer | null;
}

/** Lines of a body, without their ends. Holds at most one line and one chunk in memory. */
export async function* splitLines(body: Readable, idleMs: number): AsyncGenerator<Line> {
  let number = 1;
  let held: Buffer[] = [];
  let heldBytes = 0;
  const end = (): Line | null => {
    const bytes = heldBytes > attemptBytesMax + 1 ? null : trimmed(Buffer.concat(held));
    const line = { number: number++, bytes: bytes !== null && bytes.length > attemptBytesMax ? null : bytes };
    held = [];
    heldBytes = 0;
    return line.bytes !== null && line.bytes.length === 0 ? null : line;
  };
  const hold = (part: Buffer): void => {
    heldBytes += part.length;
    if (heldBytes <= attemptBytesMax + 1) held.push(part);
    else held = [];
  };
  for await (const chunk of chunksOf(body, idleMs)) {
    let from = 0;
    for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, from)) {
      hold(chunk.subarray(from, at));
      from = at + 1;
      const line = end();
      if (line !== null) yield line;
    }
    if (from < chunk.length) hold(chunk.subarray(from));
  }
  const last = heldBytes > 0 ? end() : null;
  if (last !== null) yield last;
}

/** Without a carriage return or blanks at either end. */
function trimmed(bytes: Buffer): Buffer {
  let start = 0;
  let end = bytes.length;
  while (end > start && (bytes[end - 1] as number) <= 0x20) end--;
  while (start < end && (bytes[start] as number) <= 0x20) start++;
  return bytes.subarray(start, end);
}

/** Ends the body when its sender falls silent while we wait. */
async function* chunksOf(body: Readable, idleMs: number): AsyncGenerator<Buffer> {
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (;;) {
    const timer = setTimeout(() => body.destroy(new Error('the sender of a batch fell silent')), idleMs);
    const result = await chunks.next().finally(() => clearTimeout(timer));
    if (result.done === true) return;
    yield result.value;
  }
}
