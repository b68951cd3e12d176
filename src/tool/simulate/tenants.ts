// Who runs the simulated services: consumer sites, companies, developer platforms; which fields their clients send; and which
// tenants belong to training, calibration, test and the drifted late test. Splits share no user, block, device seed or campaign.
import type { Random } from '../../ports/random.ts';
import { between, chance, type Weighted } from './draw.ts';
import { seededRandom } from './seeded-random.ts';
import type { ClientField } from './wire.ts';

export const splits = ['train', 'calibration', 'test', 'late'] as const;
export type Split = (typeof splits)[number];

export type TenantStyle = 'consumer' | 'company' | 'developer';

export interface ClientPlan {
  readonly id: string | null;
  readonly kind: 'web' | 'ssh' | 'api';
  readonly sends: ReadonlySet<ClientField>;
}

export interface TenantPlan {
  readonly name: string;
  readonly split: Split;
  readonly style: TenantStyle;
  readonly countries: Weighted<string>;
  readonly accounts: number;
  /** Good logins per account over the whole time: median and spread (log-normal). */
  readonly loginsMedian: number;
  readonly loginsSigma: number;
  readonly clients: Weighted<ClientPlan>;
  readonly fromMs: number;
  readonly days: number;
  /** Shares of people with the habit. */
  readonly vpnUsers: number;
  readonly relayUsers: number;
  readonly ipv6Homes: number;
  readonly tripsPerYear: number;
  /** Share of attempts, honest and hostile alike, that arrive with an inner address because a proxy in front hides the true one. */
  readonly blindShare: number;
  /** Age of the tenant's blocklist copies; null when it has loaded none. */
  readonly feedAgeDays: number | null;
}

export const dayMs = 86_400_000;
/** Attempts of the first days teach the profiles and are not scored. */
export const warmUpDays = 14;

const base: readonly ClientField[] = ['user_agent'];
const lean: readonly ClientField[] = [...base, 'device_id', 'accept_language'];
const usual: readonly ClientField[] = [...lean, 'timezone', 'screen', 'client_hints', 'method', 'created_at', 'session', 'form'];
const rich: readonly ClientField[] = [
  ...usual,
  'platform',
  'fingerprint',
  'webdriver',
  'typing',
  'rtt',
  'mfa',
  'credential_changed_at',
  'breached',
];
const fieldSets: readonly (readonly ClientField[])[] = [base, lean, usual, rich];

/** Optional extras that integrations forget or add, so that the model sees every field both with and without the others. */
const toggled: readonly ClientField[] = [
  'device_id',
  'accept_language',
  'client_hints',
  'timezone',
  'screen',
  'platform',
  'fingerprint',
  'webdriver',
  'session',
  'typing',
  'form',
  'rtt',
  'ja4',
  'method',
  'created_at',
  'credential_changed_at',
  'breached',
  'mfa',
];

function client(random: Random, fields: readonly ClientField[], id: string): ClientPlan {
  const sends = new Set<ClientField>(fields);
  for (const field of toggled) {
    // Typing is the rarest and the one that most needs examples.
    if (!chance(random, field === 'typing' || field === 'form' ? 0.35 : 0.12)) continue;
    if (field === 'typing' && sends.has(field)) continue;
    if (sends.has(field)) sends.delete(field);
    else sends.add(field);
  }
  return { id: chance(random, 0.7) ? id : null, kind: 'web', sends };
}

function clientsOf(random: Random, style: TenantStyle, richness: Richness): Weighted<ClientPlan> {
  const main = client(random, fieldSets[richness] as readonly ClientField[], 'web');
  const second = client(random, fieldSets[richness - 1] as readonly ClientField[], 'portal');
  const ssh: ClientPlan = { id: 'ssh', kind: 'ssh', sends: new Set(chance(random, 0.5) ? ['method'] : []) };
  const api: ClientPlan = { id: 'api', kind: 'api', sends: new Set(['user_agent', 'method']) };
  if (style === 'consumer')
    return [
      [main, 85],
      [second, 15],
    ];
  if (style === 'company')
    return [
      [main, 75],
      [second, 20],
      [ssh, 5],
    ];
  return [
    [main, 60],
    [ssh, 25],
    [api, 15],
  ];
}

const markets: readonly Weighted<string>[] = [
  [
    ['US', 60],
    ['GB', 10],
    ['CA', 10],
    ['DE', 5],
    ['AU', 5],
    ['IN', 5],
    ['MX', 5],
  ],
  [
    ['DE', 55],
    ['NL', 15],
    ['PL', 10],
    ['FR', 10],
    ['RO', 5],
    ['TR', 5],
  ],
  [
    ['NO', 50],
    ['SE', 20],
    ['DK', 20],
    ['GB', 10],
  ],
  [
    ['BR', 45],
    ['MX', 20],
    ['ES', 20],
    ['US', 15],
  ],
  [
    ['IN', 40],
    ['ID', 20],
    ['AU', 15],
    ['JP', 15],
    ['VN', 10],
  ],
  [
    ['GB', 45],
    ['FR', 20],
    ['IT', 15],
    ['ES', 10],
    ['ZA', 10],
  ],
  [
    ['US', 25],
    ['GB', 12],
    ['DE', 12],
    ['FR', 10],
    ['BR', 10],
    ['IN', 10],
    ['JP', 5],
    ['NL', 5],
    ['CA', 5],
    ['AU', 3],
    ['NG', 3],
  ],
];

const sizes: Readonly<Record<TenantStyle, { accounts: number; median: number; sigma: number }>> = {
  // Consumer sites: the public RBA data has a median of 2 attempts per user, p99 of 28; ours are somewhat livelier.
  consumer: { accounts: 1900, median: 6, sigma: 1.15 },
  company: { accounts: 300, median: 75, sigma: 0.7 },
  developer: { accounts: 330, median: 45, sigma: 0.9 },
};

/** How much the tenant's clients tell: 1 a browser and a cookie, 2 the usual, 3 nearly everything. */
type Richness = 1 | 2 | 3;

interface SplitPlan {
  readonly tenants: readonly (readonly [TenantStyle, Richness])[];
  readonly fromMs: number;
  /** What changes in the late test: more tunnels, relays, IPv6 and travel. */
  readonly drift: number;
  /** Blocks of the network world (of ten). */
  readonly blocks: readonly [number, number];
}

const splitPlans: Readonly<Record<Split, SplitPlan>> = {
  train: {
    tenants: [
      ['consumer', 1],
      ['company', 2],
      ['developer', 3],
      ['consumer', 2],
      ['company', 1],
      ['consumer', 3],
      ['company', 3],
      ['developer', 2],
      ['consumer', 3],
      ['company', 1],
    ],
    fromMs: Date.UTC(2026, 0, 5),
    drift: 0,
    blocks: [0, 4],
  },
  // Every style with every richness: the ranks of the model come from here, and how far people stray from their habits depends on both.
  calibration: {
    tenants: [
      ['consumer', 2],
      ['company', 3],
      ['developer', 1],
      ['consumer', 3],
      ['company', 1],
      ['developer', 2],
      ['consumer', 1],
      ['company', 2],
      ['developer', 3],
    ],
    fromMs: Date.UTC(2026, 0, 12),
    drift: 0,
    blocks: [4, 6],
  },
  test: {
    tenants: [
      ['consumer', 3],
      ['company', 1],
      ['developer', 2],
      ['consumer', 3],
      ['company', 1],
      ['consumer', 2],
    ],
    fromMs: Date.UTC(2026, 1, 2),
    drift: 0,
    blocks: [6, 8],
  },
  late: {
    tenants: [
      ['consumer', 1],
      ['company', 2],
      ['developer', 3],
      ['company', 1],
    ],
    fromMs: Date.UTC(2026, 7, 3),
    drift: 1,
    blocks: [8, 10],
  },
};

export function blocksOf(split: Split): (partition: number) => boolean {
  const [from, to] = splitPlans[split].blocks;
  return (partition) => partition >= from && partition < to;
}

/** `scale` multiplies the number of accounts (1: about 300,000 genuine logins over all splits). */
export function planTenants(seed: string, split: Split, scale: number): readonly TenantPlan[] {
  const { tenants, fromMs, drift } = splitPlans[split];
  return tenants.map(([style, richness], index) => {
    const name = `${split}-${index}`;
    const random = seededRandom(`${seed}/tenant/${name}`);
    const size = sizes[style];
    return {
      name,
      split,
      style,
      countries: markets[(index * 2 + splits.indexOf(split) * 3) % markets.length] as Weighted<string>,
      accounts: Math.max(20, Math.round(size.accounts * scale)),
      loginsMedian: size.median,
      loginsSigma: size.sigma,
      clients: clientsOf(random, style, richness),
      fromMs,
      days: 210,
      vpnUsers: between(random, 0.05, 0.12) * (1 + 0.6 * drift) * (style === 'developer' ? 2 : 1),
      relayUsers: between(random, 0.06, 0.14) * (1 + 0.5 * drift),
      ipv6Homes: between(random, 0.25, 0.45) * (1 + 0.2 * drift),
      tripsPerYear: between(random, 1, 3) * (style === 'company' ? 2 : 1) * (1 + 0.3 * drift),
      blindShare: chance(random, 0.3) ? between(random, 0.02, 0.2) : 0,
      feedAgeDays: chance(random, 0.3) ? null : between(random, 0, chance(random, 0.2) ? 90 : 3),
    };
  });
}
