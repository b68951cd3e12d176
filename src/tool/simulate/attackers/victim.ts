// Whom attackers choose: an account to attack, a moment, and the habits that they copy.
import type { Random } from '../../../ports/random.ts';
import { below, between, chance, pick } from '../draw.ts';
import type { NetworkWorld } from '../world/network-world.ts';
import type { Person } from '../people/person.ts';
import { dayMs, type TenantPlan, warmUpDays } from '../tenants.ts';
import type { SimulatedAttempt } from '../wire.ts';

/** A person with the attempts that they made, in order of time. */
export interface Resident {
  readonly person: Person;
  readonly attempts: readonly SimulatedAttempt[];
  /** Those that ended well. */
  readonly good: readonly SimulatedAttempt[];
}

/** The newest good login before a moment, the first one when all are later, null when there is none at all. */
export function habitBefore(resident: Resident, atMs: number): SimulatedAttempt | null {
  let habit = resident.good[0] ?? null;
  for (const attempt of resident.good) {
    if (attempt.atMs >= atMs) break;
    habit = attempt;
  }
  return habit;
}

export interface Scene {
  readonly world: NetworkWorld;
  readonly plan: TenantPlan;
  readonly residents: readonly Resident[];
  /** Genuine good logins of everybody: the pool that borrowed habits come from. */
  readonly donors: readonly SimulatedAttempt[];
  readonly random: Random;
}

export interface Target {
  readonly resident: Resident;
  readonly atMs: number;
  /** The victim's newest good login before the attack; their first when there is none yet. */
  readonly habit: SimulatedAttempt;
}

/** An account that exists at the time, chosen by people or by logins in turn, so that quiet and busy accounts are both hit. */
export function chooseTarget(scene: Scene, plausibleHour: boolean): Target {
  const { plan, residents, donors, random } = scene;
  for (;;) {
    const resident = chance(random, 0.6) ? pick(random, residents) : residentOf(scene, pick(random, donors));
    const { good } = resident;
    if (good.length === 0) continue;
    let atMs = plan.fromMs + between(random, warmUpDays, plan.days) * dayMs;
    if (plausibleHour) {
      // An hour at which the victim signs in, in another week.
      const usual = pick(random, good).atMs;
      atMs = usual + (below(random, 9) - 4) * 7 * dayMs + Math.round(between(random, -40, 40)) * 60_000;
    }
    const endMs = plan.fromMs + plan.days * dayMs;
    if (atMs < plan.fromMs + warmUpDays * dayMs || atMs >= endMs || atMs < resident.person.createdMs) continue;
    return { resident, atMs: Math.round(atMs), habit: habitBefore(resident, atMs) as SimulatedAttempt };
  }
}

const residentsById = new WeakMap<Scene, Map<string, Resident>>();

function residentOf(scene: Scene, attempt: SimulatedAttempt): Resident {
  let byId = residentsById.get(scene);
  if (byId === undefined) {
    byId = new Map(scene.residents.map((resident) => [resident.person.id, resident]));
    residentsById.set(scene, byId);
  }
  return byId.get(attempt.wire.user.id) as Resident;
}
