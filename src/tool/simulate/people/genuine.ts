// The genuine logins of one person: when they come, what goes wrong in honest hands, and how they end.
import type { Random } from '../../../ports/random.ts';
import { below, between, chance, exponential, normal, pickWeighted, poisson } from '../draw.ts';
import { seededRandom } from '../seeded-random.ts';
import { dayMs, type TenantPlan } from '../tenants.ts';
import { type SimulatedAttempt, timeText } from '../wire.ts';
import { inTransit, offsetMinutes, type Situation, situationAt, tripAt } from './habits.ts';
import { wireOf } from './login-wire.ts';
import type { Person } from './person.ts';
import { staleProgramAttempts } from './stale-program.ts';

/** All attempts of the person in order of time. */
export function genuineAttempts(person: Person, plan: TenantPlan): SimulatedAttempt[] {
  const random = seededRandom(`${person.seed}/logins`);
  const attempts: SimulatedAttempt[] = [];
  const sessions = new Sessions();
  let lastMs = 0;
  for (const atMs of loginTimes(person, plan, random)) {
    if (atMs < lastMs + 120_000) continue;
    const situation = situationAt(person, atMs, random);
    if (situation === null) continue;
    lastMs = loginSequence(person, plan, situation, atMs, random, sessions, attempts);
  }
  const stale = staleProgramAttempts(person, plan);
  return stale.length === 0 ? attempts : [...attempts, ...stale].sort((a, b) => a.atMs - b.atMs);
}

function loginTimes(person: Person, plan: TenantPlan, random: Random): number[] {
  const times: number[] = [];
  const first = Math.max(person.createdMs, plan.fromMs);
  const endMs = plan.fromMs + plan.days * dayMs;
  // An account begins with a login, soon after it was created.
  if (person.createdMs >= plan.fromMs) times.push(person.createdMs + between(random, 10, 600) * 1000);
  for (let day = Math.floor(first / dayMs); day * dayMs < endMs; day++) {
    const weekend = (day + 4) % 7 === 0 || (day + 4) % 7 === 6;
    const factor = weekend ? 1 - person.weekdaysOnly : 1;
    const count = poisson(random, person.perDay * factor);
    for (let n = 0; n < count; n++) {
      const zone = tripAt(person, day * dayMs + dayMs / 2)?.place.timeZone ?? person.timeZone;
      const peak = pickWeighted(
        random,
        person.peaks.map((each) => [each, each.weight] as const),
      );
      const hour = chance(random, 0.04) ? between(random, 0, 24) : normal(random, peak.hour, peak.spread);
      times.push(day * dayMs + hour * 3_600_000 - offsetMinutes(zone, day * dayMs) * 60_000 + random.uniform() * 60_000);
    }
  }
  const { pause } = person;
  return times
    .filter(
      (atMs) =>
        atMs >= first && atMs < endMs && !inTransit(person, atMs) && (pause === null || atMs < pause.fromMs || atMs > pause.untilMs),
    )
    .map((atMs) => Math.round(atMs))
    .sort((a, b) => a - b);
}

/** The running session per device, which some callers send again when they ask for a second proof. */
class Sessions {
  readonly #current = new Map<string, { id: string; started_at: string; untilMs: number }>();

  of(device: string, atMs: number, random: Random): { id: string; started_at: string } {
    const running = this.#current.get(device);
    if (running !== undefined && running.untilMs > atMs) return { id: running.id, started_at: running.started_at };
    const begun = { id: `s-${random.id()}`, started_at: timeText(atMs), untilMs: atMs + exponential(random, 2) * dayMs };
    this.#current.set(device, begun);
    return { id: begun.id, started_at: begun.started_at };
  }
}

/** One sitting at the form: wrong tries, then the right one, or giving up. Returns the time of its end. */
function loginSequence(
  person: Person,
  plan: TenantPlan,
  situation: Situation,
  startMs: number,
  random: Random,
  sessions: Sessions,
  out: SimulatedAttempt[],
): number {
  const client = chance(random, 0.15) ? person.secondClient : person.client;
  const session = sessions.of(situation.device.seed, startMs, random);
  let atMs = startMs;
  const emit = (
    result: 'success' | 'failure',
    outcome: SimulatedAttempt['outcome'],
    method: string = person.method,
    seconds: readonly [number, number] = [6, 45],
  ): void => {
    const wire = wireOf(person, plan, client, situation, atMs, { result, method, session }, random);
    const learned = outcome === 'signed_in' || outcome === 'challenge_passed';
    out.push({
      atMs,
      wire,
      kind: 'genuine',
      campaign: null,
      outcome,
      recorded: true,
      learned,
      site: situation.reached.site,
      device: situation.device,
    });
    atMs += Math.round(between(random, ...seconds) * 1000);
  };
  if (client.kind === 'ssh') for (let key = 0; key < person.wrongKeys; key++) emit('failure', 'failed', 'certificate', [0.1, 0.5]);
  let failures = 0;
  while (chance(random, failures === 0 ? person.failureShare : 0.42) && failures < 12) {
    emit('failure', 'failed');
    failures++;
  }
  if (failures >= 2 && chance(random, 0.15)) return atMs;
  if (failures >= 3 && chance(random, 0.45)) {
    atMs += Math.round(between(random, 60, 400) * 1000);
    emit('success', 'signed_in', 'recovery');
    return atMs;
  }
  // Some second factors go unanswered the first time: a phone in another room.
  const asked = person.method === 'push' || person.method === 'otp';
  while (asked && chance(random, 0.07)) {
    emit('success', chance(random, 0.6) ? 'abandoned' : 'challenge_failed');
    atMs += below(random, 60_000);
  }
  emit('success', asked ? 'challenge_passed' : 'signed_in');
  return atMs;
}
