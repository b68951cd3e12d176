// POST and GET /v1/context/assets, DELETE /v1/context/assets/{client id}: what the operator's inventory says of the applications that people
// sign in to, told by its events and shown to analysts beside a login.
import type { FastifyReply } from 'fastify';
import { type AssetChange, type AssetFacts, assetLengthMax } from '../../../domain/asset.ts';
import { casesPerPageMax } from '../../../domain/case/query.ts';
import { isIdentifier, liveWindowMs } from '../../../parse/attempt.ts';
import { parseTime } from '../../../parse/rfc3339.ts';
import type { AssetKept } from '../../../ports/case/asset-store.ts';
import { answerPrivateJson } from '../../answer.ts';
import { actorOf, bodyReader, checkedId, fieldProblem } from '../../request/checked.ts';
import { attemptBytesMax, type Door } from '../../door.ts';
import { badCursor, cursorParameter, moment, noParameters, parametersOf, wholeNumber } from '../../request/parameters.ts';
import { Problem } from '../../problem.ts';
import { refusals } from '../../reference.ts';
import { timeOf } from '../cases/case-json.ts';
import { type ById, callerOf, casesOf, guarded, withParameters } from '../cases/guard.ts';
import { assetDocument } from './asset-json.ts';
import { assetKeptSchema, assetListSchema, assetParamsSchema, type AssetRequest, assetRequestSchema } from './wire.ts';

const perPage = 50;
const readAsset = bodyReader(assetRequestSchema);

const listParameters = parametersOf({
  limit: wholeNumber(1, casesPerPageMax, `Applications on a page; ${perPage} when not sent.`),
  cursor: cursorParameter,
});
const removeParameters = parametersOf({
  changed_at: moment(
    'When it was removed from your inventory; now, when not sent. An older change that arrives later does not bring it back.',
  ),
});

export function assetRoutes(door: Door): void {
  keepRoute(door);
  removeRoute(door);
  listRoute(door);
}

function keepRoute(door: Door): void {
  door.app.post(
    '/v1/context/assets',
    {
      ...guarded(door, 'admin'),
      bodyLimit: attemptBytesMax,
      schema: {
        operationId: 'describeAsset',
        tags: ['Context'],
        summary: 'Describe an application',
        description:
          'For analysts who look at a login to it; never an input to a verdict, never given to a model. Made for the events of an inventory: they may come twice, late and in any order.',
        body: assetRequestSchema,
        response: {
          200: assetKeptSchema,
          ...refusals(
            400,
            401,
            403,
            'cases_off',
            'contradiction',
            'too_many_assets',
            413,
            415,
            'time_out_of_range',
            'rate_limited',
            'cases_unavailable',
          ),
        },
      },
    },
    async (request, reply) => {
      const { assets } = await casesOf(door);
      noParameters.read(request);
      const body = readAsset(request.body);
      const caller = callerOf(request);
      const change = {
        clientId: checkedClientId(body.client_id),
        facts: factsOf(body),
        changedAtMs: changeTime(body.changed_at, door.clock.nowMs()),
        by: actorOf(caller, null),
      };
      return answerKept(reply, change, await assets.keep(caller.tenant, change));
    },
  );
}

function removeRoute(door: Door): void {
  door.app.delete<ById>(
    '/v1/context/assets/:id',
    {
      ...guarded(door, 'admin'),
      schema: {
        operationId: 'removeAsset',
        tags: ['Context'],
        summary: 'Describe an application no more',
        description: 'Also of one that was never described: what is told of it later, but was true before, is then passed over.',
        params: assetParamsSchema,
        querystring: removeParameters.schema,
        response: {
          200: assetKeptSchema,
          ...refusals(...withParameters, 'contradiction', 'too_many_assets', 'time_out_of_range'),
        },
      },
    },
    async (request, reply) => {
      const { assets } = await casesOf(door);
      const { changed_at: changedAt } = removeParameters.read(request);
      const caller = callerOf(request);
      const nowMs = door.clock.nowMs();
      const change = {
        clientId: checkedClientId(checkedId(request.params.id, assetLengthMax.clientId)),
        facts: null,
        changedAtMs: notInFuture(changedAt ?? nowMs, nowMs),
        by: actorOf(caller, null),
      };
      return answerKept(reply, change, await assets.keep(caller.tenant, change));
    },
  );
}

function listRoute(door: Door): void {
  door.app.get(
    '/v1/context/assets',
    {
      ...guarded(door, 'admin'),
      schema: {
        operationId: 'listAssets',
        tags: ['Context'],
        summary: 'List the applications that are described',
        querystring: listParameters.schema,
        response: {
          200: assetListSchema,
          ...refusals('invalid_parameter', 401, 403, 'cases_off', 'rate_limited', 'cases_unavailable'),
        },
      },
    },
    async (request, reply) => {
      const { assets } = await casesOf(door);
      const { limit = perPage, cursor } = listParameters.read(request);
      const after = cursor === undefined ? null : placeOf(cursor);
      const found = await assets.list(callerOf(request).tenant, after, limit);
      const last = found.length < limit ? undefined : found.at(-1);
      const nextCursor = last === undefined ? null : Buffer.from(last.clientId).toString('base64url');
      return answerPrivateJson(
        reply,
        JSON.stringify({
          assets: found.map((asset) => ({ ...assetDocument(asset), changed_at: timeOf(asset.changedAtMs) })),
          next_cursor: nextCursor,
        }),
      );
    },
  );
}

/** Throws the refusal where the store cannot know what should stand. */
function answerKept(reply: FastifyReply, { clientId, changedAtMs: sentMs }: AssetChange, { kind, changedAtMs }: AssetKept): FastifyReply {
  if (kind === 'full')
    throw new Problem('too_many_assets', 'As many applications are described as may be. Remove some that are no longer in use.');
  if (kind === 'contradiction')
    throw new Problem(
      'contradiction',
      `Something else is known of this application with the same changed_at (${timeOf(sentMs)}): send what is right with a later one.`,
      'changed_at',
    );
  return answerPrivateJson(reply, JSON.stringify({ client_id: clientId, result: kind, changed_at: timeOf(changedAtMs ?? sentMs) }));
}

/** As strict as a login's own client id: another could never be looked at. */
function checkedClientId(id: string): string {
  if (!isIdentifier(id)) throw fieldProblem('client_id', 'must be text without control characters or broken surrogate pairs');
  return id;
}

function factsOf(body: AssetRequest): AssetFacts {
  return {
    name: line('name', body.name),
    owner: line('owner', body.owner),
    sensitivity: body.sensitivity ?? null,
    environment: line('environment', body.environment),
    note: checkedText('note', body.note, /\r\n?/g),
  };
}

function line(field: string, text: string | null | undefined): string | null {
  return checkedText(field, text, null);
}

/** Null for what says nothing. With `lineBreaks`, the text may have lines, and those breaks become plain ones. */
function checkedText(field: string, text: string | null | undefined, lineBreaks: RegExp | null): string | null {
  const trimmed = (lineBreaks === null ? text : text?.replace(lineBreaks, '\n'))?.trim() ?? '';
  if (trimmed === '') return null;
  // A line break and a tab are the only control characters that a note may hold.
  if (!isIdentifier(lineBreaks === null ? trimmed : trimmed.replace(/[\n\t]/g, ' ')))
    throw fieldProblem(
      field,
      `must be text${lineBreaks === null ? ' of one line' : ''} without control characters or broken surrogate pairs`,
    );
  return trimmed;
}

function changeTime(text: string | null | undefined, nowMs: number): number {
  if (text === undefined || text === null) return nowMs;
  const atMs = parseTime(text);
  if (atMs === null) throw fieldProblem('changed_at', 'must be an RFC 3339 time with an offset, such as 2026-11-22T10:00:00Z');
  return notInFuture(atMs, nowMs);
}

/** A change from the future would stand against every true one until then. */
function notInFuture(atMs: number, nowMs: number): number {
  if (atMs > nowMs + liveWindowMs || atMs < 0)
    throw new Problem('time_out_of_range', 'changed_at must not be in the future nor before 1970.', 'changed_at');
  return atMs;
}

function placeOf(cursor: string): string {
  const bytes = Buffer.from(cursor, 'base64url');
  const place = bytes.toString('utf8');
  // Only what this route wrote comes back as it was.
  if (bytes.toString('base64url') !== cursor || !isIdentifier(place) || !Buffer.from(place).equals(bytes)) throw badCursor();
  return place;
}
