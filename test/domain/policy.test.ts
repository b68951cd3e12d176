import fc from 'fast-check';
import t from 'tap';
import { type PolicyContext, verdicts } from '../../src/domain/assessment.ts';
import { decide, type PolicyQuestion, strictness } from '../../src/domain/policy/decide.ts';
import { type PolicyDocument, PolicyList, type PolicyRule, ruleEffects } from '../../src/domain/policy/document.ts';
import { type IpRange, IpRangeTable, parseIpRange, parseIpWords, rangeContains } from '../../src/domain/policy/ip-range.ts';

const context: PolicyContext = {
  userId: 'u-1',
  roles: [],
  mfaEnrolled: null,
  ip: '203.0.113.7',
  asn: 64_500,
  asnClass: 'isp',
  country: 'DE',
  deviceId: 'd-1',
  method: 'password',
  result: 'success',
  breached: null,
  clientId: null,
  sensitivity: 'normal',
  lists: [],
  occurredAtMs: 1_000,
};
const question: PolicyQuestion = { score: 0.5, decidedBy: 'model', degraded: false, blind: false, codes: [], context };

function policy(changes: Partial<PolicyDocument> = {}): PolicyDocument {
  return {
    version: '1',
    revision: '1+test',
    thresholds: {
      low: { challengeAbove: 0.995, denyAbove: 0.9995 },
      normal: { challengeAbove: 0.99, denyAbove: 0.999 },
      high: { challengeAbove: 0.9, denyAbove: 0.99 },
    },
    levels: { mediumAbove: 0.9, highAbove: 0.99, criticalAbove: 0.999 },
    whenBlind: 'challenge',
    clients: new Map(),
    deny: new PolicyList(),
    allow: new PolicyList(),
    rules: [],
    ...changes,
  };
}

const ask = (changes: Partial<PolicyQuestion>, document = policy()) => decide({ ...question, ...changes }, document);
const always = (name: string, effect: PolicyRule['effect'], verdict: PolicyRule['verdict']): PolicyRule => ({
  name,
  effect,
  verdict,
  holds: () => true,
});
function rangeOf(text: string): IpRange {
  const parsed = parseIpRange(text);
  if (parsed === null) throw new Error(`${text} is not a range`);
  return parsed.range;
}
const forever = Number.POSITIVE_INFINITY;

t.test('thresholds alone: above is above, the client’s sensitivity picks the budget, and no rule is named', (t) => {
  t.same(ask({ score: 0.99 }), { verdict: 'allow', level: 'medium', policyRule: null }, 'at the threshold is not above it');
  t.same(ask({ score: 0.9901 }), { verdict: 'challenge', level: 'high', policyRule: null });
  t.same(ask({ score: 0.9999 }), { verdict: 'deny', level: 'critical', policyRule: null });
  t.same(ask({ score: 0 }), { verdict: 'allow', level: 'low', policyRule: null });
  t.equal(ask({ score: 0.95, context: { ...context, sensitivity: 'high' } }).verdict, 'challenge');
  t.equal(ask({ score: 0.993, context: { ...context, sensitivity: 'low' } }).verdict, 'allow');
  t.equal(ask({ score: 0.95, context: { ...context, sensitivity: 'constructor' } }).verdict, 'allow', 'an unknown sensitivity is normal');
  const clients = policy({ clients: new Map([['admin', 'high']]) });
  t.equal(
    ask({ score: 0.95, context: { ...context, clientId: 'admin', sensitivity: 'low' } }, clients).verdict,
    'challenge',
    'the document goes before the caller',
  );
  t.equal(ask({ score: 0.95, context: { ...context, clientId: 'other' } }, clients).verdict, 'allow');
  t.equal(ask({ score: Number.NaN }).verdict, 'deny', 'a broken number is never taken for a safe one');
  t.equal(ask({ score: 0.9999, context: { ...context, result: 'failure' } }).verdict, 'deny', 'a failed credential still gets its verdict');
  t.end();
});

t.test('deny list goes before allow list, allow list before rules, rules before thresholds', (t) => {
  const deny = new PolicyList();
  const allow = new PolicyList();
  allow.users.set('u-1', { path: 'lists.allow[0]', expiresAtMs: forever });
  const rules = [always('raise', 'at_least', 'deny')];
  t.same(ask({}, policy({ rules })), { verdict: 'deny', level: 'low', policyRule: 'raise' });
  t.same(ask({ score: 0.9999 }, policy({ rules, allow })), { verdict: 'allow', level: 'critical', policyRule: 'lists.allow[0]' });
  deny.countries.set('DE', { path: 'lists.deny[4]', expiresAtMs: forever });
  t.same(ask({}, policy({ rules, allow, deny })), { verdict: 'deny', level: 'low', policyRule: 'lists.deny[4]' });
  t.end();
});

t.test('a list finds user, device, range, network and country, and an entry ends at its time', (t) => {
  const list = new PolicyList();
  const at = (path: string, expiresAtMs = forever) => ({ path, expiresAtMs });
  t.equal(list.find(context), null, 'an empty list names nobody');
  list.countries.set('DE', at('country'));
  t.equal(list.find(context)?.path, 'country');
  list.asns.set(64_500, at('asn'));
  t.equal(list.find(context)?.path, 'asn');
  list.addRange(rangeOf('203.0.113.0/24'), at('wide'));
  list.addRange(rangeOf('203.0.113.7'), at('narrow', 1_000));
  t.equal(list.find(context)?.path, 'wide', 'the narrow entry has ended at exactly this time');
  t.equal(list.find({ ...context, occurredAtMs: 999 })?.path, 'narrow', 'narrowest first while it lasts');
  t.equal(list.find({ ...context, ip: 'not an address' })?.path, 'asn');
  list.devices.set('d-1', at('device'));
  t.equal(list.find(context)?.path, 'device');
  list.users.set('u-1', at('user'));
  t.equal(list.find(context)?.path, 'user');
  t.equal(list.find({ ...context, userId: 'x', deviceId: null, ip: '198.51.100.1', asn: null, country: null }), null);
  t.end();
});

t.test('at_least raises, at_most lowers, exactly does both, and where they contradict the stricter wins', (t) => {
  const verdict = (score: number, ...rules: PolicyRule[]) => {
    const decision = ask({ score }, policy({ rules }));
    return `${decision.verdict} ${decision.policyRule}`;
  };
  const floor = always('floor', 'at_least', 'challenge');
  const ceiling = always('ceiling', 'at_most', 'allow');
  t.equal(verdict(0.5, floor), 'challenge floor');
  t.equal(verdict(0.9999, floor), 'deny null', 'a floor below the verdict does nothing');
  t.equal(verdict(0.9999, ceiling), 'allow ceiling');
  t.equal(verdict(0.5, ceiling), 'allow null');
  t.equal(verdict(0.9999, ceiling, floor), 'challenge floor');
  t.equal(verdict(0.9999, floor, ceiling), 'challenge floor', 'order in the document does not matter');
  t.equal(verdict(0.9999, always('exact', 'exactly', 'challenge')), 'challenge exact');
  t.equal(verdict(0.5, always('exact', 'exactly', 'challenge')), 'challenge exact');
  t.equal(verdict(0.5, always('low', 'exactly', 'allow'), always('high', 'exactly', 'deny')), 'deny high');
  t.equal(verdict(0.9999, always('c', 'at_most', 'challenge'), ceiling), 'allow ceiling', 'at most means at most');
  t.equal(verdict(0.5, { ...floor, holds: () => false }), 'allow null');
  t.end();
});

t.test('rules see score, level, effective sensitivity, reasons and context, all from one object', (t) => {
  const seen: unknown[] = [];
  const holds: PolicyRule['holds'] = (input) => (seen.push(input), false);
  const rules: PolicyRule[] = [
    { name: 'a', effect: 'at_least', verdict: 'deny', holds },
    { name: 'b', effect: 'at_least', verdict: 'deny', holds },
  ];
  ask({ score: 0.95, codes: ['NEW_DEVICE'], context: { ...context, clientId: 'c' } }, policy({ rules, clients: new Map([['c', 'low']]) }));
  t.equal(seen.length, 2);
  t.equal(seen[0], seen[1]);
  t.match(seen[0], { score: 0.95, level: 'medium', sensitivity: 'low', decidedBy: 'model', degraded: false, codes: ['NEW_DEVICE'] });
  t.end();
});

t.test('when nothing is known the verdict is at least the document’s, and no rule lowers it', (t) => {
  t.same(ask({ blind: true }), { verdict: 'challenge', level: 'low', policyRule: 'when_blind' });
  t.equal(ask({ blind: true }, policy({ whenBlind: 'allow' })).verdict, 'allow', 'the operator may choose otherwise');
  t.equal(ask({ blind: true, score: 0.9999 }).verdict, 'deny');
  const rules = [always('ceiling', 'at_most', 'allow')];
  t.equal(ask({ blind: true, score: 0.9999 }, policy({ rules })).verdict, 'deny');
  t.equal(ask({ degraded: true, score: 0.995 }, policy({ rules })).verdict, 'challenge');
  t.end();
});

t.test('a deny list by network or country that cannot be consulted through our own fault asks for more', (t) => {
  const byCountry = new PolicyList();
  byCountry.countries.set('KP', { path: 'lists.deny[0]', expiresAtMs: 2_000 });
  const byAsn = new PolicyList();
  byAsn.asns.set(64_500, { path: 'lists.deny[0]', expiresAtMs: forever });
  const nowhere = { ...context, country: null };
  t.equal(
    ask({ context: nowhere }, policy({ deny: byCountry })).verdict,
    'allow',
    'a private address has no country, and that is no fault',
  );
  t.same(ask({ degraded: true, context: nowhere }, policy({ deny: byCountry })), {
    verdict: 'challenge',
    level: 'low',
    policyRule: 'lists.deny',
  });
  t.equal(
    ask({ degraded: true, context: { ...nowhere, occurredAtMs: 2_000 } }, policy({ deny: byCountry })).verdict,
    'allow',
    'the entry has ended',
  );
  t.equal(ask({ degraded: true }, policy({ deny: byCountry })).verdict, 'allow', 'the country is known');
  t.equal(ask({ degraded: true, context: { ...context, asn: null } }, policy({ deny: byAsn })).verdict, 'challenge');
  t.end();
});

const anyVerdict = fc.constantFrom(...verdicts);
const anyRule: fc.Arbitrary<PolicyRule> = fc
  .record({ name: fc.string(), effect: fc.constantFrom(...ruleEffects), verdict: anyVerdict, on: fc.boolean() })
  .map(({ on, ...rule }) => ({ ...rule, holds: () => on }));
const anyPolicy = fc.record({ rules: fc.array(anyRule, { maxLength: 6 }), whenBlind: anyVerdict }).map((changes) => policy(changes));
const anyQuestion: fc.Arbitrary<PolicyQuestion> = fc
  .record({
    score: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0.95, 0.993, 0.9993, 0.99999)),
    degraded: fc.boolean(),
    blind: fc.boolean(),
  })
  .map((changes) => ({ ...question, ...changes }));

t.test('a worse score never softens the verdict', (t) => {
  fc.assert(
    fc.property(anyPolicy, anyQuestion, fc.double({ min: 0, max: 1, noNaN: true }), (document, asked, other) => {
      const worse = decide({ ...asked, score: Math.max(asked.score, other) }, document);
      return strictness(worse.verdict) >= strictness(decide(asked, document).verdict);
    }),
  );
  t.end();
});

t.test('a fallback may raise a verdict and never lowers one', (t) => {
  fc.assert(
    fc.property(anyPolicy, anyQuestion, (document, asked) => {
      const whole = strictness(decide({ ...asked, degraded: false, blind: false }, document).verdict);
      const degraded = strictness(decide({ ...asked, degraded: true, blind: false }, document).verdict);
      const blind = strictness(decide({ ...asked, degraded: true, blind: true }, document).verdict);
      const bare = strictness(decide({ ...asked, degraded: false, blind: false }, policy()).verdict);
      return whole <= degraded && degraded <= blind && bare <= degraded;
    }),
  );
  t.end();
});

t.test('an address is read only in the notation that everybody reads alike', (t) => {
  t.same(parseIpWords('203.0.113.7'), [0xcb007107]);
  t.same(parseIpWords('2001:db8::7'), [0x20010db8, 0, 0, 7]);
  t.same(parseIpWords('::'), [0, 0, 0, 0]);
  t.same(parseIpWords('1:2:3:4:5:6:7:8'), [0x10002, 0x30004, 0x50006, 0x70008]);
  for (const text of [
    '',
    '1.2.3',
    '1.2.3.256',
    '01.2.3.4',
    '1.2.3.4.5',
    '1:2',
    '1::2::3',
    '1:2:3:4:5:6:7:8:9',
    '::ffff:1.2.3.4',
    '12345::',
    'g::',
    '1:2:3:4:5:6:7::8:9',
    ':1:2:3:4:5:6:7',
  ]) {
    t.equal(parseIpWords(text), null, JSON.stringify(text));
  }
  for (const text of ['1.2.3.4/33', '1.2.3.4/', '1.2.3.4/-1', '1.2.3.4/08', '::/129', 'x/8', '1.2.3.4/8/8'])
    t.equal(parseIpRange(text), null, text);
  t.equal(parseIpRange('10.0.0.7/8')?.exact, false);
  t.equal(parseIpRange('10.0.0.0/8')?.exact, true);
  t.same(parseIpRange('0.0.0.0/0')?.range, { version: 4, words: [0], prefixBits: 0 });
  t.same(parseIpRange('2001:db8:ffff::/40')?.range.words, [0x20010db8, 0xff000000, 0, 0]);
  t.end();
});

t.test('a table of ranges finds exactly the ranges that contain an address, narrowest first', (t) => {
  const word = fc.nat(0xffff_ffff);
  const anyRange = fc.oneof(
    fc
      .tuple(word, fc.integer({ min: 0, max: 32 }))
      .map(([value, bits]) => `${[24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.')}/${bits}`),
    fc
      .tuple(fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }), fc.integer({ min: 0, max: 128 }))
      .map(([groups, bits]) => `${groups.map((group) => group.toString(16)).join(':')}/${bits}`),
  );
  fc.assert(
    fc.property(fc.array(anyRange, { maxLength: 20 }), anyRange, fc.nat(), (texts, other, pick) => {
      const ranges = texts.map((text) => rangeOf(text));
      const table = new IpRangeTable<(typeof ranges)[number]>();
      const added = ranges.filter((range) => table.add(range, range)).length;
      // Half the time an address inside one of the ranges, else any address.
      const inside = texts.length > 0 && pick % 2 === 0 ? (texts[pick % texts.length] as string) : other;
      const words = parseIpWords(inside.slice(0, inside.indexOf('/'))) as number[];
      const containing = ranges.filter((range) => rangeContains(range, words)).sort((a, b) => b.prefixBits - a.prefixBits);
      const found = table.find(words, () => true);
      return added === table.size && found?.prefixBits === containing[0]?.prefixBits && table.find(words, () => false) === null;
    }),
  );
  const one = rangeOf('10.0.0.0/8');
  const table = new IpRangeTable<number>();
  t.ok(table.add(one, 1));
  t.notOk(table.add(one, 2), 'the same range twice');
  t.equal(
    table.find([10 * 2 ** 24 + 5], () => true),
    1,
  );
  t.equal(
    table.find([0, 0, 0, 10], () => true),
    null,
    'IPv4 ranges do not hold IPv6 addresses',
  );
  t.end();
});
