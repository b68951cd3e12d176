// The simulated world must be one that the door accepts, that repeats from its seed, and in which attack and habit share their
// addresses, machines and hours: a simulation that gives attackers away teaches nothing.
import t from 'tap';
import { isScoreRequest } from '../../src/parse/score-request.ts';
import { parseAttempt } from '../../src/parse/attempt.ts';
import { detection, interval, rankRows } from '../../src/tool/evaluate/detection.ts';
import { reach } from '../../src/tool/simulate/world/connection.ts';
import { between, normal, pickWeighted, poisson } from '../../src/tool/simulate/draw.ts';
import { inTransit, offsetMinutes, tripAt } from '../../src/tool/simulate/people/habits.ts';
import { createWorld, partitionOf, type Site } from '../../src/tool/simulate/world/network-world.ts';
import { genuineAttempts } from '../../src/tool/simulate/people/genuine.ts';
import { makeCompany, makePerson, type Person } from '../../src/tool/simulate/people/person.ts';
import { makeRhythm, scriptedTyping, typeOnce } from '../../src/tool/simulate/people/rhythm.ts';
import { seededRandom } from '../../src/tool/simulate/seeded-random.ts';
import { simulateTenant } from '../../src/tool/simulate/simulate-tenant.ts';
import { blocksOf, type ClientPlan, dayMs, planTenants, splits, type TenantPlan } from '../../src/tool/simulate/tenants.ts';
import { attackerKinds, type ClientField, type SimulatedAttempt, throughClient } from '../../src/tool/simulate/wire.ts';
import { smallNetworks } from '../support/small-networks.ts';

const sites = smallNetworks();
const world = createWorld(sites, () => true);

function planFor(split: 'train' | 'test' = 'test', index = 1): TenantPlan {
  return planTenants('unit', split, 0.12)[index] as TenantPlan;
}

const plan = planFor();
const attempts = simulateTenant(world, plan, 'unit', 25);

t.test('the same seed gives the same history, another seed another', async (t) => {
  const text = (list: readonly SimulatedAttempt[]): string =>
    list
      .slice(0, 300)
      .map((attempt) => JSON.stringify(attempt.wire))
      .join('\n');
  t.equal(
    text(
      simulateTenant(
        createWorld(sites, () => true),
        plan,
        'unit',
        25,
      ),
    ),
    text(attempts),
  );
  t.not(text(simulateTenant(world, plan, 'other', 25)), text(attempts));
});

t.test('every attempt is one that the door accepts, in order of time', async (t) => {
  let lastMs = 0;
  for (const attempt of attempts) {
    if (!isScoreRequest(attempt.wire)) {
      t.fail(`not the wire form: ${JSON.stringify(attempt.wire)}`);
      continue;
    }
    const parsed = parseAttempt(attempt.wire, { tenant: 'x', nowMs: attempt.atMs, attemptId: 'a', anyPast: true });
    if (!parsed.ok || parsed.attempt.occurredAtMs !== attempt.atMs || attempt.atMs < lastMs)
      t.fail(`refused or out of order: ${JSON.stringify(attempt.wire)}`);
    lastMs = attempt.atMs;
  }
});

t.test('every kind of attacker gets its number of right credentials, and only those with a trace are recorded', async (t) => {
  for (const kind of attackerKinds) {
    const right = attempts.filter((attempt) => attempt.kind === kind && attempt.wire.credential?.result === 'success');
    t.ok(right.length >= 25, `${kind}: ${right.length}`);
    t.notOk(
      right.some((attempt) => attempt.learned),
      `${kind} teaches nothing`,
    );
    t.equal(
      right.every((attempt) => attempt.recorded),
      right.every((attempt) => attempt.campaign !== null),
    );
  }
});

t.test('a failed credential is never learnt and a good end always is', async (t) => {
  for (const attempt of attempts) {
    if (attempt.wire.credential?.result === 'failure' && (attempt.learned || attempt.outcome !== 'failed')) t.fail('a failure was learnt');
    if (attempt.kind === 'genuine' && attempt.learned !== (attempt.outcome === 'signed_in' || attempt.outcome === 'challenge_passed'))
      t.fail('outcome and learning differ');
  }
});

t.test('attackers come from the networks of honest people, with browsers of honest people, at honest hours', async (t) => {
  const values = (read: (attempt: SimulatedAttempt) => unknown, hostile: boolean): Set<unknown> =>
    new Set(attempts.filter((attempt) => (attempt.kind !== 'genuine') === hostile && attempt.kind !== 'bot').map(read));
  const covered = (read: (attempt: SimulatedAttempt) => unknown): number => {
    const honest = values(read, false);
    const hostile = [...values(read, true)];
    return hostile.filter((value) => honest.has(value)).length / hostile.length;
  };
  t.ok(covered((attempt) => attempt.site.operator.kind) > 0.6, 'kinds of network');
  t.ok(covered((attempt) => new Date(attempt.atMs).getUTCHours()) > 0.9, 'hours');
  t.ok(covered((attempt) => /Chrome|Firefox|Safari/.exec(attempt.wire.device?.user_agent ?? 'none')?.[0]) > 0.7, 'browsers');
});

t.test('an impostor never stands on the very address of the victim’s last login, except behind a shared exit', async (t) => {
  const last = new Map<string, string>();
  let same = 0;
  let tried = 0;
  for (const attempt of attempts) {
    const user = attempt.wire.user.id;
    if (attempt.kind === 'genuine') last.set(user, attempt.wire.ip);
    else if (!attempt.recorded && !attempt.wire.ip.startsWith('10.')) {
      tried++;
      if (last.get(user) === attempt.wire.ip) same++;
    }
  }
  t.ok(same / tried < 0.02, `${same} of ${tried}`);
});

t.test('splits share no block, no tenant and no person', async (t) => {
  const seen = new Map<string, string>();
  for (const split of splits) {
    for (const site of createWorld(sites, blocksOf(split)).sites) {
      if (seen.has(site.prefix) && seen.get(site.prefix) !== split) t.fail(`${site.prefix} is in two splits`);
      seen.set(site.prefix, split);
    }
    for (const tenant of planTenants('unit', split, 1)) t.ok(tenant.name.startsWith(split));
  }
  t.equal(seen.size, new Set(sites.map((site) => site.prefix)).size, 'and together they use all of them');
  t.ok(sites.every((site) => partitionOf(site) < 10));
});

const failed = (attempt: SimulatedAttempt): boolean => attempt.wire.credential?.result === 'failure';

t.test('a guesser hammers one account from a few addresses at the pace of a machine, and fails before a guess is right', async (t) => {
  const campaigns = new Map<string, SimulatedAttempt[]>();
  for (const attempt of attempts)
    if (attempt.kind === 'guessing') campaigns.set(attempt.campaign ?? '', [...(campaigns.get(attempt.campaign ?? '') ?? []), attempt]);
  t.ok(campaigns.size >= 8);
  for (const [name, made] of campaigns) {
    const right = made.findIndex((attempt) => !failed(attempt));
    const failures = right < 0 ? made : made.slice(0, right);
    const addresses = new Set(made.map((attempt) => attempt.site.prefix));
    const seconds = ((failures.at(-1)?.atMs ?? 0) - (failures[0]?.atMs ?? 0)) / 1000 / failures.length;
    t.ok(new Set(made.map((attempt) => attempt.wire.user.id)).size === 1 && addresses.size <= 8, `${name}: one account`);
    t.ok(failures.length >= 5 && failures.length <= 600 && seconds < 120, `${name}: ${failures.length} failures, each after ${seconds} s`);
    t.notOk(made.slice(failures.length).some(failed), `${name}: a right guess is the last`);
  }
});

t.test('guessers come in all sorts: from the victim’s own network, on unused accounts, through callers that tell nothing', async (t) => {
  const many = simulateTenant(world, planFor('train', 0), 'guessers', 300).filter((attempt) => attempt.kind === 'guessing');
  const starts = [...new Map(many.map((attempt) => [attempt.campaign, attempt])).values()];
  const share = (holds: (attempt: SimulatedAttempt) => boolean): number => starts.filter(holds).length / starts.length;
  t.ok(Math.abs(share((attempt) => attempt.wire.user.id.includes('unused')) - 0.25) < 0.12, 'a quarter on unused accounts');
  t.ok(Math.abs(share((attempt) => attempt.wire.client?.id === 'ssh') - 0.5) < 0.14, 'half through SSH');
  t.ok(
    starts.filter((attempt) => attempt.wire.client?.id === 'ssh').every((attempt) => attempt.wire.device === undefined),
    'which tells of no device',
  );
  const ofUser = new Map<string, Set<string>>();
  for (const attempt of simulateTenant(world, planFor('train', 0), 'guessers', 0))
    ofUser.set(attempt.wire.user.id, (ofUser.get(attempt.wire.user.id) ?? new Set()).add(attempt.site.prefix));
  const own = share((attempt) => ofUser.get(attempt.wire.user.id)?.has(attempt.site.prefix) ?? false);
  t.ok(own > 0.06 && own < 0.3, `${own} from a block of the victim`);
});

t.test('a program with a stale password fails fast and often at its owner’s, who signs in well from there on a known device', async (t) => {
  const companies = [makeCompany(world, plan, 0, 'unit')];
  const people: Person[] = [];
  for (let index = 0; index < 1500; index++) people.push(makePerson(world, plan, index, companies, 'stale'));
  const afflicted = people.filter((person) => person.staleProgram !== null);
  t.ok(afflicted.length >= 4 && afflicted.length <= 25, `${afflicted.length} of 1500: it happens to few`);
  for (const person of afflicted) {
    const made = genuineAttempts(person, plan);
    const program = made.filter(
      (attempt) => failed(attempt) && attempt.atMs >= (person.staleProgram?.fromMs ?? 0) && attempt.wire.device?.id === undefined,
    );
    if (program.length === 0) continue;
    const last = made
      .filter(failed)
      .filter((attempt) => program.includes(attempt))
      .at(-1) as SimulatedAttempt;
    const mended = made.find((attempt) => attempt.learned && attempt.atMs > last.atMs);
    t.ok(person.credentialChanges.includes(person.staleProgram?.fromMs ?? 0), 'the change comes first');
    t.ok(mended !== undefined && person.devices.some((device) => device === mended.device), 'and a known device ends it');
    t.same(
      [...made].sort((a, b) => a.atMs - b.atMs).map((attempt) => attempt.atMs),
      made.map((attempt) => attempt.atMs),
      'all in order',
    );
  }
});

t.test('an SSH agent may offer wrong keys first: at once, before every login, and fewer than a server takes', async (t) => {
  const companies = [makeCompany(world, plan, 0, 'unit')];
  const ssh: ClientPlan = { id: 'ssh', kind: 'ssh', sends: new Set() };
  let offering = 0;
  for (let index = 0; index < 60; index++) {
    const person = { ...makePerson(world, plan, index, companies, 'keys'), client: ssh, secondClient: ssh, staleProgram: null };
    const made = genuineAttempts(person, plan);
    const quick = made.filter((attempt, i) => failed(attempt) && (made[i + 1]?.atMs ?? Number.POSITIVE_INFINITY) - attempt.atMs < 1000);
    if (quick.length > 0) offering++;
    t.ok(
      person.wrongKeys < 6 && quick.length <= person.wrongKeys * made.length,
      `${person.wrongKeys} keys, ${quick.length} quick failures`,
    );
    t.equal(quick.length > 0, person.wrongKeys > 0 && made.length > 0);
  }
  t.ok(offering > 8 && offering < 30, `${offering} of 60`);
});

t.test('nobody signs in on the way, and a trip is followed by the clock', async (t) => {
  const companies = [makeCompany(world, plan, 0, 'unit')];
  for (let index = 0; index < 40; index++) {
    const person = makePerson(world, plan, index, companies, 'unit');
    for (const trip of person.trips) {
      t.ok(inTransit(person, trip.fromMs + trip.transitMs / 2));
      const during = tripAt(person, (trip.fromMs + trip.untilMs) / 2);
      t.ok(during !== null && during.fromMs <= during.untilMs);
    }
    t.ok(person.devices.every((device) => device.fromMs < device.untilMs));
  }
  t.equal(offsetMinutes('Europe/Berlin', Date.UTC(2026, 6, 15)), 120);
  t.equal(offsetMinutes('Asia/Kolkata', Date.UTC(2026, 0, 15)), 330);
});

t.test('a fixed line keeps its address, a carrier does not', async (t) => {
  const random = seededRandom('reach');
  const site = world.of('isp', 'DE')[0] as Site;
  const fixed = { seed: 'fixed', sites: [site], site6: null, sixShare: 0, keepsDays: 10_000, exits: null };
  const addresses = (connection: Parameters<typeof reach>[0]): number =>
    new Set(Array.from({ length: 30 }, (_, day) => reach(connection, day * dayMs, random).ip)).size;
  t.equal(addresses(fixed), 1);
  t.ok(addresses({ ...fixed, seed: 'daily', keepsDays: 1 }) > 20);
  t.ok(addresses({ ...fixed, seed: 'office', keepsDays: 0, exits: 3 }) <= 3);
});

t.test('a client application drops what it does not send, for friend and foe', async (t) => {
  const wire = attempts.find((attempt) => attempt.wire.device !== undefined)?.wire;
  const bare = throughClient(wire as NonNullable<typeof wire>, new Set<ClientField>());
  t.same(
    Object.keys(bare).filter((key) => !['attempt_id', 'occurred_at', 'user', 'ip', 'credential', 'client'].includes(key)),
    [],
  );
});

t.test('scripted typing is steadier than any hand', async (t) => {
  const random = seededRandom('typing');
  const spread = (list: readonly number[]): number => Math.max(...list) - Math.min(...list);
  for (let i = 0; i < 50; i++) {
    t.ok(spread(scriptedTyping(random, 10).dwell_ms) <= 9);
    const hand = typeOnce(makeRhythm(random, 12), random);
    t.ok(spread(hand.dwell_ms) > 9);
    if (hand.flight_ms.length !== 11) t.fail('one flight between each two keys');
  }
});

t.test('draws follow their distributions', async (t) => {
  const random = seededRandom('draws');
  const mean = (draw: () => number): number => Array.from({ length: 20_000 }, draw).reduce((sum, value) => sum + value, 0) / 20_000;
  t.ok(Math.abs(mean(() => normal(random, 3, 2)) - 3) < 0.06);
  t.ok(Math.abs(mean(() => poisson(random, 2.5)) - 2.5) < 0.05);
  t.ok(Math.abs(mean(() => between(random, 1, 3)) - 2) < 0.02);
  t.ok(
    Math.abs(
      mean(() =>
        pickWeighted(random, [
          [0, 3],
          [1, 1],
        ]),
      ) - 0.25,
    ) < 0.015,
  );
  t.equal(seededRandom('a').id().length, 22);
});

t.test('detection at a false share is read off the scores, ties shared out evenly', async (t) => {
  // Ten genuine rows at 0..9, attacks at 9.5 and 5.5: with one genuine row troubled, only the first attack is above.
  const scores = Float64Array.from([...Array.from({ length: 10 }, (_, i) => i), 9.5, 5.5]);
  const kind = Uint8Array.from([...Array.from({ length: 10 }, () => 0), 1, 1]);
  t.same(
    detection(rankRows(scores), kind, 2, [0.1, 0.5], () => 1).map((row) => row[1]),
    [0.5, 1],
  );
  const flat = new Float64Array(12);
  t.ok(
    Math.abs(((detection(rankRows(flat), kind, 2, [0.1], () => 1)[0] as number[])[1] as number) - 0.1) < 1e-12,
    'a scorer that knows nothing finds what it troubles',
  );
  t.same(interval([5, 1, 3]), [1, 5]);
});
