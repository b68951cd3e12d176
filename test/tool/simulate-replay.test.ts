// The feature matrix must show the model what serving will show it: what came before an attempt and nothing else.
import { hash } from 'node:crypto';
import t from 'tap';
import { createMemoryProfileStore } from '../../src/adapters/memory/profile-store.ts';
import { schema } from '../../src/domain/feature/schema.ts';
import { cloudedIp } from '../../src/tool/matrix/feeds.ts';
import { replay } from '../../src/tool/matrix/replay.ts';
import { noveltyCount } from '../../src/tool/baseline/login-values.ts';
import type { IpIntelligence } from '../../src/ports/ip-intelligence.ts';
import { createWorld } from '../../src/tool/simulate/world/network-world.ts';
import { simulateTenant } from '../../src/tool/simulate/simulate-tenant.ts';
import { planTenants, type TenantPlan } from '../../src/tool/simulate/tenants.ts';
import type { SimulatedAttempt } from '../../src/tool/simulate/wire.ts';
import { smallNetworks } from '../support/small-networks.ts';
import { testClock } from '../support/ports.ts';

const plan = planTenants('replay', 'test', 0.1)[1] as TenantPlan;
const attempts = simulateTenant(
  createWorld(smallNetworks(), () => true),
  plan,
  'replay',
  5,
).slice(0, 3000);

const ip: IpIntelligence = {
  lookup: (address) => ({
    geo: {
      country: 'DE',
      region: 'BE',
      city: 'Berlin',
      latitude: 52.5,
      longitude: 13.4,
      accuracyKm: 25,
      accuracyStated: false,
      timeZone: 'Europe/Berlin',
    },
    asn: { asn: (address.words[0] as number) >>> 16, organisation: 'Net', class: 'isp' },
    lists: [],
  }),
  sources: () => [],
};

interface Row {
  readonly attempt: SimulatedAttempt;
  readonly features: Float32Array;
  readonly novelty: number;
}

function rowsOf(list: readonly SimulatedAttempt[]): Row[] {
  const clouded = cloudedIp(ip, plan);
  const pseudonyms = {
    of: (tenant: string, kind: string, value: string) => hash('sha256', `${tenant} ${kind} ${value}`, 'base64url').slice(0, 22),
  };
  const ports = { profiles: createMemoryProfileStore(), ip: clouded, pseudonyms, clock: testClock() };
  const rows: Row[] = [];
  for (const { simulated, facts, features } of replay(
    list,
    plan.name,
    ports,
    schema,
    () => true,
    () => undefined,
  )) {
    rows.push({ attempt: simulated, features, novelty: noveltyCount(facts) });
  }
  return rows;
}

const rows = rowsOf(attempts);
const bits = (features: Float32Array): string => Buffer.from(features.buffer, features.byteOffset, features.byteLength).toString('hex');

t.test('the same history gives the same features, bit for bit', async (t) => {
  t.equal(
    rowsOf(attempts)
      .map((row) => bits(row.features))
      .join(),
    rows.map((row) => bits(row.features)).join(),
  );
});

t.test('an attempt sees what came before it and nothing after it', async (t) => {
  const half = Math.floor(attempts.length / 2);
  const cut = rowsOf(attempts.slice(0, half));
  t.equal(
    cut.map((row) => bits(row.features)).join(),
    rows
      .slice(0, half)
      .map((row) => bits(row.features))
      .join(),
  );
});

t.test('the first attempt of an account finds no history, whatever it carries', async (t) => {
  const good = schema.features.findIndex((feature) => feature.name === 'history_good_logins_log');
  const seen = new Set<string>();
  for (const row of rows) {
    const user = row.attempt.wire.user.id;
    if (!seen.has(user) && (row.features[good] !== 0 || row.novelty !== 4)) t.fail(`${user} begins with a history`);
    seen.add(user);
  }
  t.ok(rows.some((row) => row.novelty === 0) && rows.some((row) => (row.features[good] as number) > 2), 'and later ones do');
});

t.test('an impostor who leaves no trace changes no other row', async (t) => {
  t.ok(rows.some((row) => !row.attempt.recorded));
  const without = rowsOf(attempts.filter((attempt) => attempt.recorded));
  const kept = rows.filter((row) => row.attempt.recorded);
  t.equal(without.map((row) => bits(row.features)).join(), kept.map((row) => bits(row.features)).join());
});

t.test('every number is finite or unknown', async (t) => {
  const infinite = schema.features.filter((_, i) => rows.some((row) => Math.abs(row.features[i] as number) === Number.POSITIVE_INFINITY));
  t.same(
    infinite.map((feature) => feature.name),
    [],
  );
});

t.test('feeds list more attackers than honest addresses, and never an inner one', async (t) => {
  const clouded = cloudedIp(ip, { ...plan, feedAgeDays: 2 });
  const share = (hostile: boolean): number => {
    const chosen = attempts.filter((attempt) => (attempt.kind !== 'genuine') === hostile && !attempt.wire.ip.includes(':'));
    const hits = chosen.filter((attempt) => {
      clouded.about(attempt);
      const words = [attempt.wire.ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)];
      const address = {
        text: attempt.wire.ip,
        version: 4,
        words,
        host: attempt.wire.ip,
        block: attempt.wire.ip.replace(/\d+$/, '0/24'),
        scope: 'public',
      } as const;
      return clouded.lookup(address, attempt.atMs).lists.some((hit) => hit.kind === 'blocklist');
    });
    return hits.length / chosen.length;
  };
  t.ok(share(true) > 3 * share(false), `${share(true)} of hostile, ${share(false)} of honest`);
  const inner = { text: '10.0.0.1', version: 4, words: [167772161], host: '10.0.0.1', block: '10.0.0.0/24', scope: 'private' } as const;
  t.same(clouded.lookup(inner, 0).lists, []);
});
