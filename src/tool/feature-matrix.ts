// Writes the feature matrix that the model is trained and judged on: simulates each split's tenants, replays their history through
// the code that serves, and keeps the features of every attempt whose credential was right.
//
//   node src/tool/feature-matrix.ts [--seed portcullis] [--scale 1] [--attacks 400] [--output models/train/out/matrix] [--split test]
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { GatherPorts } from '../assess/gather.ts';
import { schema } from '../domain/feature/schema.ts';
import { dropUnobserved } from '../domain/reason/observed.ts';
import { rulesContributions } from '../domain/rules.ts';
import { createFreeman, type FreemanRisk } from './baseline/freeman.ts';
import { freemanLogin, noveltyCount } from './baseline/login-values.ts';
import { type ColumnType, type ColumnWriter, openColumn, writeHead } from './matrix/columns.ts';
import { cloudedIp } from './matrix/feeds.ts';
import { replay, type Replayed } from './matrix/replay.ts';
import { openReplayPorts, type ReplayWorld } from './matrix/replay-ports.ts';
import { createWorld, type Site, sampleNetworks } from './simulate/world/network-world.ts';
import { simulateTenant } from './simulate/simulate-tenant.ts';
import { blocksOf, dayMs, planTenants, type Split, splits, type TenantPlan, warmUpDays } from './simulate/tenants.ts';
import { type AttemptKind, attackerKinds, type SimulatedAttempt } from './simulate/wire.ts';

const kinds: readonly AttemptKind[] = ['genuine', ...attackerKinds];

const columnTypes = {
  features: 'f32',
  kind: 'u8',
  tenant: 'u8',
  user: 'u32',
  campaign: 'u32',
  history: 'u16',
  at: 'f64',
  freeman: 'f64',
  freeman_attributes: 'f64',
  rules: 'f64',
  novelty: 'u8',
} as const satisfies Record<string, ColumnType>;

interface Options {
  readonly seed: string;
  readonly scale: number;
  readonly attacks: number;
  readonly output: string;
}

interface Output {
  readonly columns: Record<keyof typeof columnTypes, ColumnWriter>;
  rows: number;
  /** Numbers for users and campaigns, in order of appearance. */
  readonly ids: Map<string, number>;
}

function numberOf(ids: Map<string, number>, name: string): number {
  let id = ids.get(name);
  if (id === undefined) {
    id = ids.size;
    ids.set(name, id);
  }
  return id;
}

function isScored(plan: TenantPlan): (attempt: SimulatedAttempt) => boolean {
  const warmMs = plan.fromMs + warmUpDays * dayMs;
  // The first tries of a push campaign are counted under it too: the credential was right.
  return (attempt) => attempt.wire.credential?.result === 'success' && attempt.atMs >= warmMs;
}

function writeRow(out: Output, row: Replayed, tenant: number, risk: FreemanRisk): void {
  const { simulated, facts, features } = row;
  const { columns } = out;
  const rules = rulesContributions(features, schema);
  dropUnobserved(schema, features, rules.groups);
  columns.features.push(features);
  columns.kind.push([kinds.indexOf(simulated.kind)]);
  columns.tenant.push([tenant]);
  columns.user.push([numberOf(out.ids, simulated.wire.user.id)]);
  columns.campaign.push([numberOf(out.ids, simulated.campaign ?? simulated.wire.user.id)]);
  columns.history.push([Math.min(65_535, facts.account?.goodCount ?? 0)]);
  columns.at.push([simulated.atMs]);
  columns.freeman.push([risk.published]);
  columns.freeman_attributes.push([risk.attributes]);
  columns.rules.push([rules.groups.reduce((sum, points) => sum + points, rules.base)]);
  columns.novelty.push([noveltyCount(facts)]);
  out.rows += 1;
}

function writeTenant(out: Output, plan: TenantPlan, tenant: number, attempts: readonly SimulatedAttempt[], ports: GatherPorts): void {
  const freeman = createFreeman();
  const rows = replay(attempts, plan.name, { ...ports, ip: cloudedIp(ports.ip, plan) }, schema, isScored(plan), (facts, attempt) => {
    freeman.learn(attempt.wire.user.id, freemanLogin(facts, attempt.wire.device?.user_agent ?? null));
  });
  for (const row of rows) {
    const login = freemanLogin(row.facts, row.simulated.wire.device?.user_agent ?? null);
    writeRow(out, row, tenant, freeman.logRisk(row.simulated.wire.user.id, login));
  }
}

async function writeSplit(split: Split, sites: readonly Site[], world: ReplayWorld, options: Options): Promise<void> {
  const folder = join(options.output, split);
  const columns = Object.fromEntries(
    Object.entries(columnTypes).map(([name, type]) => [name, openColumn(folder, name, type)]),
  ) as Output['columns'];
  const out: Output = { columns, rows: 0, ids: new Map() };
  const network = createWorld(sites, blocksOf(split));
  const plans = planTenants(options.seed, split, options.scale);
  let replayed = 0;
  let replayMs = 0;
  plans.forEach((plan, tenant) => {
    const attempts = simulateTenant(network, plan, options.seed, options.attacks);
    const startedMs = performance.now();
    writeTenant(out, plan, tenant, attempts, world.freshPorts());
    replayMs += performance.now() - startedMs;
    replayed += attempts.length;
  });
  for (const column of Object.values(columns)) column.close();
  writeHead(folder, {
    rows: out.rows,
    kinds,
    features: schema.features.map((feature) => feature.name),
    groups: schema.signals.map((signal) => signal.name),
    group_of: schema.groupOf,
    monotone: schema.features.map((feature) => feature.monotone),
    schema_hash: `sha256:${createHash('sha256').update(schema.canonical).digest('hex')}`,
    columns: columnTypes,
    source: {
      simulation: { seed: options.seed, scale: options.scale, attacksPerKindAndTenant: options.attacks },
      tenants: plans.map((plan) => `${plan.name} ${plan.style}`),
      attempts: replayed,
    },
  });
  process.stdout.write(
    `${split}: ${out.rows} rows of ${schema.width} features from ${replayed} attempts, ${Math.round((replayed / replayMs) * 1000)} attempts/s replayed\n`,
  );
}

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: 'portcullis' },
    scale: { type: 'string', default: '1' },
    attacks: { type: 'string', default: '400' },
    output: { type: 'string', default: 'models/train/out/matrix' },
    split: { type: 'string', multiple: true, default: [...splits] },
  },
});
const options: Options = { seed: values.seed, scale: Number(values.scale), attacks: Number(values.attacks), output: values.output };
const world = await openReplayPorts();
const sites = await sampleNetworks(world.ip);
for (const split of splits) if (values.split.includes(split)) await writeSplit(split, sites, world, options);
world.close();
