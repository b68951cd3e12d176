// GET /v1/jobs/dead and /v1/jobs/depths, POST /v1/jobs/{id}/requeue: the queue of explanations, for who keeps it going.
import { casesPerPageMax } from '../../../domain/case/query.ts';
import type { DeadJob } from '../../../domain/case/job.ts';
import { answerPrivateJson } from '../../answer.ts';
import { actorOf, bodyReader, checkedId } from '../../request/checked.ts';
import { attemptBytesMax, type Door } from '../../door.ts';
import { badCursor, cursorParameter, noParameters, parametersOf, wholeNumber } from '../../request/parameters.ts';
import { Problem } from '../../problem.ts';
import { refusals } from '../../reference.ts';
import { timeOf } from '../cases/case-json.ts';
import { type ById, callerOf, caseIdLengthMax, casesOf, guarded } from '../cases/guard.ts';
import { byRequestSchema } from '../cases/wire.ts';
import { deadJobsSchema, depthsSchema, jobParamsSchema, requeuedSchema } from './wire.ts';

const perPage = 50;
const readBy = bodyReader(byRequestSchema);

const deadParameters = parametersOf({
  limit: wholeNumber(1, casesPerPageMax, `Jobs on a page; ${perPage} when not sent.`),
  cursor: cursorParameter,
});

type Place = { readonly diedAtMs: number; readonly id: string };

function cursorAfter({ diedAtMs, id }: DeadJob): string {
  return Buffer.from(`${diedAtMs} ${id}`, 'utf8').toString('base64url');
}

function placeOf(cursor: string): Place {
  const match = /^(\d{1,15}) (\S{1,64})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8'));
  const [, diedAt, id] = match ?? [];
  if (diedAt === undefined || id === undefined) throw badCursor();
  return { diedAtMs: Number(diedAt), id };
}

export function jobRoutes(door: Door): void {
  const { app } = door;

  app.get(
    '/v1/jobs/dead',
    {
      ...guarded(door, 'admin'),
      schema: {
        operationId: 'listDeadJobs',
        tags: ['Operation'],
        summary: 'Explanations that were given up',
        querystring: deadParameters.schema,
        response: { 200: deadJobsSchema, ...refusals('invalid_parameter', 401, 403, 'cases_off', 'rate_limited', 'cases_unavailable') },
      },
    },
    async (request, reply) => {
      const { queue } = await casesOf(door);
      const { limit = perPage, cursor } = deadParameters.read(request);
      const dead = await queue.deadLetters(callerOf(request).tenant, limit, ...(cursor === undefined ? [] : [placeOf(cursor)]));
      const last = dead.length < limit ? undefined : dead.at(-1);
      const nextCursor = last === undefined ? null : cursorAfter(last);
      return answerPrivateJson(reply, JSON.stringify({ jobs: dead.map(deadDocument), next_cursor: nextCursor }));
    },
  );

  app.get(
    '/v1/jobs/depths',
    {
      ...guarded(door, 'admin'),
      schema: {
        operationId: 'readDepths',
        tags: ['Operation'],
        summary: 'How much work waits',
        response: { 200: depthsSchema, ...refusals('invalid_parameter', 401, 403, 'cases_off', 'rate_limited', 'cases_unavailable') },
      },
    },
    async (request, reply) => {
      const { queue } = await casesOf(door);
      noParameters.read(request);
      const depths = (await queue.depths()).map(({ oldestAgeMs, ...counts }) => ({ ...counts, oldest_age_ms: oldestAgeMs }));
      return answerPrivateJson(reply, JSON.stringify({ tiers: depths }));
    },
  );

  app.post<ById>(
    '/v1/jobs/:id/requeue',
    {
      ...guarded(door, 'admin'),
      bodyLimit: attemptBytesMax,
      schema: {
        operationId: 'requeueJob',
        tags: ['Operation'],
        summary: 'Try a dead job again',
        description: 'With fresh attempts and its old deadline. Recorded in the audit. The body may be left out.',
        params: jobParamsSchema,
        body: byRequestSchema,
        response: {
          200: requeuedSchema,
          ...refusals(400, 401, 403, 'unknown_job', 'cases_off', 413, 415, 'rate_limited', 'cases_unavailable'),
        },
      },
    },
    async (request, reply) => {
      const { queue } = await casesOf(door);
      noParameters.read(request);
      const caller = callerOf(request);
      const { by } = readBy(request.body ?? {});
      const requeued = await queue.requeue(caller.tenant, checkedId(request.params.id, caseIdLengthMax), actorOf(caller, by));
      if (!requeued) throw new Problem('unknown_job', 'There is no dead job with this id; it may have been queued again already.');
      return answerPrivateJson(reply, '{"requeued":true}');
    },
  );
}

/** Without its payload, which is the worker's. */
function deadDocument(job: DeadJob): object {
  return {
    id: job.id,
    case_id: job.subject,
    tier: job.tier,
    attempts: job.attempts,
    enqueued_at: timeOf(job.enqueuedAtMs),
    deadline_at: timeOf(job.deadlineMs),
    died_at: timeOf(job.diedAtMs),
    error: job.error,
  };
}
