// /healthz (the process answers), /readyz (full verdicts can be given), /metrics.
import { answerJson } from '../answer.ts';
import type { Door } from '../door.ts';
import { refusals } from '../reference.ts';
import { readinessSchema } from '../wire.ts';

export function operationRoutes(door: Door, options: { readonly metrics: boolean }): void {
  const { app, useCases, metrics } = door;

  app.get(
    '/healthz',
    { schema: { operationId: 'health', tags: ['Operation'], summary: 'The process answers', security: [] } },
    (_request, reply) => {
      answerJson(reply, '{"status":"ok"}');
    },
  );

  app.get(
    '/readyz',
    {
      schema: {
        operationId: 'readiness',
        tags: ['Operation'],
        summary: 'Full verdicts can be given',
        security: [],
        response: { 200: readinessSchema, 503: readinessSchema },
      },
    },
    (_request, reply) => {
      const checks = useCases.readiness();
      const ready = checks.every(({ ok, required = true }) => ok || !required);
      if (!ready) reply.code(503);
      answerJson(
        reply,
        JSON.stringify({
          status: ready ? 'ready' : 'not_ready',
          checks: checks.map(({ name, ok, required = true, detail }) => ({ name, ok, required, detail })),
        }),
      );
    },
  );

  if (!options.metrics) return;
  app.get(
    '/metrics',
    {
      onRequest: door.guard('read'),
      schema: {
        operationId: 'metrics',
        tags: ['Operation'],
        summary: 'Metrics in Prometheus text format',
        response: { ...refusals(401, 403, 'rate_limited') },
      },
    },
    async (_request, reply) => reply.header('content-type', metrics.contentType).send(await metrics.text()),
  );
}
