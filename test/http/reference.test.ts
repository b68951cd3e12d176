import t from 'tap';
import { problemCodes } from '../../src/http/problem.ts';
import { fakeDoor } from '../support/http-fake.ts';

const host = { host: '127.0.0.1' };

t.test('the OpenAPI document describes every route, every field and every problem code', async (t) => {
  const door = await fakeDoor();
  const document = (await door.app.inject({ url: '/openapi.json', headers: host })).json() as {
    openapi: string;
    paths: Record<string, Record<string, { responses: Record<string, unknown>; description?: string; summary: string }>>;
  };
  t.equal(document.openapi, '3.1.0');
  t.same(Object.keys(document.paths).sort(), [
    '/healthz',
    '/metrics',
    '/readyz',
    '/v1/assessments/{id}',
    '/v1/audit',
    '/v1/audit/verify',
    '/v1/campaigns',
    '/v1/campaigns/{id}',
    '/v1/cases',
    '/v1/cases/{id}',
    '/v1/cases/{id}/explanation',
    '/v1/cases/{id}/explanation/stream',
    '/v1/cases/{id}/feedback',
    '/v1/cases/{id}/reopen',
    '/v1/cases/{id}/resolve',
    '/v1/context/assets',
    '/v1/context/assets/{id}',
    '/v1/jobs/dead',
    '/v1/jobs/depths',
    '/v1/jobs/{id}/requeue',
    '/v1/labels',
    '/v1/outcomes',
    '/v1/score',
    '/v1/score/batch',
    '/v1/users/{id}',
  ]);
  for (const operations of Object.values(document.paths)) for (const operation of Object.values(operations)) t.ok(operation.summary);
  const required = (path: string): unknown => {
    const operation = document.paths[path]?.['post'] as { requestBody?: { required?: boolean } } | undefined;
    return operation?.requestBody?.required;
  };
  t.same([required('/v1/cases/{id}/resolve'), required('/v1/cases/{id}/reopen')], [true, false]);
  const text = JSON.stringify(document);
  for (const code of problemCodes) t.ok(text.includes(`\`${code}\``), code);
  for (const word of ['dwell_ms', 'client_hints', 'other_contributions', 'stages_ms', 'application/problem+json'])
    t.ok(text.includes(word), word);
  const page = await door.app.inject({ url: '/docs/', headers: host });
  t.equal(page.statusCode, 200);
  t.notMatch(`${page.body}${page.headers['content-security-policy']}`, /https?:|upgrade/);
  for (const asset of page.body.matchAll(/(?:src|href)="([^"]+)"/g)) {
    t.equal(
      (await door.app.inject({ url: new URL(asset[1] as string, 'http://localhost/docs/').pathname, headers: host })).statusCode,
      200,
      `asset ${asset[1]}`,
    );
  }
});
