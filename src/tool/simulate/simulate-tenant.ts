// One tenant's whole history: its people's logins and the attacks on them, in order of time.
import { genuineAttempts } from './people/genuine.ts';
import { botCampaign, pushCampaign, sprayCampaign, stuffingCampaign } from './attackers/campaigns.ts';
import { guessingCampaign } from './attackers/guessing.ts';
import { impostorAttempts, impostorKinds } from './attackers/impostors.ts';
import type { NetworkWorld } from './world/network-world.ts';
import { makeCompany, makePerson, type Person } from './people/person.ts';
import { hashText, seededRandom } from './seeded-random.ts';
import { dayMs, type TenantPlan, warmUpDays } from './tenants.ts';
import type { Resident, Scene } from './attackers/victim.ts';
import type { SimulatedAttempt } from './wire.ts';

/** How many scored attacks of each kind a tenant gets. */
export function simulateTenant(world: NetworkWorld, plan: TenantPlan, runSeed: string, attacksPerKind: number): SimulatedAttempt[] {
  const { scene, attempts } = populate(world, plan, runSeed);
  for (const attack of attacksOn(scene, attacksPerKind)) attempts.push(attack);
  for (const attempt of attempts) hideAddress(attempt, plan);
  return attempts.sort((a, b) => a.atMs - b.atMs);
}

/** The tenant's people and their own logins, before anybody attacks them. */
export function populate(world: NetworkWorld, plan: TenantPlan, runSeed: string): { scene: Scene; attempts: SimulatedAttempt[] } {
  const companies = Array.from({ length: plan.style === 'consumer' ? 40 : 3 }, (_, index) => makeCompany(world, plan, index, runSeed));
  const residents: Resident[] = [];
  for (let index = 0; index < plan.accounts; index++) {
    const person = shareDevice(makePerson(world, plan, index, companies, runSeed), residents.at(-1)?.person ?? null, plan);
    const made = genuineAttempts(person, plan);
    residents.push({ person, attempts: made, good: made.filter((attempt) => attempt.learned) });
  }
  const attempts = residents.flatMap((resident) => resident.attempts);
  const warmMs = plan.fromMs + warmUpDays * dayMs;
  const donors = attempts.filter((attempt) => attempt.learned && attempt.atMs >= warmMs);
  return { scene: { world, plan, residents, donors, random: seededRandom(`${runSeed}/${plan.name}/attacks`) }, attempts };
}

/** Families and shop counters: some people also use the computer of the one before them, cookie and all. */
function shareDevice(person: Person, neighbour: Person | null, plan: TenantPlan): Person {
  const share = plan.style === 'developer' ? 0 : 0.06;
  const device = neighbour?.devices[0];
  if (device === undefined || hashText(person.seed, 43) / 4_294_967_296 >= share) return person;
  return { ...person, devices: [...person.devices, device], homes: (neighbour as Person).homes };
}

/** Some tenants see the address of their own proxy instead of the caller's, for everybody alike. */
function hideAddress(attempt: SimulatedAttempt, plan: TenantPlan): void {
  const drawn = hashText(attempt.wire.attempt_id ?? '', 41) / 4_294_967_296;
  if (drawn < plan.blindShare) attempt.wire.ip = `10.0.0.${1 + Math.floor((drawn / plan.blindShare) * 8)}`;
}

function* attacksOn(scene: Scene, perKind: number): Generator<SimulatedAttempt> {
  for (const kind of impostorKinds) yield* impostorAttempts(scene, kind, perKind);
  // Campaigns of unequal size, until each kind has its number of right credentials.
  yield* until(perKind, (index) => stuffingCampaign(scene, index, 3 + Math.floor(scene.random.uniform() * 25)));
  yield* until(perKind, (index) => sprayCampaign(scene, index, 2 + Math.floor(scene.random.uniform() * 20)));
  yield* until(perKind, (index) => botCampaign(scene, index, 5 + Math.floor(scene.random.uniform() * 40)));
  yield* until(perKind, (index) => pushCampaign(scene, index));
  yield* until(perKind, (index) => guessingCampaign(scene, index));
}

function* until(successes: number, make: (index: number) => SimulatedAttempt[]): Generator<SimulatedAttempt> {
  let left = successes;
  for (let index = 0; left > 0 && index < 10_000; index++) {
    for (const attempt of make(index)) {
      if (attempt.wire.credential?.result === 'success') left--;
      yield attempt;
    }
  }
}
