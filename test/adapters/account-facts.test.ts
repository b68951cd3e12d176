// Account facts are asked where the operator says and nowhere else, once, for as long as they are kept, and never hold up a page.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { createHttpAccountFacts, type HttpAccountFactsOptions } from '../../src/adapters/account-facts/http.ts';
import { readAccountFacts } from '../../src/adapters/account-facts/read-facts.ts';
import { accountFactsUrlProblem } from '../../src/adapters/account-facts/url.ts';
import type { AccountFactsSource } from '../../src/ports/case/account-facts.ts';
import { testClock, type TestClock } from '../support/ports.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface World {
  readonly source: AccountFactsSource;
  readonly clock: TestClock;
  readonly asked: string[];
}

async function world(t: Test, handler: Handler, change: Partial<HttpAccountFactsOptions> = {}): Promise<World> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const clock = testClock();
  const source = createHttpAccountFacts({
    urlTemplate: `http://127.0.0.1:${port}/users/{user_id}`,
    bearer: 'secret',
    tenant: 'default',
    clock,
    keptMs: 60_000,
    timeoutMs: 2000,
    ...change,
  });
  t.teardown(async () => {
    await source.close();
    server.closeAllConnections();
    server.close();
  });
  return { source, clock, asked };
}

const alice: Handler = (request, response) => {
  response.setHeader('content-type', 'application/json');
  response.end(
    JSON.stringify({
      status: 'locked',
      display_name: 'Alice',
      mfa_enrolled: true,
      roles: ['admin'],
      created_at: '2020-01-02T03:04:05Z',
      key: request.headers.authorization,
    }),
  );
};

t.test('facts are read, with the key, and kept: who asks at once or again costs nothing', async (t) => {
  const { source, clock, asked } = await world(t, alice);
  const [first, second] = await Promise.all([source.of('default', 'alice'), source.of('default', 'alice')]);
  t.match(first, {
    kind: 'facts',
    facts: { status: 'locked', displayName: 'Alice', mfaEnrolled: true, roles: ['admin'], createdAtMs: Date.UTC(2020, 0, 2, 3, 4, 5) },
  });
  t.same(second, first);
  clock.advance(59_000);
  t.same(await source.of('default', 'alice'), first);
  t.equal(asked.length, 1);
  clock.advance(2000);
  await source.of('default', 'alice');
  t.equal(asked.length, 2);
});

t.test('each way to fail is an absence with its cause, asked again soon', async (t) => {
  const failures: [Handler, string][] = [
    [(_, response) => response.writeHead(404).end(), 'unknown'],
    [(_, response) => response.writeHead(500).end('no'), 'unavailable'],
    [(_, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end(), 'unavailable'],
    [(_, response) => response.end('<html>'), 'invalid'],
    [(_, response) => response.end('[]'), 'invalid'],
    [(_, response) => response.end(`{"display_name":"${'x'.repeat(70_000)}"}`), 'invalid'],
    [(request) => request.socket.destroy(), 'unavailable'],
  ];
  for (const [handler, cause] of failures) {
    const { source, clock, asked } = await world(t, handler);
    t.match(await source.of('default', 'alice'), { kind: 'absent', cause });
    await source.of('default', 'alice');
    t.equal(asked.length, 1, cause);
    clock.advance(16_000);
    await source.of('default', 'alice');
    t.equal(asked.length, 2, cause);
  }
});

t.test('a provider that does not answer is late at its limit', async (t) => {
  const reached = Promise.withResolvers<void>();
  const { source, clock } = await world(t, () => reached.resolve());
  const answer = source.of('default', 'alice');
  await reached.promise;
  clock.advance(2000);
  t.match(await answer, { kind: 'absent', cause: 'late' });
});

t.test('whatever a user is called, the provider is asked for a user of that name and nothing else', async (t) => {
  const { source, asked } = await world(t, alice);
  const hostile = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom('../admin', '..', '.', '?a=b', '#', '%2e%2e', '//evil', '@evil', 'a\r\nb: c', '{user_id}', '$&'),
  );
  await fc.assert(
    fc.asyncProperty(hostile, async (userId) => {
      asked.length = 0;
      const answer = await source.of('default', userId);
      if (asked.length === 0)
        return answer.kind === 'facts' || userId === '' || userId === '.' || userId === '..' || !userId.isWellFormed();
      return (
        asked[0]?.startsWith('/users/') === true &&
        decodeURIComponent(asked[0].slice('/users/'.length)) === userId &&
        !asked[0].slice(7).includes('/')
      );
    }),
    { numRuns: 60 },
  );
});

t.test('one tenant sees nothing of another', async (t) => {
  const { source, asked } = await world(t, alice);
  t.match(await source.of('other', 'alice'), { kind: 'absent', cause: 'not_configured' });
  t.equal(asked.length, 0);
});

t.test('a template that could be led elsewhere, or would send the key in the clear, is refused', (t) => {
  for (const good of ['https://idp.example.com/users/{user_id}', 'http://localhost:8080/{tenant}/u?id={user_id}', 'http://[::1]/{user_id}'])
    t.equal(accountFactsUrlProblem(good), null, good);
  for (const bad of [
    'https://idp.example.com/users',
    'https://{user_id}.example.com/',
    'https://{tenant}.example.com/{user_id}',
    'https://idp.example.com{user_id}',
    'http://idp.example.com/{user_id}',
    'http://127.0.0.1.evil.com/{user_id}',
    'file:///{user_id}',
    'https://a:b@idp.example.com/{user_id}',
    '/{user_id}',
    'https://idp.example.com/{user_id}/{user_id}',
  ]) {
    t.type(accountFactsUrlProblem(bad), 'string', bad);
    const options = { urlTemplate: bad, bearer: null, tenant: 'default', clock: testClock(), keptMs: 1, timeoutMs: 1 };
    t.throws(() => createHttpAccountFacts(options), RangeError);
  }
  t.end();
});

t.test('whatever JSON comes, facts have their form', (t) => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.json(),
        fc.string(),
        fc
          .dictionary(fc.constantFrom('status', 'roles', 'display_name', 'created_at', 'mfa_enrolled', '__proto__'), fc.jsonValue())
          .map((value) => JSON.stringify(value)),
      ),
      (text) => {
        const facts = readAccountFacts(text);
        return (
          facts === null ||
          (Array.isArray(facts.roles) &&
            facts.roles.every((role) => typeof role === 'string') &&
            (facts.createdAtMs === null || Number.isFinite(facts.createdAtMs)))
        );
      },
    ),
  );
  t.end();
});
