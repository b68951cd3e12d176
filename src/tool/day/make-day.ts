// A day of logins that ends now: the people of one simulated company with weeks of history behind them, and three campaigns among them.
import { botCampaign, sprayCampaign, stuffingCampaign } from '../simulate/attackers/campaigns.ts';
import type { Scene } from '../simulate/attackers/victim.ts';
import { populate } from '../simulate/simulate-tenant.ts';
import { dayMs, planTenants, warmUpDays } from '../simulate/tenants.ts';
import type { SimulatedAttempt } from '../simulate/wire.ts';
import type { NetworkWorld } from '../simulate/world/network-world.ts';

export interface ScriptedDay {
  /** What the people did before, in order of time. */
  readonly history: readonly SimulatedAttempt[];
  /** The last 24 hours, attacks included, in order of time. */
  readonly day: readonly SimulatedAttempt[];
  readonly people: number;
}

const historyDays = 60;
/** Right passwords that each campaign holds. */
const stuffingHits = 6;
const sprayHits = 4;
const botTries = 14;

export function makeDay(world: NetworkWorld, nowMs: number, seed: string, people: number): ScriptedDay {
  const drawn = planTenants(seed, 'test', 1).find(({ style }) => style === 'consumer');
  if (drawn === undefined) throw new Error('the simulation has no consumer tenant');
  const plan = {
    ...drawn,
    name: 'day',
    accounts: people,
    loginsMedian: 18,
    blindShare: 0,
    fromMs: nowMs - historyDays * dayMs,
    days: historyDays,
  };
  const { scene, attempts } = populate(world, plan, seed);
  const dawnMs = nowMs - dayMs;
  const attacks = [
    ...stuffingCampaign(during(scene, dawnMs, 3), 0, stuffingHits),
    ...sprayCampaign(during(scene, dawnMs, 4), 0, sprayHits),
    ...botCampaign(during(scene, dawnMs, 8), 0, botTries),
  ];
  const all = [...attempts, ...attacks].filter((attempt) => attempt.atMs < nowMs).sort((a, b) => a.atMs - b.atMs);
  return {
    history: all.filter((attempt) => attempt.atMs < dawnMs),
    day: all.filter((attempt) => attempt.atMs >= dawnMs),
    people,
  };
}

/** A campaign begins after the plan's warm-up and some days before its end: this plan leaves it the first half of the day. */
function during(scene: Scene, dawnMs: number, daysBeforeEnd: number): Scene {
  return { ...scene, plan: { ...scene.plan, fromMs: dawnMs - warmUpDays * dayMs, days: warmUpDays + 0.5 + daysBeforeEnd } };
}
