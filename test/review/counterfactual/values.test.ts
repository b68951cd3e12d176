// The numbers of a hypothesis are those that deriving gives for the login with that one thing ordinary: the same facts, changed, and
// derived by the code that serves. Where the record does not say it all, they are never safer than derived.
import fc from 'fast-check';
import t from 'tap';
import { derive } from '../../../src/assess/derive.ts';
import { policyContext } from '../../../src/assess/policy-context.ts';
import type { Facts } from '../../../src/domain/facts.ts';
import { schema } from '../../../src/domain/feature/schema.ts';
import type { ListKind } from '../../../src/domain/ip-facts.ts';
import { type AccountProfile, applyToAccount, type DeviceMemory, findDevice } from '../../../src/domain/profile/account.ts';
import { emptyRecentSet } from '../../../src/domain/profile/recent-set.ts';
import { attributes, attributeValue } from '../../../src/domain/profile/visit.ts';
import { emptyCounter } from '../../../src/domain/profile/window-counter.ts';
import type { ChangeId } from '../../../src/review/counterfactual/change.ts';
import { changes } from '../../../src/review/counterfactual/changes.ts';
import { writeFollowing } from '../../../src/review/counterfactual/follow.ts';
import { type Login, loginOf } from '../../../src/review/counterfactual/login.ts';
import { judgedRecord, policyFrom } from '../../support/judged.ts';
import { anyFacts } from '../../support/signal-contract.ts';

const policy = policyFrom('policies/default.yaml');

function withAccount(facts: Facts, change: (account: AccountProfile) => Partial<AccountProfile>): Facts {
  return facts.account === null ? facts : { ...facts, account: { ...facts.account, ...change(facts.account) } };
}

/** As if every good login had had the visit's value of these. */
function everUsed(facts: Facts, names: readonly (typeof attributes)[number][]): Facts {
  return withAccount(facts, (account) => ({
    tallies: account.tallies.map((tallies, i) => {
      const name = attributes[i]!;
      const value = names.includes(name) ? attributeValue(facts.visit, name) : null;
      return value === null ? tallies : [{ value, count: account.goodCount, lastMs: account.lastGoodMs }];
    }),
  }));
}

function withoutLists(facts: Facts, kinds: readonly ListKind[]): Facts {
  const lists = facts.ip.lists.filter(({ kind }) => !kinds.includes(kind));
  const anonymous = kinds.includes('vpn') ? lists.some(({ kind }) => kind === 'relay') : facts.visit.anonymous;
  return { ...facts, visit: { ...facts.visit, anonymous }, ip: { ...facts.ip, lists } };
}

function knownDevice(facts: Facts): Facts {
  const { visit } = facts;
  const made = withAccount(facts, (account) => {
    const device: DeviceMemory = { ...visit, firstMs: account.firstGoodMs, lastMs: account.lastGoodMs, count: account.goodCount };
    // Its last good login was where the account's was, not here.
    const last = account.recent.at(-1);
    return {
      devices: [...account.devices, { ...device, asn: last?.asn ?? null, country: last?.country ?? null }],
      recent: account.recent.map((known) => ({ ...known, device: known.device === null ? null : visit.device })),
    };
  });
  return { ...made, knownDevice: findDevice(made.account?.devices ?? [], visit) };
}

const hypotheses: Partial<Record<ChangeId, (facts: Facts) => Facts>> = {
  known_device: knownDevice,
  known_network: (facts) => everUsed(facts, ['host', 'block', 'asn']),
  no_account_failures: (facts) => withAccount(facts, () => ({ failures: emptyCounter() })),
  quiet_source: (facts) => ({ ...facts, host: quiet(facts.host), block: quiet(facts.block), asn: quiet(facts.asn) }),
  no_other_sources: (facts) =>
    withAccount(facts, () => ({ hosts: emptyRecentSet(), asns: emptyRecentSet(), triedDevices: emptyRecentSet() })),
  no_anonymiser: (facts) => withoutLists(facts, ['tor', 'vpn', 'proxy']),
  unlisted_address: (facts) => withoutLists(facts, ['blocklist']),
  no_failed_challenges: (facts) => withAccount(facts, () => ({ challengesFailed: emptyCounter() })),
  usual_language: (facts) => everUsed(facts, ['language']),
  no_recovery: (facts) => ({ ...facts, attempt: { ...facts.attempt, credential: { ...facts.attempt.credential, method: 'password' } } }),
};

function quiet(source: Facts['host']): Facts['host'] {
  if (source === null) return null;
  return { ...source, failures: emptyCounter(), accounts: emptyRecentSet() };
}

/** Accounts that strangers have been trying, and challenges that failed. */
const triedFacts = fc.tuple(anyFacts, fc.nat(3), fc.nat(2)).map(([facts, tries, challenges]) => {
  if (facts.account === null) return facts;
  const account = structuredClone(facts.account);
  const atMs = facts.visit.atMs - 120_000;
  for (let i = 0; i < tries; i++) {
    const visit = { atMs, host: `stranger-${i}`, asn: 64900 + i, device: `stranger-${i}` };
    applyToAccount(account, { type: 'attempted', visit, failed: true });
  }
  for (let i = 0; i < challenges; i++) applyToAccount(account, { type: 'challenge_failed', atMs });
  return { ...facts, account };
});

/** Only what hangs together: an odd record, or a private address on a public list, is no hypothesis of an ordinary login. */
function coherent({ account, attempt, visit, profilesAbsent }: Facts): boolean {
  return (
    attempt.ip.scope === 'public' &&
    profilesAbsent === null &&
    account !== null &&
    account.goodCount > 0 &&
    account.lastGoodMs <= visit.atMs
  );
}

/** Where an anonymiser hid the place, the place stays unknown. */
const unspoken: Partial<Record<ChangeId, RegExp>> = { no_anonymiser: /^(place|travel|timezone)_/ };

/** How many features became what deriving gives; throws where one is safer. */
function exactFeatures(id: ChangeId, hypothesis: (facts: Facts) => Facts, facts: Facts, login: Login): number {
  const change = changes.find((one) => one.id === id)!;
  if (!coherent(facts) || !change.applies(login)) return 0;
  const row = login.row.slice();
  change.write(row, login);
  writeFollowing(row, login, (one) => one === id);
  const derived = derive(hypothesis(facts), schema).features;
  let exact = 0;
  schema.features.forEach(({ name, monotone }, at) => {
    const [was, now, would] = [login.row[at]!, row[at]!, derived[at]!];
    if (Math.abs(now - would) < 2e-5 || Object.is(now, would)) exact += Object.is(was, now) ? 0 : 1;
    // What the change does not speak of may stay as it was, if that is no safer.
    else if (!((now - would) * monotone > 0) && unspoken[id]?.test(name) !== true)
      throw new Error(`${name}: ${was} became ${now}, and would be ${would}`);
  });
  return exact;
}

function loginsOf(sample: readonly Facts[]): { facts: Facts; login: Login }[] {
  return sample.map((facts) => ({ facts, login: loginOf(judgedRecord(facts, policy)) }));
}

/** Other ones each time, and the same each time, among which each change applies somewhere. */
const fresh = loginsOf(fc.sample(triedFacts, 200));
const fixed = loginsOf(fc.sample(triedFacts, { numRuns: 400, seed: 8 }));

for (const [id, hypothesis] of Object.entries(hypotheses) as [ChangeId, (facts: Facts) => Facts][]) {
  t.test(`${id}: the features are those derived from such facts, or riskier`, (t) => {
    for (const { facts, login } of [...fresh, ...fixed]) exactFeatures(id, hypothesis, facts, login);
    t.ok(fixed.reduce((sum, { facts, login }) => sum + exactFeatures(id, hypothesis, facts, login), 0) > 0);
    t.end();
  });
}

t.test('what the policy sees of a changed address or credential is what it would have seen', (t) => {
  const seen: readonly ChangeId[] = ['no_anonymiser', 'unlisted_address', 'no_recovery'];
  fc.assert(
    fc.property(anyFacts, fc.constantFrom(...seen), (facts, id) => {
      const change = changes.find((one) => one.id === id)!;
      const would = hypotheses[id]!(facts);
      const context = policyContext(facts.attempt, facts.ip);
      if (!change.applies(loginOf(judgedRecord(facts, policy)))) return true;
      return JSON.stringify(change.context!(context)) === JSON.stringify(policyContext(would.attempt, would.ip));
    }),
  );
  t.end();
});
