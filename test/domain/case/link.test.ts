import fc from 'fast-check';
import t from 'tap';
import { groupWith, moreUrgent } from '../../../src/domain/case/campaign.ts';
import { type Linkable, linkKinds, linksOf, linkWindowsMs, relationsOf } from '../../../src/domain/case/link.ts';
import { type LoginParts, newCase, reason } from '../../support/cases.ts';
import { componentsOf } from '../../support/components.ts';
import { noonMs } from '../../support/records.ts';

function login(name: string, parts: LoginParts = {}): Linkable {
  return newCase(name, parts);
}

function kindsOf(parts: LoginParts): string {
  return linksOf(login('a', parts))
    .map(({ kind }) => kind)
    .join(' ');
}

/** Accounts in the largest group that these logins make. */
function largest(logins: readonly Linkable[]): number {
  return Math.max(...componentsOf(logins).map((group) => new Set(group.map(({ visit }) => visit.account)).size));
}

t.test('what ties a login to others follows from what kind of place it comes from', (t) => {
  t.equal(kindsOf({}), 'device address');
  t.equal(kindsOf({ visit: { device: null } }), 'address');
  t.equal(kindsOf({ visit: { asnClass: 'hosting' } }), 'device server rack');
  t.equal(kindsOf({ visit: { asnClass: 'hosting', ja4: 't13d', fingerprint: 'print' } }), 'device server rack fingerprint fleet');
  t.equal(kindsOf({ visit: { asnClass: 'hosting', anonymous: true, ja4: 't13d', fingerprint: 'print' } }), 'device exit');
  t.equal(kindsOf({ visit: { asnClass: 'mobile' } }), 'device exit');
  t.equal(kindsOf({ reasons: [reason('PASSWORD_SPRAY')] }), 'device address spray');
  t.equal(kindsOf({ result: 'failure', visit: { ja4: 't13d' } }), 'device address guess');
  t.equal(kindsOf({ result: 'success', visit: { ja4: 't13d' } }), 'device address', 'with the right credential it may be anybody');
  t.equal(kindsOf({ result: 'failure' }), 'device address', 'without a greeting there is nothing to go by');
  for (const code of ['AUTOMATION', 'INHUMAN_TIMING', 'RARE_CLIENT'])
    t.equal(kindsOf({ reasons: [reason(code)] }), 'device address tool', code);
  t.equal(kindsOf({ reasons: [reason('PASSWORD_SPRAY', {}, -1)] }), 'device address', 'only what raises is caught');
  t.end();
});

t.test('where an account is at home, the place ties it to nobody', (t) => {
  const known = (evidence: object): LoginParts => ({ reasons: [reason('NEW_DEVICE'), reason('KNOWN_NETWORK', { ...evidence }, -1)] });
  t.equal(kindsOf(known({ good_logins_from_address: 3, good_logins_from_network: 9 })), 'device');
  t.equal(kindsOf(known({ good_logins_from_address: 0 })), 'device address');
  const mistyped: LoginParts = { ...known({ good_logins_from_network: 9 }), result: 'failure', visit: { ja4: 't13d' } };
  t.equal(kindsOf(mistyped), 'device address', 'who mistypes in a network of theirs is no guesser');
  const cloudProxy = { ...known({ good_logins_from_network: 9 }), visit: { asnClass: 'hosting' as const, ja4: 't13d' } };
  t.equal(kindsOf(cloudProxy), 'device server', 'a company behind a cloud proxy is no fleet');
  t.end();
});

t.test('texts that a login writes cannot imitate other parts of a thread, and do not make it long', (t) => {
  const valueOf = (visit: object): string | undefined =>
    linksOf(login('a', { visit: { asnClass: 'mobile', device: null, ...visit } }))[0]?.value;
  t.not(valueOf({ browser: 'a","b', os: 'c' }), valueOf({ browser: 'a', os: 'b","c' }));
  t.ok(Number(valueOf({ browser: 'x'.repeat(9999), language: 'y'.repeat(9999) })?.length) < 400);
  t.end();
});

t.test('unrelated people on one large consumer network are no campaign, however alike their browsers and however many', (t) => {
  const person = fc.record({
    block: fc.nat(40),
    minute: fc.nat(600),
    browserMajor: fc.constantFrom(141, 142),
    fingerprint: fc.constantFrom(null, 'iPhone 17'),
    mobile: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(person, { minLength: 2, maxLength: 120 }), (people) => {
      const logins = people.map(({ block, minute, browserMajor, fingerprint, mobile }, i) =>
        login(`${i}`, {
          atMs: noonMs + minute * 60_000,
          visit: { asn: 3320, asnClass: mobile ? 'mobile' : 'isp', block: `block${block}`, ja4: 't13d1516h2', browserMajor, fingerprint },
        }),
      );
      return largest(logins) === 1;
    }),
    { numRuns: 50 },
  );
  t.end();
});

t.test('people who share an exit of a carrier or a VPN are no campaign while their clients differ, one tool on it is', (t) => {
  const behind = (i: number, visit: object): Linkable =>
    login(`${i}`, { atMs: noonMs + i * 1000, visit: { host: 'exit', asnClass: 'mobile', browserMajor: 100 + i, ...visit } });
  const numbers = Array.from({ length: 30 }, (_, i) => i);
  t.equal(largest(numbers.map((i) => behind(i, {}))), 1);
  t.equal(largest(numbers.map((i) => behind(i, { anonymous: true, asnClass: 'hosting' }))), 1);
  t.equal(largest(numbers.map((i) => behind(i, { browserMajor: 99 }))), 30);
  t.end();
});

t.test('an office is no campaign: its people are at home there, and strangers in it are hours apart', (t) => {
  const atHome = reason('KNOWN_NETWORK', { good_logins_from_address: 40 }, -1);
  const colleague = (i: number, parts: LoginParts): Linkable =>
    login(`${i}`, { ...parts, atMs: noonMs + i * 61 * 60_000, visit: { host: 'office', asnClass: 'business' } });
  const numbers = Array.from({ length: 30 }, (_, i) => i);
  t.equal(largest(numbers.map((i) => colleague(i, { reasons: [atHome] }))), 1);
  t.equal(largest(numbers.map((i) => colleague(i, {}))), 1);
  t.end();
});

t.test('attacks of each shape are one campaign each', (t) => {
  const many = (visit: (i: number) => object, parts: LoginParts = {}, everyMs = 60_000): number =>
    largest(
      Array.from({ length: 20 }, (_, i) => login(`${i}`, { ...parts, atMs: noonMs + i * everyMs, visit: { device: null, ...visit(i) } })),
    );
  t.equal(
    many(() => ({ device: 'cookie jar' }), {}, 3_600_000),
    20,
    'one cookie jar',
  );
  t.equal(
    many(() => ({ host: 'server', asnClass: 'hosting' }), {}, 20 * 3_600_000),
    20,
    'one slow server',
  );
  t.equal(
    many(() => ({ block: 'rack', asnClass: 'hosting' }), {}, 5 * 3_600_000),
    20,
    'machines side by side',
  );
  t.equal(
    many(() => ({ asn: 14061, asnClass: 'hosting', ja4: 'tool' })),
    20,
    'a fleet of one operator',
  );
  t.equal(
    many(() => ({ block: 'sprayed' }), { reasons: [reason('PASSWORD_SPRAY')] }),
    20,
    'a spray from one block',
  );
  t.equal(
    many((i) => ({ asn: i, country: `${i}` }), { reasons: [reason('AUTOMATION')] }),
    20,
    'a tool behind residential proxies',
  );
  t.equal(
    many((i) => ({ asn: i, browser: `${i}`, ja4: 'tool' }), { result: 'failure' }, 19 * 60_000),
    20,
    'leaked pairs tried from a thousand homes, each time as another browser',
  );
  t.equal(
    many(() => ({ asn: 14061, asnClass: 'hosting', ja4: 'tool' }), {}, 2 * 3_600_000),
    1,
    'hours apart it would be chance',
  );
  t.end();
});

t.test('a victim who signs in during the attack is not pulled into it', (t) => {
  const attack = Array.from({ length: 5 }, (_, i) => login(`${i}`, { visit: { asnClass: 'hosting', host: 'server' } }));
  const victim = login('victim', { account: 'account-3' });
  t.strictSame(
    componentsOf([...attack, victim])
      .map((group) => group.length)
      .sort((a, b) => a - b),
    [1, 5],
  );
  t.end();
});

t.test('each kind of link has a window of at most a day', (t) => {
  for (const kind of linkKinds) t.ok(linkWindowsMs[kind] > 0 && linkWindowsMs[kind] <= 86_400_000, kind);
  t.end();
});

t.test('related cases are looked for by whatever identifies, where it was sent', (t) => {
  const kinds = (visit: object): string[] => relationsOf(newCase('a', { visit }).visit).map(({ kind }) => kind);
  t.strictSame(kinds({ device: null, fingerprint: null }), ['by_account', 'by_address', 'by_block']);
  t.strictSame(kinds({ fingerprint: 'x' }), ['by_account', 'by_address', 'by_block', 'by_device', 'by_fingerprint']);
  t.end();
});

t.test('a case without neighbours is alone; with some, the largest group stays and takes the others in', (t) => {
  t.equal(groupWith([]), null);
  const near = (caseId: string, kind: 'server' | 'device', group: string | null, cases = 2) => ({
    caseId,
    kind,
    group: group === null ? null : { id: group, cases },
  });
  t.strictSame(groupWith([near('a', 'server', null), near('a', 'device', null), near('b', 'server', null)]), {
    into: null,
    merged: [],
    loners: [
      { caseId: 'a', kinds: ['server', 'device'] },
      { caseId: 'b', kinds: ['server'] },
    ],
    kinds: ['server', 'device'],
  });
  t.strictSame(groupWith([near('a', 'server', 'g2'), near('b', 'server', 'g1', 9), near('c', 'server', 'g2'), near('d', 'device', null)]), {
    into: 'g1',
    merged: ['g2'],
    loners: [{ caseId: 'd', kinds: ['device'] }],
    kinds: ['server', 'device'],
  });
  t.equal(groupWith([near('a', 'server', 'younger'), near('b', 'server', 'elder')])?.into, 'elder', 'of equals the elder');
  t.equal(groupWith([near('a', 'server', 'elder'), near('b', 'server', 'younger')])?.into, 'elder');
  t.strictSame(groupWith([near('a', 'server', 'g1')], { id: 'own', cases: 9 }), {
    into: 'own',
    merged: ['g1'],
    loners: [],
    kinds: ['server'],
  });
  t.end();
});

t.test('of two tiers the more urgent is taken', (t) => {
  t.strictSame([moreUrgent('high', 'low'), moreUrgent('low', 'critical'), moreUrgent('low', 'low')], ['high', 'critical', 'low']);
  t.end();
});
