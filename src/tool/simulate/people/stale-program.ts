// A program that still has the old password: it fails at a machine's pace from the person's own network, until the person, who signs
// in well all the while from the same network, mends it. The honest counterpart of an attacker who guesses one account's password.
import type { Random } from '../../../ports/random.ts';
import { below, between, chance, exponential } from '../draw.ts';
import { seededRandom } from '../seeded-random.ts';
import { type ClientPlan, dayMs, type TenantPlan } from '../tenants.ts';
import { type SimulatedAttempt, timeText } from '../wire.ts';
import { type Connection, reach } from '../world/connection.ts';
import { homeAt, type Situation } from './habits.ts';
import { wireOf } from './login-wire.ts';
import type { Person, StaleProgram } from './person.ts';

/** The longest that nobody notices. */
const unnoticedMs = 3 * dayMs;
/** Mail and file protocols tell nothing of a browser. */
const programClient: ClientPlan = { id: null, kind: 'api', sends: new Set(['user_agent', 'method']) };

/** All of them in order of time; none for most people, and none while the person has no device of their own in use. */
export function staleProgramAttempts(person: Person, plan: TenantPlan): SimulatedAttempt[] {
  const program = person.staleProgram;
  const device = person.devices.find((each) => program !== null && each.fromMs <= program.fromMs && each.untilMs > program.fromMs);
  if (program === null || device === undefined) return [];
  const random = seededRandom(`${person.seed}/stale/attempts`);
  const connection = connectionOf(person, program);
  const make = (atMs: number, client: ClientPlan, result: 'success' | 'failure'): SimulatedAttempt => {
    const situation: Situation = { reached: reach(connection, atMs, random), device, timeZone: person.timeZone };
    const session = { id: `s-${random.id()}`, started_at: timeText(atMs) };
    const method = result === 'failure' ? 'password' : person.method;
    const wire = wireOf(person, plan, client, situation, atMs, { result, method, session }, random);
    const learned = result === 'success';
    const outcome = learned ? 'signed_in' : 'failed';
    return { atMs, wire, kind: 'genuine', campaign: null, outcome, recorded: true, learned, site: situation.reached.site, device };
  };
  const times = failureTimes(program, random);
  const endMs = times.at(-1) as number;
  // While it lasts, and when the program has been told the new password.
  const signIns = [
    ...Array.from({ length: below(random, 3) }, () => between(random, program.fromMs, endMs)),
    endMs + between(random, 20_000, 900_000),
  ];
  return [
    ...times.map((atMs) => make(atMs, programClient, 'failure')),
    ...signIns.map((atMs) => make(Math.round(atMs), person.client, 'success')),
  ].sort((a, b) => a.atMs - b.atMs);
}

function failureTimes(program: StaleProgram, random: Random): number[] {
  const times: number[] = [];
  let atMs = program.fromMs;
  while (times.length < program.failures && atMs < program.fromMs + unnoticedMs) {
    for (let n = 0; n < program.triesPerRound; n++) {
      times.push(Math.round(atMs));
      atMs += between(random, 300, 2500);
    }
    // A timer drifts little; now and then the machine sleeps.
    atMs += program.gapMs * between(random, 0.9, 1.1) + (chance(random, 0.02) ? exponential(random, 3_600_000) : 0);
  }
  return times;
}

function connectionOf(person: Person, program: StaleProgram): Connection {
  if (program.runsAt === 'office' && person.company !== null) return person.company.office;
  if (program.runsAt === 'server' && person.server !== null) return person.server;
  return homeAt(person, program.fromMs);
}
