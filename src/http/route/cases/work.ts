// GET /v1/cases/{id}, its explanation and its feedback, and what an analyst says: resolve, reopen, feedback.
import { type CaseChange, reopenCase, resolveCase } from '../../../review/cases/resolve.ts';
import { giveFeedback } from '../../../review/cases/feedback.ts';
import { readCase, readExplanations } from '../../../review/cases/read.ts';
import { answerPrivateJson } from '../../answer.ts';
import { actorOf, bodyReader, fieldProblem } from '../../request/checked.ts';
import { attemptBytesMax, type Door } from '../../door.ts';
import { noParameters } from '../../request/parameters.ts';
import { Problem } from '../../problem.ts';
import { refusals } from '../../reference.ts';
import { casePageDocument, changeDocument, feedbackDocument, timeOf } from './case-json.ts';
import { explanationDocument } from './explanation-json.ts';
import { type ById, callerOf, casesOf, guarded, lookOf, reading, unknownCase, writing } from './guard.ts';
import {
  byRequestSchema,
  caseChangeSchema,
  casePageSchema,
  caseParamsSchema,
  explanationSchema,
  feedbackListSchema,
  feedbackRequestSchema,
  feedbackSchema,
  resolveRequestSchema,
} from './wire.ts';

const readResolve = bodyReader(resolveRequestSchema);
const readBy = bodyReader(byRequestSchema);
const readFeedback = bodyReader(feedbackRequestSchema);

export function workRoutes(door: Door): void {
  readingRoutes(door);
  decidingRoutes(door);
  feedbackRoutes(door);
}

function readingRoutes(door: Door): void {
  const { app } = door;
  app.get<ById>(
    '/v1/cases/:id',
    {
      ...guarded(door, 'analyst'),
      schema: {
        operationId: 'readCase',
        tags: ['Cases'],
        summary: 'Read a case',
        description:
          'With its assessment, its explanations, its campaign and what is related. That it was looked at is recorded in the audit.',
        params: caseParamsSchema,
        response: { 200: casePageSchema, ...refusals(...reading) },
      },
    },
    async (request, reply) => {
      const cases = await casesOf(door);
      noParameters.read(request);
      const page = await readCase(lookOf(request), cases);
      if (page === null) throw unknownCase();
      return answerPrivateJson(reply, JSON.stringify(casePageDocument(page, cases.wording)));
    },
  );

  app.get<ById>(
    '/v1/cases/:id/explanation',
    {
      ...guarded(door, 'analyst'),
      schema: {
        operationId: 'readExplanation',
        tags: ['Cases'],
        summary: 'Read the explanation that stands',
        description: 'The final one, or the newest while there is none. To see it grow, read `/v1/cases/{id}/explanation/stream`.',
        params: caseParamsSchema,
        response: { 200: explanationSchema, ...refusals(...reading, 'unknown_explanation') },
      },
    },
    async (request, reply) => {
      const cases = await casesOf(door);
      noParameters.read(request);
      const explanations = await readExplanations(lookOf(request), cases);
      if (explanations === null) throw unknownCase();
      const [standing] = explanations;
      if (standing === undefined) throw new Problem('unknown_explanation', 'Nobody has explained this case yet.');
      return answerPrivateJson(reply, JSON.stringify(explanationDocument(standing, cases.wording)));
    },
  );
}

function decidingRoutes(door: Door): void {
  const { app, metrics } = door;
  const response = { 200: caseChangeSchema, ...refusals(...writing, 'contradiction') };

  app.post<ById>(
    '/v1/cases/:id/resolve',
    {
      ...guarded(door, 'analyst'),
      bodyLimit: attemptBytesMax,
      schema: {
        operationId: 'resolveCase',
        tags: ['Cases'],
        summary: 'Say what the login truly was',
        description:
          'Teaches the account’s profile before it answers. May be repeated; if it failed half-way, repeating completes it. Saying otherwise than what stands is a `contradiction` that names who said what: reopen first.',
        params: caseParamsSchema,
        body: resolveRequestSchema,
        response,
      },
    },
    async (request, reply) => {
      const cases = await casesOf(door);
      noParameters.read(request);
      const { label, comment, by } = readResolve(request.body);
      const order = { ...lookOf(request), label, comment: comment ?? '', by: actorOf(callerOf(request), by) };
      const change = answered(await resolveCase(order, cases));
      if (change.changed) metrics.label();
      return answerPrivateJson(reply, JSON.stringify(changeDocument(change)));
    },
  );

  app.post<ById>(
    '/v1/cases/:id/reopen',
    {
      ...guarded(door, 'analyst'),
      bodyLimit: attemptBytesMax,
      schema: {
        operationId: 'reopenCase',
        tags: ['Cases'],
        summary: 'Take a resolution back',
        description: 'The account’s profile is as if nobody had labelled the login. May be repeated. The body may be left out.',
        params: caseParamsSchema,
        body: byRequestSchema,
        response,
      },
    },
    async (request, reply) => {
      const cases = await casesOf(door);
      noParameters.read(request);
      const { by } = readBy(request.body ?? {});
      const change = answered(await reopenCase({ ...lookOf(request), by: actorOf(callerOf(request), by) }, cases));
      return answerPrivateJson(reply, JSON.stringify(changeDocument(change)));
    },
  );
}

function answered(change: CaseChange): CaseChange & { readonly kind: 'done' } {
  if (change.kind === 'unknown_case') throw unknownCase();
  if (change.kind === 'contradiction') {
    const { label, by, atMs } = change.standing;
    throw new Problem(
      'contradiction',
      `The case was resolved as "${label}" by ${by} at ${timeOf(atMs)}. Reopen it first to say otherwise.`,
    );
  }
  return change;
}

function feedbackRoutes(door: Door): void {
  const { app } = door;
  app.post<ById>(
    '/v1/cases/:id/feedback',
    {
      ...guarded(door, 'analyst'),
      bodyLimit: attemptBytesMax,
      schema: {
        operationId: 'giveFeedback',
        tags: ['Cases'],
        summary: 'Say whether an explanation helped',
        description: 'About a finding or the whole. Kept for evaluating explanations; it changes no verdict.',
        params: caseParamsSchema,
        body: feedbackRequestSchema,
        response: { 200: feedbackSchema, ...refusals(...writing, 'unknown_explanation') },
      },
    },
    async (request, reply) => {
      const cases = await casesOf(door);
      noParameters.read(request);
      const { opinion, finding = null, version = null, comment, by } = readFeedback(request.body);
      const order = { ...lookOf(request), opinion, finding, version, comment: comment ?? '', by: actorOf(callerOf(request), by) };
      const given = await giveFeedback(order, cases);
      if (given.kind === 'unknown_case') throw unknownCase();
      if (given.kind === 'unknown_version')
        throw new Problem('unknown_explanation', `The case has ${listed('version', given.versions)}.`, 'version');
      if (given.kind === 'unknown_finding')
        throw fieldProblem('finding', `must be a finding of version ${given.version}, which has ${listed('finding', given.findings)}`);
      return answerPrivateJson(reply, JSON.stringify(feedbackDocument(given.feedback)));
    },
  );

  app.get<ById>(
    '/v1/cases/:id/feedback',
    {
      ...guarded(door, 'analyst'),
      schema: {
        operationId: 'readFeedback',
        tags: ['Cases'],
        summary: 'Read the feedback on a case',
        params: caseParamsSchema,
        response: { 200: feedbackListSchema, ...refusals(...reading) },
      },
    },
    async (request, reply) => {
      const { store } = await casesOf(door);
      noParameters.read(request);
      const { tenant, caseId } = lookOf(request);
      if ((await store.get(tenant, caseId)) === null) throw unknownCase();
      return answerPrivateJson(reply, JSON.stringify({ feedback: (await store.feedbackOf(tenant, caseId)).map(feedbackDocument) }));
    },
  );
}

function listed(what: string, values: readonly (string | number)[]): string {
  return values.length === 0 ? `no ${what}` : `the ${what}${values.length === 1 ? '' : 's'} ${values.join(', ')}`;
}
