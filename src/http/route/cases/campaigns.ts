// GET /v1/campaigns and /v1/campaigns/{id}: flagged logins that belong together.
import { casesPerPageMax } from '../../../domain/case/query.ts';
import { answerPrivateJson } from '../../answer.ts';
import { checkedId } from '../../request/checked.ts';
import type { Door } from '../../door.ts';
import { badCursor, cursorParameter, moment, noParameters, parametersOf, trueOrFalse, wholeNumber } from '../../request/parameters.ts';
import { Problem } from '../../problem.ts';
import { refusals } from '../../reference.ts';
import { campaignDocument } from './case-json.ts';
import { type ById, callerOf, caseIdLengthMax, casesOf, guarded, withParameters } from './guard.ts';
import { campaignListSchema, campaignParamsSchema, campaignSchema } from './wire.ts';

const perPage = 50;

const campaignParameters = parametersOf({
  active_from: moment('Only campaigns with a login at or after then.'),
  unresolved: trueOrFalse('`true`: only campaigns with a case that nobody has resolved.'),
  limit: wholeNumber(1, casesPerPageMax, `Campaigns on a page; ${perPage} when not sent.`),
  cursor: cursorParameter,
});

export function campaignRoutes(door: Door): void {
  const { app } = door;

  app.get(
    '/v1/campaigns',
    {
      ...guarded(door, 'analyst'),
      schema: {
        operationId: 'listCampaigns',
        tags: ['Cases'],
        summary: 'List campaigns',
        description: 'Newest first. The cases of one: `GET /v1/cases?campaign=ID`.',
        querystring: campaignParameters.schema,
        response: { 200: campaignListSchema, ...refusals('invalid_parameter', 401, 403, 'cases_off', 'rate_limited', 'cases_unavailable') },
      },
    },
    async (request, reply) => {
      const { store } = await casesOf(door);
      const given = campaignParameters.read(request);
      const page = await store.campaigns(callerOf(request).tenant, {
        ...(given.active_from === undefined ? {} : { activeFromMs: given.active_from }),
        ...(given.unresolved === undefined ? {} : { unresolved: given.unresolved }),
        limit: given.limit ?? perPage,
        cursor: given.cursor ?? null,
      });
      if (page.kind === 'bad_cursor') throw badCursor();
      return answerPrivateJson(reply, JSON.stringify({ campaigns: page.items.map(campaignDocument), next_cursor: page.nextCursor }));
    },
  );

  app.get<ById>(
    '/v1/campaigns/:id',
    {
      ...guarded(door, 'analyst'),
      schema: {
        operationId: 'readCampaign',
        tags: ['Cases'],
        summary: 'Read a campaign',
        description: 'Also by the id of one that has since become part of it.',
        params: campaignParamsSchema,
        response: {
          200: campaignSchema,
          ...refusals(...withParameters, 'unknown_campaign'),
        },
      },
    },
    async (request, reply) => {
      const { store } = await casesOf(door);
      noParameters.read(request);
      const campaign = await store.campaign(callerOf(request).tenant, checkedId(request.params.id, caseIdLengthMax));
      if (campaign === null) throw new Problem('unknown_campaign', 'There is no such campaign, or all its cases were removed.');
      return answerPrivateJson(reply, JSON.stringify(campaignDocument(campaign)));
    },
  );
}
