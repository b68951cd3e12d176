// What attackers bring: a machine, a network to come from, a way to fill in the form; and their try as the victim's client reports it.
import type { Random } from '../../../ports/random.ts';
import { below, chance, pickWeighted } from '../draw.ts';
import { computers, phones } from '../people/client-table.ts';
import { type Device, makeDevice, type WireDevice } from '../people/device.ts';
import { attemptOn } from '../people/login-wire.ts';
import type { Person } from '../people/person.ts';
import { impostorRhythm, typeOnce } from '../people/rhythm.ts';
import { dayMs } from '../tenants.ts';
import { throughClient, timeText, type WireAttempt, type WireBehavior } from '../wire.ts';
import type { Site } from '../world/network-world.ts';
import { attackerCountries, languagesOf } from '../world/operators.ts';
import type { Scene, Target } from './victim.ts';

/** A machine of the attacker's own, bought from the same shelves as everybody's. */
export function attackerDevice(scene: Scene, seed: string, language: string): Device {
  const { random } = scene;
  const name = pickWeighted(random, chance(random, 0.3) ? phones : computers);
  const fromMs = scene.plan.fromMs - 100 * dayMs;
  return makeDevice(random, { seed: `attacker/${seed}`, name, language, fromMs, untilMs: fromMs + 2000 * dayMs });
}

export function attackerCountry(scene: Scene): string {
  return pickWeighted(scene.random, attackerCountries);
}

export function languageIn(scene: Scene, country: string): string {
  return pickWeighted(scene.random, languagesOf[country] ?? [['en-US,en;q=0.9', 1]]);
}

/** Networks that attackers come from when nobody tries to look local: rented servers, tunnels, hijacked homes. */
export function carelessSite(scene: Scene, country: string): Site {
  const { world, random } = scene;
  const kind = pickWeighted(random, [
    ['isp', 40],
    ['mobile', 10],
    ['hosting', 25],
    ['vpn', 25],
  ] as const);
  return world.draw(
    random,
    kind,
    kind === 'isp' || kind === 'mobile' ? country : chance(random, 0.5) && world.of(kind, country).length > 0 ? country : null,
  );
}

export interface AttackParts {
  readonly ip: string;
  readonly device: WireDevice;
  readonly behavior: WireBehavior;
  readonly rttMs: number;
  readonly ja4: string;
  readonly result: 'success' | 'failure';
  readonly session?: WireAttempt['session'];
  readonly method?: string;
}

/** The attack as the victim's client application reports it: it sends for the attacker what it sends for everybody. */
export function attackWire(scene: Scene, target: Target, parts: AttackParts, atMs = target.atMs): WireAttempt {
  const { random, plan } = scene;
  const { person } = target.resident;
  const client = chance(random, 0.85) ? person.client : person.secondClient;
  const wire: WireAttempt = {
    ...attemptOn(person, plan, atMs, random),
    ip: parts.ip,
    credential: {
      method: (parts.method ?? attackMethod(person, random)) as 'password',
      result: parts.result,
      breached: chance(random, 0.12),
    },
    device: parts.device,
    session: parts.session ?? { id: `s-${random.id()}`, started_at: timeText(atMs) },
    behavior: parts.behavior,
    network: { rtt_ms: parts.rttMs, ja4: parts.ja4 },
    ...(client.id === null ? {} : { client: { id: client.id } }),
  };
  return throughClient(wire, client.sends);
}

/** A passkey does not leave its device, so stolen accounts are entered by the other ways. */
function attackMethod(person: Person, random: Random): string {
  if (person.method === 'passkey') return chance(random, 0.3) ? 'recovery' : 'password';
  return chance(random, 0.06) ? 'recovery' : person.method;
}

/** A stranger who types by hand, pastes, or lets a tool fill the form. */
export function strangerBehavior(scene: Scene, target: Target, touch: boolean, seed: string): WireBehavior {
  const { random } = scene;
  const pointer = { moves: touch ? below(random, 4) : 3 + below(random, 60), touch };
  const input = pickWeighted(random, [
    ['typed', 50],
    ['pasted', 28],
    ['autofilled', 22],
  ] as const);
  if (input === 'autofilled') return { autofilled: true, pasted: false, pointer, form_ms: Math.round(900 + random.uniform() * 4000) };
  if (input === 'pasted') return { autofilled: false, pasted: true, pointer, form_ms: Math.round(2500 + random.uniform() * 9000) };
  const typing = typeOnce(impostorRhythm(target.resident.person.rhythm, seed), random);
  return { autofilled: false, pasted: false, pointer, form_ms: Math.round(4000 + random.uniform() * 12_000), typing };
}
