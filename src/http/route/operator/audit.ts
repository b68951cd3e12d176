// GET /v1/audit and /v1/audit/verify: who did what, and whether that record is as it was written.
import type { AuditHead } from '../../../domain/case/audit.ts';
import { casesPerPageMax } from '../../../domain/case/query.ts';
import { answerPrivateJson } from '../../answer.ts';
import type { Door } from '../../door.ts';
import { parametersOf, someText, wholeNumber } from '../../request/parameters.ts';
import { Problem } from '../../problem.ts';
import { refusals } from '../../reference.ts';
import { timeOf } from '../cases/case-json.ts';
import { callerOf, caseIdLengthMax, casesOf, guarded } from '../cases/guard.ts';
import { auditSchema, auditVerdictSchema } from './wire.ts';

const perPage = 100;

const auditParameters = parametersOf({
  subject: someText(caseIdLengthMax, 'Only entries about this case or job.'),
  before: wholeNumber(1, Number.MAX_SAFE_INTEGER, 'Only entries with a smaller `sequence`: `next_before` of the page before.'),
  limit: wholeNumber(1, casesPerPageMax, `Entries on a page; ${perPage} when not sent.`),
});

const anchorParameters = parametersOf({
  anchor_sequence: wholeNumber(
    1,
    Number.MAX_SAFE_INTEGER,
    'With `anchor_hash`: an end of the chain that you noted before; it must still be there.',
  ),
  anchor_hash: someText(128, 'The `hash` of that end.'),
});

export function auditRoutes(door: Door): void {
  const { app } = door;
  const refused = refusals('invalid_parameter', 401, 403, 'cases_off', 'rate_limited', 'cases_unavailable');

  app.get(
    '/v1/audit',
    {
      ...guarded(door, 'admin'),
      schema: {
        operationId: 'readAudit',
        tags: ['Operation'],
        summary: 'Who did what',
        description: 'Newest first. Entries name cases and analysts, never the user whose login it was.',
        querystring: auditParameters.schema,
        response: { 200: auditSchema, ...refused },
      },
    },
    async (request, reply) => {
      const { store } = await casesOf(door);
      const { subject, before, limit = perPage } = auditParameters.read(request);
      const entries = await store.readAudit(callerOf(request).tenant, {
        limit,
        ...(subject === undefined ? {} : { subject }),
        ...(before === undefined ? {} : { before }),
      });
      const shown = entries.map(({ sequence, atMs, actor, action, subject: about, detail, hash }) => {
        return { sequence, at: timeOf(atMs), actor, action, subject: about, detail, hash };
      });
      const nextBefore = entries.length < limit ? null : (entries.at(-1)?.sequence ?? null);
      return answerPrivateJson(reply, JSON.stringify({ entries: shown, next_before: nextBefore }));
    },
  );

  app.get(
    '/v1/audit/verify',
    {
      ...guarded(door, 'admin'),
      schema: {
        operationId: 'verifyAudit',
        tags: ['Operation'],
        summary: 'Whether the audit is as it was written',
        description: 'Reads the whole chain of all tenants, in slices between which others are served.',
        querystring: anchorParameters.schema,
        response: { 200: auditVerdictSchema, ...refused },
      },
    },
    async (request, reply) => {
      const { store } = await casesOf(door);
      const verdict = await store.verifyAudit(anchorOf(anchorParameters.read(request)));
      const document = verdict.intact
        ? { intact: true, head: verdict.head, broken_at: null, cause: null }
        : { intact: false, head: null, broken_at: verdict.brokenAt, cause: verdict.cause };
      return answerPrivateJson(reply, JSON.stringify(document));
    },
  );
}

function anchorOf(given: ReturnType<typeof anchorParameters.read>): AuditHead | undefined {
  const { anchor_sequence: sequence, anchor_hash: hash } = given;
  if (sequence === undefined && hash === undefined) return undefined;
  const lacking = sequence === undefined ? 'anchor_sequence' : 'anchor_hash';
  if (sequence === undefined || hash === undefined)
    throw new Problem('invalid_parameter', `The query parameter ${lacking} must be given too: an anchor has both.`, lacking);
  return { sequence, hash };
}
