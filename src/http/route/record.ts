// POST /v1/outcomes and /v1/labels: what happened after an attempt, and what it truly was.
import type { Recorded } from '../../learn/record-outcome.ts';
import { parseTime } from '../../parse/rfc3339.ts';
import { liveWindowMs } from '../../parse/attempt.ts';
import { compileSchema } from '../../parse/wire-schema.ts';
import { answerJson } from '../answer.ts';
import type { Caller } from '../request/api-key.ts';
import { checked, fieldProblem } from '../request/checked.ts';
import { attemptBytesMax, type Door } from '../door.ts';
import { refusals } from '../reference.ts';
import { Problem } from '../problem.ts';
import { type LabelRequest, labelRequestSchema, type OutcomeRequest, outcomeRequestSchema, recordedSchema } from '../wire.ts';

/** An outcome may arrive late, from a queue or a second factor that took its time; a day is longer than either. */
const outcomeAgeMsMax = 86_400_000;

const outcomeValidator = compileSchema(outcomeRequestSchema);
const labelValidator = compileSchema(labelRequestSchema);

export function recordRoutes(door: Door): void {
  const { app, useCases, metrics, clock } = door;
  const options = { bodyLimit: attemptBytesMax, onRequest: door.guard('outcome'), validatorCompiler: () => () => true };
  const response = {
    200: recordedSchema,
    ...refusals(400, 401, 403, 'unknown_assessment', 'contradiction', 413, 415, 422, 'rate_limited'),
  };

  app.post(
    '/v1/outcomes',
    {
      ...options,
      schema: {
        operationId: 'reportOutcome',
        tags: ['Learning'],
        summary: 'Report what happened after an attempt',
        description: 'Takes effect at once and only once. Places and devices become familiar only through attempts that ended well.',
        body: outcomeRequestSchema,
        response,
      },
    },
    async (request, reply) => {
      const caller = request.admitted.caller as Caller;
      const body = checked<OutcomeRequest>(request.body, outcomeValidator);
      const assessmentId = body.assessment_id ?? null;
      const userId = body.user?.id ?? null;
      if ((assessmentId === null) === (userId === null)) throw fieldProblem('assessment_id', 'or user.id must be given, and not both');
      const target = assessmentId !== null ? { assessmentId } : { userId: userId as string };
      const occurredAtMs = outcomeTime(body.occurred_at, clock.nowMs(), caller.scopes.has('backfill'));
      const recorded = await useCases.recordOutcome({ tenant: caller.tenant, target, outcome: body.outcome, occurredAtMs });
      const json = recordedJson(recorded);
      if (recorded.kind === 'recorded') metrics.outcome(body.outcome);
      return answerJson(reply, json);
    },
  );

  app.post(
    '/v1/labels',
    {
      ...options,
      schema: {
        operationId: 'reportLabel',
        tags: ['Learning'],
        summary: 'Say what an attempt truly was',
        description: 'A label overrules the outcome in both directions: a takeover is unlearnt, a person wrongly refused becomes known.',
        body: labelRequestSchema,
        response,
      },
    },
    async (request, reply) => {
      const { tenant } = request.admitted.caller as Caller;
      const body = checked<LabelRequest>(request.body, labelValidator);
      const recorded = await useCases.recordLabel({ tenant, assessmentId: body.assessment_id, label: body.label, by: body.by ?? null });
      const json = recordedJson(recorded);
      if (recorded.kind === 'recorded') metrics.label();
      return answerJson(reply, json);
    },
  );
}

function outcomeTime(text: string | null | undefined, nowMs: number, anyPast: boolean): number {
  if (text === undefined || text === null) return nowMs;
  const atMs = parseTime(text);
  if (atMs === null) throw fieldProblem('occurred_at', 'must be an RFC 3339 time with an offset, such as 2026-11-22T10:00:00Z');
  if (atMs > nowMs + liveWindowMs) throw new Problem('time_out_of_range', 'occurred_at must not be in the future.', 'occurred_at');
  if (atMs < (anyPast ? 0 : nowMs - outcomeAgeMsMax))
    throw new Problem(
      'time_out_of_range',
      'occurred_at is too long ago; older outcomes need a key with the scope backfill.',
      'occurred_at',
    );
  return atMs;
}

/** Throws the refusal where nothing was recorded. */
function recordedJson(recorded: Recorded): string {
  if (recorded.kind === 'unknown_assessment')
    throw new Problem('unknown_assessment', 'There is no such assessment, or it was removed after its retention time.', 'assessment_id');
  if (recorded.kind === 'contradiction') throw new Problem('contradiction', recorded.detail);
  return JSON.stringify({ assessment_id: recorded.assessmentId, recorded: recorded.kind === 'recorded' });
}
