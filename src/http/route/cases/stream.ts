// GET /v1/cases/{id}/explanation/stream: the explanation as it grows, as server-sent events.
import type { ServerResponse } from 'node:http';
import { noteLook } from '../../../review/cases/read.ts';
import { Type } from '../../../parse/wire-schema.ts';
import type { Door } from '../../door.ts';
import { noParameters } from '../../request/parameters.ts';
import { refusals } from '../../reference.ts';
import { type EventStream, frameOf, openEventStream, retryAfter } from '../../stream/event-stream.ts';
import { goodbye, type Place, type StreamPlaces } from '../../stream/places.ts';
import { type Start, startOf, tell } from '../../stream/tell.ts';
import { tellingData } from './explanation-json.ts';
import { type ById, casesOf, guarded, lookOf, reading, unknownCase } from './guard.ts';
import { caseParamsSchema } from './wire.ts';

const description = `Server-sent events. Each has the number of its place in the case's log as \`id\`, a name and JSON:

- \`template\`: the whole explanation by template, which stands until there is more; always the first;
- \`finding\`: one finding, after it was checked, with the same \`id\` in its data as in the explanation;
- \`finding_dropped\`: how many of a model's findings were not shown, by the rule that they broke; \`asking\`: a call to a model begins, and what its prompt costs by the look of it; \`asked\`: what it cost, \`estimated\` where the provider did not count it to the end;
- \`done\`: the explanation stands, in the version that it names; the stream ends;
- \`reset\`: the \`Last-Event-ID\` that was sent is not in the log; forget what you have, everything follows from the beginning;
- \`gone\`: the case was removed, and the stream ends;
- \`bye\`: the stream ends before it is done (\`stopping\`, \`unavailable\`); come back with the last id.

Send the last \`id\` that you have as \`Last-Event-ID\` to go on without gap or repeat, also after a restart; browsers do so by themselves. Who has had everything is answered 204, upon which they stop. A comment comes every 15 seconds. That the case was looked at is recorded in the audit.`;

export function streamRoute(door: Door, places: StreamPlaces): void {
  door.app.get<ById>(
    '/v1/cases/:id/explanation/stream',
    {
      ...guarded(door, 'analyst'),
      exposeHeadRoute: false,
      schema: {
        operationId: 'streamExplanation',
        tags: ['Cases'],
        summary: 'Follow an explanation as it is written',
        description,
        params: caseParamsSchema,
        headers: Type.Object({
          'last-event-id': Type.Optional(Type.String({ description: 'The last `id` that you have.', examples: ['3'] })),
        }),
        response: {
          200: { description: 'The events.', content: { 'text/event-stream': { schema: Type.String() } } },
          204: { description: 'You have had everything.', type: 'null' },
          ...refusals(...reading, 'too_many_streams', 'streams_unavailable'),
        },
      },
    },
    async (request, reply) => {
      const cases = await casesOf(door);
      noParameters.read(request);
      const look = lookOf(request);
      const place = places.take(look.tenant);
      const given = request.headers['last-event-id'];
      let start: Start;
      try {
        start = await startOf(look, typeof given === 'string' ? given : undefined, cases.log);
        if (start !== null && !start.over) await noteLook(look, 'stream', cases);
      } catch (error) {
        place.release();
        throw error;
      }
      if (start === null || start.over) {
        place.release();
        if (start === null) throw unknownCase();
        return reply.code(204).send();
      }
      reply.hijack();
      const stream = openStream(reply.raw, place, places, start.reset);
      try {
        await tell(look, start.sequence, stream, places.limits, {
          log: cases.log,
          news: cases.news,
          clock: door.clock,
          dataOf: (telling) => tellingData(telling, cases.wording),
        });
      } catch (error) {
        door.app.log.error({ err: error, requestId: request.id }, 'a stream ended early');
        stream.end(goodbye(places.limits, 'unavailable'));
      }
      return reply;
    },
  );
}

function openStream(response: ServerResponse, place: Place, { limits }: StreamPlaces, reset: boolean): EventStream {
  const { socket } = response;
  const stream = openEventStream(response);
  if (socket === null) {
    place.release();
    return stream;
  }
  place.begin(stream, socket);
  // In place of the time that an idle connection is kept.
  socket.setTimeout(limits.stalledMs);
  stream.write(retryAfter(limits.retryMs));
  if (reset) stream.write(frameOf({ event: 'reset', id: '', data: '{}' }));
  return stream;
}
