// POST /v1/score: one attempt in, one assessment out.
import { hash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { AssessResult } from '../../assess/assess.ts';
import { parseAttempt } from '../../parse/attempt.ts';
import { isScoreRequest, scoreRequestFault, scoreRequestSchema } from '../../parse/score-request.ts';
import { answerJson } from '../answer.ts';
import type { Caller } from '../request/api-key.ts';
import { assessmentJson } from '../assessment-json.ts';
import { fieldProblem, sentence } from '../request/checked.ts';
import { attemptBytesMax, type Door } from '../door.ts';
import { refusals } from '../reference.ts';
import { Problem } from '../problem.ts';
import { assessmentSchema } from '../wire.ts';

export function scoreRoute(door: Door): void {
  door.app.post(
    '/v1/score',
    {
      bodyLimit: attemptBytesMax,
      onRequest: door.guard('score'),
      // Checked in the handler, which is one step less than through Fastify's validation and shares its code with the batch.
      validatorCompiler: () => () => true,
      schema: {
        operationId: 'score',
        tags: ['Scoring'],
        summary: 'Score one login attempt',
        description:
          'Answers how risky the attempt is and what to do, with exact reasons. Send it after the credential was checked, before the session is given out.',
        body: scoreRequestSchema,
        response: { 200: assessmentSchema, ...refusals(400, 401, 403, 'attempt_id_reused', 413, 415, 422, 'rate_limited') },
      },
    },
    async (request: FastifyRequest, reply) => {
      const { caller, startedMs, bytes } = request.admitted;
      const answer = await assessBody(request.body, bytes as Buffer, caller as Caller, startedMs, door);
      if (answer instanceof Problem) throw answer;
      door.metrics.answered(door.clock.monotonicMs() - startedMs);
      return answerJson(reply, answer);
    },
  );
}

/** The assessment as JSON, or the refusal. `bytes` are those that `body` was read from. */
export async function assessBody(
  body: unknown,
  bytes: Uint8Array,
  caller: Caller,
  startedMs: number,
  door: Door,
): Promise<string | Problem> {
  if (body instanceof Problem) return body;
  if (!isScoreRequest(body)) {
    const { field, message } = scoreRequestFault(body);
    return fieldProblem(field, message);
  }
  const { clock, random, useCases } = door;
  const parsed = parseAttempt(body, {
    tenant: caller.tenant,
    nowMs: clock.nowMs(),
    attemptId: body.attempt_id ?? random.id(),
    anyPast: caller.scopes.has('backfill'),
  });
  if (!parsed.ok) return new Problem(parsed.code, sentence(parsed.field, parsed.message), parsed.field);
  // Only an attempt that the caller named can be sent again under the same name.
  const digest = typeof body.attempt_id === 'string' ? hash('sha256', bytes, 'base64url') : null;
  const result = await useCases.assess({
    attempt: parsed.attempt,
    digest,
    startedMs,
    limitMs: Math.min(door.budgetMs, body.deadline_ms ?? door.budgetMs),
  });
  return answerOf(result, door);
}

function answerOf(result: AssessResult, door: Door): string | Problem {
  if (result.kind === 'conflict')
    return new Problem('attempt_id_reused', 'The attempt_id was used before with another body.', 'attempt_id');
  door.metrics.assessed(result.assessment, result.kind === 'repeated');
  return assessmentJson(result.assessment);
}
