// GET /v1/cases: what an analyst chooses from.
import { verdicts } from '../../../domain/assessment.ts';
import { caseStates } from '../../../domain/case/case.ts';
import { type CaseFilter, caseOrders, casesPerPageMax } from '../../../domain/case/query.ts';
import { queryWordsMax } from '../../../domain/case/search.ts';
import { tiers } from '../../../domain/case/tier.ts';
import { schema } from '../../../domain/feature/schema.ts';
import type { Pseudonyms } from '../../../ports/pseudonyms.ts';
import { answerPrivateJson } from '../../answer.ts';
import type { Door } from '../../door.ts';
import { anyOf, badCursor, cursorParameter, moment, oneOf, parametersOf, someText, wholeNumber } from '../../request/parameters.ts';
import { Problem } from '../../problem.ts';
import { refusals } from '../../reference.ts';
import { caseDocument } from './case-json.ts';
import { callerOf, caseIdLengthMax, casesOf, guarded } from './guard.ts';
import { caseListSchema } from './wire.ts';

const perPage = 50;

const reasonCodes: ReadonlySet<string> = new Set(schema.signals.flatMap((signal) => Object.keys(signal.codes)));

const caseParameters = parametersOf({
  state: anyOf(caseStates, 'Only cases in these states.'),
  tier: anyOf(tiers, 'Only cases of these tiers.'),
  verdict: anyOf(verdicts, 'Only logins with these verdicts.'),
  campaign: someText(caseIdLengthMax, 'Only cases of this campaign.'),
  account: someText(256, 'Only logins of this user, as `user.id` was sent.', { examples: ['u-1'] }),
  code: someText(64, 'Only logins with this reason.', {
    examples: ['NEW_DEVICE'],
    fits: (text) => (reasonCodes.has(text) ? null : 'must be the code of a reason, such as NEW_DEVICE; docs/signals.md lists them'),
  }),
  opened_from: moment('Only cases opened at or after then.'),
  opened_before: moment('Only cases opened before then.'),
  q: someText(256, `Search: up to ${queryWordsMax} words, each the beginning of a user id, address, device id, organisation, city or id.`, {
    examples: ['ada@example.com'],
    fits: (text) => {
      const words = text.trim().split(/\s+/);
      return words[0] !== '' && words.length <= queryWordsMax ? null : `must hold 1 to ${queryWordsMax} words`;
    },
  }),
  order: oneOf(caseOrders, '`severity`: most urgent first (default); `newest` and `oldest`: by the order in which they were opened.'),
  limit: wholeNumber(1, casesPerPageMax, `Cases on a page; ${perPage} when not sent.`),
  cursor: cursorParameter,
});

type CaseParameters = ReturnType<typeof caseParameters.read>;

function filterOf(given: CaseParameters, tenant: string, pseudonyms: Pseudonyms): CaseFilter {
  const { opened_from: from, opened_before: before } = given;
  if (from !== undefined && before !== undefined && from >= before)
    throw new Problem('invalid_parameter', 'The query parameter opened_before must be later than opened_from.', 'opened_before');
  return {
    ...(given.state === undefined ? {} : { states: given.state }),
    ...(given.tier === undefined ? {} : { tiers: given.tier }),
    ...(given.verdict === undefined ? {} : { verdicts: given.verdict }),
    ...(given.campaign === undefined ? {} : { campaignId: given.campaign }),
    ...(given.account === undefined ? {} : { account: pseudonyms.of(tenant, 'user', given.account) }),
    ...(given.code === undefined ? {} : { code: given.code }),
    ...(from === undefined ? {} : { openedFromMs: from }),
    ...(before === undefined ? {} : { openedBeforeMs: before }),
    ...(given.q === undefined ? {} : { search: given.q }),
  };
}

export function listRoutes(door: Door): void {
  const { app } = door;

  app.get(
    '/v1/cases',
    {
      ...guarded(door, 'analyst'),
      schema: {
        operationId: 'listCases',
        tags: ['Cases'],
        summary: 'List flagged logins',
        description:
          'All filters that are given must hold. Paging neither skips nor repeats a case that was there when it began, whatever arrives or is resolved meanwhile.',
        querystring: caseParameters.schema,
        response: { 200: caseListSchema, ...refusals('invalid_parameter', 401, 403, 'cases_off', 'rate_limited', 'cases_unavailable') },
      },
    },
    async (request, reply) => {
      const { store, pseudonyms } = await casesOf(door);
      const { tenant } = callerOf(request);
      const given = caseParameters.read(request);
      const page = await store.list(tenant, {
        filter: filterOf(given, tenant, pseudonyms),
        order: given.order ?? 'severity',
        limit: given.limit ?? perPage,
        cursor: given.cursor ?? null,
      });
      if (page.kind === 'bad_cursor') throw badCursor();
      return answerPrivateJson(reply, JSON.stringify({ cases: page.items.map(caseDocument), next_cursor: page.nextCursor }));
    },
  );
}
