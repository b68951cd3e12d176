import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import t from 'tap';
import { createPolicySource, PolicyFileError } from '../../src/adapters/policy-file/policy-source.ts';
import { readPolicy } from '../../src/adapters/policy-file/read-policy.ts';
import { levels, type PolicyContext } from '../../src/domain/assessment.ts';
import { type PolicyQuestion, strictness } from '../../src/domain/policy/decide.ts';
import { readYamlAside } from '../../src/parse/yaml-aside.ts';
import { readYaml } from '../../src/parse/yaml-text.ts';

const clock = { monotonicMs: () => 0 };
const context: PolicyContext = {
  userId: 'u-1',
  roles: ['staff', 'admin'],
  mfaEnrolled: null,
  ip: '198.51.100.7',
  asn: null,
  asnClass: 'isp',
  country: null,
  deviceId: null,
  method: 'password',
  result: 'success',
  breached: null,
  clientId: 'web',
  sensitivity: 'normal',
  lists: ['vpn'],
  // Friday 2027-01-01 05:30 UTC.
  occurredAtMs: Date.UTC(2027, 0, 1, 5, 30),
};
const question: PolicyQuestion = { score: 0.5, decidedBy: 'model', degraded: false, blind: false, codes: ['NEW_DEVICE'], context };
const head = `version: 7
thresholds: { normal: { challenge_above: 0.9, deny_above: 0.99 } }
levels: { medium_above: 0.5, high_above: 0.9, critical_above: 0.99 }
`;
const rule = (when: string, effect = 'at_least: deny', name = 'r') =>
  `${head}rules: [{ name: ${name}, when: '${when.replaceAll("'", "''")}', ${effect} }]\n`;

function read(text: string, onFailure: (name: string, problem: string) => void = () => {}) {
  return readPolicy(text, readYaml(text), clock, onFailure);
}
function problem(text: string): string {
  const reading = read(text);
  return reading.ok ? 'accepted' : reading.problem;
}
function decideBy(text: string, changes: Partial<PolicyQuestion> = {}) {
  const reading = read(text);
  if (!reading.ok) throw new Error(reading.problem);
  return reading.policy.decide({ ...question, ...changes });
}

t.test('every variable and permitted function reads the attempt as documented', (t) => {
  const holding = [
    '"NEW_DEVICE" in reasons && size(reasons) == 1',
    'user.id == "u-1" && "admin" in user.roles && !user.mfa_enrolled && !user.mfa_known',
    'ip.inRange("198.51.100.0/24") && !ip.inRange("10.0.0.0/8") && !ip.inRange("2001:db8::/32")',
    'asn == 0 && asn_class == "isp" && country == "" && device.id == ""',
    'method == "password" && result == "success" && !breached && client.id.startsWith("we") && sensitivity == "normal"',
    'lists.exists(kind, kind == "vpn") && lists.all(kind, kind != "tor") && lists.exists_one(kind, kind.endsWith("pn"))',
    'hour == 5 && occurred_at.getHours() == 5 && occurred_at.getDayOfWeek() == 5',
    'occurred_at.hourIn("Europe/Berlin") == 6 && occurred_at.weekdayIn("America/Los_Angeles") == 4',
    'occurred_at < timestamp("2027-02-01T00:00:00Z")',
    'country in ["", "DE"] ? user.id.contains("u") : false',
  ];
  for (const when of holding) t.equal(decideBy(rule(when)).policyRule, 'r', when);
  t.equal(decideBy(rule('score >= 0.5')).policyRule, 'r');
  t.equal(decideBy(rule('user.mfa_enrolled && user.mfa_known'), { context: { ...context, mfaEnrolled: true } }).policyRule, 'r');
  t.equal(decideBy(rule('asn in [64500]'), { context: { ...context, asn: 64_500 } }).policyRule, 'r');
  t.equal(decideBy(rule('decided_by == "rules" && degraded'), { decidedBy: 'rules', degraded: true }).policyRule, 'r');
  t.end();
});

t.test('an expression that cannot be right, or could be slow, is refused when the document is read', (t) => {
  const refused: [string, RegExp][] = [
    ['score >', /Unexpected/],
    ['contry == "DE"', /Unknown variable: contry/],
    ['user.name == "x"', /No such key: name/],
    ['country == 5', /no such overload/],
    ['country', /it gives string, not bool/],
    ['country.matches("(a+)+$")', /matches\(\) may not be used/],
    ['cel.bind(a, "x", a == a)', /bind\(\) may not be used/],
    ['dyn(asn) == "x"', /dyn\(\) may not be used/],
    ['user.roles.map(r, r).size() > 1', /map\(\) may not be used/],
    ['lists.exists(a, user.roles.exists(b, a == b))', /exists\(\) may not be nested/],
    ['lists.exists(country, country == "tor")', /may not hide the variable country/],
    ['ip.inRange("10.0.0.7/8")', /"10.0.0.7\/8" is not an address range/],
    ['ip.inRange(country)', /takes a literal text/],
    ['occurred_at.hourIn("Europe/Berlim") == 1', /"Europe\/Berlim" is not a time zone/],
    ['occurred_at.getHours("Europe/Berlin") == 1', /takes no time zone here/],
    ['{"a": 1} == {"a": 1}', /maxMapEntries/],
    [`country in [${Array.from({ length: 300 }, () => '"DE"').join(',')}]`, /maxListElements/],
    [Array.from({ length: 250 }, () => 'hour>1').join('||'), /maxAstNodes|maxDepth/],
    ['('.repeat(1000), /maxDepth/],
    [' '.repeat(3000), /longer than 2000 characters/],
  ];
  for (const [when, expected] of refused) {
    const said = problem(rule(when));
    t.match(said, expected, when.slice(0, 60));
    t.notMatch(said, /\n/, 'one line');
  }
  let nowMs = 0;
  const slow = { monotonicMs: () => (nowMs += 10) };
  const reading = readPolicy(rule('breached'), readYaml(rule('breached')), slow, () => {});
  t.match(reading, { ok: false, problem: /takes 1250 µs, more than 250/ });
  t.end();
});

t.test('a word that can never occur is refused, because the rule would silently never hold', (t) => {
  const refused: [string, string][] = [
    [
      'method == "pasword"',
      'method is never "pasword", only password, passkey, otp, push, magic_link, federated, certificate, recovery, other',
    ],
    ['"NEW_DEVCE" in reasons', 'reasons is never "NEW_DEVCE" (docs/signals.md lists the reasons)'],
    ['reasons.exists(code, code == "NEW_DEVCE")', 'reasons is never "NEW_DEVCE" (docs/signals.md lists the reasons)'],
    ['lists.all(kind, !(kind in ["tor", "vnp"]))', 'lists is never "vnp", only tor, vpn, proxy, relay, hosting, cdn, blocklist'],
    ['"failed" == result', 'result is never "failed", only success, failure'],
    ['asn_class != "datacenter"', 'asn_class is never "datacenter", only hosting, isp, mobile, business, education, government, unknown'],
    ['level in ["high", "severe"]', 'level is never "severe", only low, medium, high, critical'],
  ];
  for (const [when, expected] of refused) t.equal(problem(rule(when)), `rules[0].when (r) is refused: ${expected}`);
  for (const when of [
    '"NEW_DEVICE" in reasons',
    'reasons.exists(code, code in ["NEW_DEVICE", "NEW_COUNTRY"])',
    'method == ""',
    'user.roles.exists(role, role == "anything")',
  ]) {
    t.equal(problem(rule(when)), 'accepted', when);
  }
  t.end();
});

t.test('a rule by which a worse attempt could get a softer verdict is refused', (t) => {
  const cases: [string, string, boolean][] = [
    ['score > 0.5 && degraded || level in ["high", "critical"]', 'at_least: deny', true],
    ['!(score <= 0.5)', 'at_least: deny', true],
    ['0.5 < score', 'at_least: deny', true],
    ['level == "critical" || decided_by == "rules"', 'at_least: deny', true],
    ['level != "low"', 'at_least: deny', true],
    ['score < 0.5', 'at_least: deny', false],
    ['score > 0.5 && score < 0.9', 'at_least: deny', false],
    ['level == "high"', 'at_least: deny', false],
    ['!degraded', 'at_least: deny', false],
    ['decided_by == "model"', 'at_least: deny', false],
    ['score == 0.5', 'at_least: deny', false],
    ['score > 0.5 ? true : false', 'at_least: deny', false],
    ['score + 1.0 > 1.5', 'at_least: deny', false],
    ['level in user.roles', 'at_least: deny', false],
    ['score < 0.5', 'at_most: allow', true],
    ['level in ["low", "medium"] && !degraded', 'at_most: allow', true],
    ['score > 0.5', 'at_most: allow', false],
    ['score > 0.5', 'exactly: deny', false],
    ['level == "low"', 'exactly: challenge', false],
    ['breached', 'exactly: deny', true],
  ];
  for (const [when, effect, accepted] of cases)
    t.equal(!/a worse score could soften/.test(problem(rule(when, effect))), accepted, `${effect} when ${when}`);

  const atom = fc.oneof(
    fc
      .double({ min: 0, max: 1, noNaN: true })
      .chain((bound) => fc.constantFrom(`score > ${bound.toFixed(3)}`, `score <= ${bound.toFixed(3)}`, `${bound.toFixed(3)} >= score`)),
    fc.subarray([...levels], { minLength: 1 }).map((some) => `level in [${some.map((level) => `"${level}"`).join(', ')}]`),
    fc.constantFrom('degraded', 'breached', 'decided_by == "rules"', 'level != "low"'),
  );
  const expression = fc.letrec<{ it: string }>((tie) => ({
    it: fc.oneof(
      { depthSize: 'small' },
      atom,
      tie('it').map((it) => `!(${it})`),
      fc.tuple(tie('it'), fc.constantFrom('&&', '||'), tie('it')).map((parts) => `(${parts.join(' ')})`),
    ),
  })).it;
  let accepted = 0;
  fc.assert(
    fc.property(
      expression,
      fc.constantFrom('at_least: challenge', 'at_most: challenge', 'exactly: challenge'),
      fc.nat(1000),
      fc.nat(1000),
      fc.boolean(),
      (when, effect, a, b, fallback) => {
        const text = rule(when, effect);
        const reading = read(text);
        if (!reading.ok) return true;
        accepted++;
        const better = reading.policy.decide({ ...question, score: Math.min(a, b) / 1000 });
        const worse = reading.policy.decide({
          ...question,
          score: Math.max(a, b) / 1000,
          degraded: fallback,
          decidedBy: fallback ? 'rules' : 'model',
        });
        return strictness(worse.verdict) >= strictness(better.verdict);
      },
    ),
    { numRuns: 300 },
  );
  t.ok(accepted > 30, `enough accepted rules to mean something (${accepted})`);
  t.end();
});

t.test('an expression that fails on an attempt counts as not holding and is reported, and the other rules go on', (t) => {
  const text = `${head}rules:
  - { name: first-role, when: 'user.roles[0] == "admin"', at_least: deny }
  - { name: staff, when: '"tor" in lists || breached', at_least: challenge }
`;
  const failures: string[] = [];
  const reading = read(text, (name, why) => failures.push(`${name}: ${why}`));
  t.ok(reading.ok);
  if (!reading.ok) return t.end();
  const decision = reading.policy.decide({ ...question, context: { ...context, roles: [], breached: true } });
  t.same(decision, { verdict: 'challenge', level: 'low', policyRule: 'staff' });
  t.equal(failures.length, 1);
  t.match(failures[0], /^first-role: .*index out of bounds/);
  t.end();
});

t.test('a document that a person got wrong is refused with the place and what would be right', (t) => {
  const lists = (entry: string) => `${head}lists: { deny: [${entry}] }`;
  const cases: [string, string][] = [
    ['', 'the document must be a mapping of version, thresholds, levels, when_blind, clients, lists, rules'],
    [`${head}treshold: 1`, 'treshold is not known; the document may have version, thresholds, levels, when_blind, clients, lists, rules'],
    [head.replace('version: 7', 'version: [1]'), 'version must be a number or a short word, like 7 or 2026-11-22'],
    [head.replace('version: 7', ''), 'version must be a number or a short word, like 7 or 2026-11-22'],
    [head.replace('0.99 }', '1.5 }'), 'thresholds.normal.deny_above must be a number from 0 to 1'],
    [head.replace('deny_above: 0.99', 'deny_above: 0.8'), 'thresholds.normal.deny_above (0.8) must not be below challenge_above (0.9)'],
    [head.replace('normal:', 'hihg:'), 'thresholds.hihg is not known; thresholds may have low, normal, high'],
    [head.replace('critical_above: 0.99', 'critical_above: 0.1'), 'levels must ascend: medium_above, high_above, critical_above'],
    [`${head}when_blind: maybe`, 'when_blind must be allow, challenge or deny'],
    [`${head}clients: { web: urgent }`, 'clients.web must be low, normal or high'],
    [`${head}clients: [1]`, 'clients must map client ids to a sensitivity'],
    [
      `${head}clients: { ${Array.from({ length: 1001 }, (_, index) => `c${index}: low`).join(', ')} }`,
      'clients has 1001 entries, more than 1000',
    ],
    [`${head}lists: { denied: [] }`, 'lists.denied is not known; lists may have deny, allow'],
    [`${head}lists: { deny: {} }`, 'lists.deny must be a list'],
    [lists('{ user: a, ip: 1.2.3.4 }'), 'lists.deny[0] must name exactly one of user, ip, asn, country, device'],
    [lists('{ comment: nobody }'), 'lists.deny[0] must name exactly one of user, ip, asn, country, device'],
    [lists('{ user: 5 }'), 'lists.deny[0].user must be text'],
    [lists('{ user: a }, { user: a }'), 'lists.deny[1].user is in the list twice'],
    [lists('{ ip: 10.0.0.0/8 }, { ip: 10.0.0.0/8 }'), 'lists.deny[1].ip is in the list twice'],
    [lists('{ country: de }'), 'lists.deny[0].country must be an ISO 3166-1 code of two capitals, like DE'],
    [lists('{ asn: AS64500 }'), 'lists.deny[0].asn must be an autonomous system number, like 64500'],
    [lists('{ asn: 0 }'), 'lists.deny[0].asn must be an autonomous system number, like 64500'],
    [lists('{ ip: example.org }'), 'lists.deny[0].ip must be an address or a range, like 203.0.113.0/24 or 2001:db8::/32'],
    [
      lists('{ ip: 10.1.2.3/8 }'),
      'lists.deny[0].ip has bits set behind its prefix length; write the first address of the range (10.0.0.0/8)',
    ],
    [
      lists('{ ip: "2001:db8::7/32" }'),
      'lists.deny[0].ip has bits set behind its prefix length; write the first address of the range (2001:0db8:0000:0000:0000:0000:0000:0000/32)',
    ],
    [lists('{ user: a, expires: 2027-02-30 }'), 'lists.deny[0].expires must be a date like 2027-01-31 or a time like 2027-01-31T18:00:00Z'],
    [
      lists('{ user: a, expires: 2027-01-31T25:00:00Z }'),
      'lists.deny[0].expires must be a date like 2027-01-31 or a time like 2027-01-31T18:00:00Z',
    ],
    [lists('{ user: a, expires: soon }'), 'lists.deny[0].expires must be a date like 2027-01-31 or a time like 2027-01-31T18:00:00Z'],
    [lists(`{ user: a, comment: ${'x'.repeat(501)} }`), 'lists.deny[0].comment is longer than 500 characters'],
    [rule('breached', 'at_least: deny, at_most: deny'), 'rules[0] (r) must have exactly one of at_least, at_most, exactly'],
    [rule('breached', 'because: x'), 'rules[0] (r) must have exactly one of at_least, at_most, exactly'],
    [rule('breached', 'at_least: block'), 'rules[0].at_least must be allow, challenge or deny'],
    [rule('breached', 'at_least: deny', '"lists.deny[0]"'), 'rules[0].name must be lower case with hyphens, like breached-password'],
    [`${head}rules: [{ name: a, at_least: deny }]`, 'rules[0].when must be a CEL expression'],
    [`${head}rules: [{ name: a, when: breached, at_least: deny }, { name: a, when: breached, at_least: deny }]`, 'rules[1].name repeats a'],
    [`${head}rules: [${'{},'.repeat(65)}]`, 'rules has 65 entries, more than 64'],
    [`${head}version: 8`, 'Map keys must be unique (line 4, column 1)'],
  ];
  for (const [text, expected] of cases) t.equal(problem(text), expected);
  fc.assert(fc.property(fc.string(), (text) => typeof problem(`${head}${text}`) === 'string'));
  fc.assert(fc.property(fc.jsonValue(), (value) => typeof problem(JSON.stringify(value)) === 'string'));
  t.end();
});

t.test('lists hold until they expire, in the attempt’s own time', (t) => {
  const text = `${head}lists:
  deny: [{ ip: 198.51.100.0/24, comment: stuffing, expires: 2027-01-02 }, { country: NO }, { asn: 64500 }, { device: d }]
  allow: [{ user: u-1, expires: 2027-01-01T06:00:00+01:00 }]
`;
  t.equal(decideBy(text).policyRule, 'lists.deny[0]');
  const later = { ...context, occurredAtMs: Date.UTC(2027, 0, 2) };
  t.equal(
    decideBy(text, { context: later }).policyRule,
    null,
    'a date ends at its first moment, and the user’s entry ended the day before',
  );
  t.equal(decideBy(text, { context: { ...later, country: 'NO' } }).policyRule, 'lists.deny[1]', 'Norway is a country, not "no"');
  t.equal(
    decideBy(text, { context: { ...context, ip: '192.0.2.1', occurredAtMs: Date.UTC(2027, 0, 1, 4, 59) } }).policyRule,
    'lists.allow[0]',
  );
  t.end();
});

t.test('the revision is the author’s version and a hash that changes with every byte', (t) => {
  const revision = (text: string) => {
    const reading = read(text);
    return reading.ok ? reading.policy.revision : '';
  };
  t.match(revision(head), /^7\+[0-9a-f]{12}$/);
  t.not(revision(head), revision(`${head}\n`));
  t.match(revision(head.replace('version: 7', 'version: 2026-11-22')), /^2026-11-22\+/);
  t.end();
});

t.test('a file source', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'policy-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'policy.yaml');

  t.test('refuses to start without a usable policy, in one sentence', (t) => {
    const start = () => createPolicySource({ file, clock, onError: () => {}, pollMs: 0 });
    t.throws(start, new PolicyFileError(`The policy ${file} cannot be used: there is no such file.`));
    writeFileSync(file, 'version: 1');
    t.throws(start, { name: 'PolicyFileError', message: /cannot be used: thresholds must be a mapping/ });
    writeFileSync(file, '#'.repeat(300_000));
    t.throws(start, { name: 'PolicyFileError', message: /larger than 256 KiB/ });
    t.throws(() => createPolicySource({ file: directory, clock, onError: () => {} }), { message: /cannot be read \(EISDIR\)/ });
    t.end();
  });

  t.test('swaps a changed file, keeps the old policy when the new one is faulty, and says so', async (t) => {
    writeFileSync(file, head);
    const said: string[] = [];
    const changes: string[] = [];
    const source = createPolicySource({
      file,
      clock,
      onError: (sentence) => said.push(sentence),
      onChange: (revision) => changes.push(revision),
      pollMs: 0,
    });
    const first = source.current();
    t.equal(await source.reload(), false, 'the same text is no change');
    writeFileSync(file, rule('breached'));
    t.equal(await source.reload(), true);
    t.not(source.current().revision, first.revision);
    t.same(changes, [source.current().revision]);
    t.match(first.decide(question), { verdict: 'allow' }, 'a decision under way keeps the policy it began with');
    writeFileSync(file, rule('breached +'));
    t.equal(await source.reload(), false);
    t.equal(said.length, 1);
    t.match(said[0], /was changed but cannot be used, and revision 7\+[0-9a-f]{12} stays in force: rules\[0\]\.when \(r\) is refused: /);
    t.equal(source.current().revision, changes[0]);
    rmSync(file);
    t.equal(await source.reload(), false);
    t.match(said[1], /there is no such file/);
    source.close();
  });

  t.test('notices a changed file by itself', async (t) => {
    writeFileSync(file, head);
    const changed = new Promise<string>((resolve) => {
      const source = createPolicySource({ file, clock, onError: t.fail, onChange: resolve, pollMs: 5 });
      t.teardown(() => source.close());
    });
    const aside = join(directory, 'next.yaml');
    writeFileSync(aside, rule('breached'));
    renameSync(aside, file);
    // The source's timer does not keep the process alive; this one does until the change is seen.
    const alive = setInterval(() => {}, 1000);
    t.match(await changed, /^7\+/);
    clearInterval(alive);
  });

  t.test('reports the first failure of a rule, not every one', (t) => {
    writeFileSync(file, rule('user.roles[7] == "x"'));
    const said: string[] = [];
    const source = createPolicySource({ file, clock, onError: (sentence) => said.push(sentence), pollMs: 0 });
    for (let i = 0; i < 3; i++) t.equal(source.current().decide(question).verdict, 'allow');
    t.equal(said.length, 1);
    t.match(said[0], /^The policy rule r failed on an attempt and counted as not holding: .*\.$/);
    t.end();
  });
  t.test('the shipped policy allows the ordinary, and asks for more where its rules say so', (t) => {
    const source = createPolicySource({
      file: new URL('../../policies/default.yaml', import.meta.url).pathname,
      clock,
      onError: t.fail,
      pollMs: 0,
    });
    const decide = (changes: Partial<PolicyContext>, asked: Partial<PolicyQuestion> = {}) =>
      source.current().decide({ ...question, ...asked, context: { ...context, ...changes } });
    t.same(decide({}), { verdict: 'allow', level: 'low', policyRule: null });
    t.equal(decide({ breached: true }).policyRule, 'breached-password');
    t.equal(decide({ lists: ['tor'] }).policyRule, 'privileged-behind-anonymiser');
    t.equal(decide({ lists: ['tor'], roles: [] }).policyRule, null);
    t.equal(decide({ sensitivity: 'high' }, { degraded: true }).policyRule, 'sensitive-while-degraded');
    t.equal(decide({}, { blind: true }).verdict, 'challenge');
    t.end();
  });
});

t.test('YAML read in another thread gives what it gives in this one', async (t) => {
  for (const text of [head, 'a: [', 'a: &x 1']) t.same(await readYamlAside(text), readYaml(text));
});
