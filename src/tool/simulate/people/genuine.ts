// The genuine logins of one person: when they come, what goes wrong in honest hands, and how they end.
import type { Random } from '../../../ports/random.ts';
import { deviceClaim, ja4Of } from './device.ts';
import { below, between, chance, exponential, normal, pickWeighted, poisson } from '../draw.ts';
import { inTransit, offsetMinutes, type Situation, situationAt, tripAt } from './habits.ts';
import type { Person } from './person.ts';
import { typeOnce } from './rhythm.ts';
import { seededRandom } from '../seeded-random.ts';
import { type ClientPlan, dayMs, type TenantPlan } from '../tenants.ts';
import { type SimulatedAttempt, throughClient, timeText, type WireAttempt, type WireBehavior } from '../wire.ts';

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
  return attempts;
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
  const emit = (result: 'success' | 'failure', outcome: SimulatedAttempt['outcome'], method: string = person.method): void => {
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
    atMs += Math.round(between(random, 6, 45) * 1000);
  };
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

interface Proof {
  readonly result: 'success' | 'failure';
  readonly method: string;
  readonly session: { readonly id: string; readonly started_at: string };
}

function wireOf(
  person: Person,
  plan: TenantPlan,
  client: ClientPlan,
  situation: Situation,
  atMs: number,
  proof: Proof,
  random: Random,
): WireAttempt {
  const { device, reached, timeZone } = situation;
  const changedMs = person.credentialChanges.filter((each) => each <= atMs).at(-1);
  const wire: WireAttempt = {
    attempt_id: `${plan.name}-${random.id()}`,
    occurred_at: timeText(atMs),
    user: {
      id: person.id,
      created_at: timeText(person.createdMs),
      mfa_enrolled: person.mfaEnrolled,
      ...(changedMs === undefined ? {} : { credential_changed_at: timeText(changedMs) }),
    },
    ip: reached.ip,
    credential: { method: proof.method as 'password', result: proof.result, breached: chance(random, 0.01) },
    device: client.kind === 'api' ? { user_agent: person.library } : deviceClaim(device, atMs, timeZone, random),
    session: proof.session,
    behavior: behaviorOf(person, device.software.touch, random),
    network: { rtt_ms: Math.round(between(random, 8, 90)), ja4: ja4Of(device.software) },
    ...(client.id === null ? {} : { client: { id: client.id } }),
  };
  return throughClient(wire, client.sends);
}

/** How a person fills in the form: by hand, by a password manager, by paste; on glass no rhythm is measured. */
export function behaviorOf(person: Person, touch: boolean, random: Random): WireBehavior {
  const input = chance(random, 0.85)
    ? person.input
    : pickWeighted(random, [
        ['typed', 3],
        ['autofilled', 3],
        ['pasted', 1],
      ] as const);
  const pointer = { moves: touch ? below(random, 4) : 5 + below(random, 60), touch };
  if (input === 'autofilled')
    return { autofilled: true, pasted: false, pointer, form_ms: Math.round((chance(random, 0.2) ? 150 : 900) + exponential(random, 1800)) };
  if (input === 'pasted') return { autofilled: false, pasted: true, pointer, form_ms: Math.round(2500 + exponential(random, 4000)) };
  const form_ms = Math.round(4000 + exponential(random, 5000));
  return { autofilled: false, pasted: false, pointer, form_ms, typing: typeOnce(person.rhythm, random) };
}
