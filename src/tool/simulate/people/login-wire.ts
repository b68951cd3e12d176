// One genuine attempt in the public wire form: what the person's machine tells, as far as the client application passes it on.
import type { Random } from '../../../ports/random.ts';
import { below, between, chance, exponential, pickWeighted } from '../draw.ts';
import type { ClientPlan, TenantPlan } from '../tenants.ts';
import { throughClient, timeText, type WireAttempt, type WireBehavior } from '../wire.ts';
import { deviceClaim, ja4Of } from './device.ts';
import type { Situation } from './habits.ts';
import type { Person } from './person.ts';
import { typeOnce } from './rhythm.ts';

export interface Proof {
  readonly result: 'success' | 'failure';
  readonly method: string;
  readonly session: { readonly id: string; readonly started_at: string };
}

/** What an attempt on the person's account tells of attempt and account, whoever makes it. */
export function attemptOn(
  person: Person,
  plan: TenantPlan,
  atMs: number,
  random: Random,
): Pick<WireAttempt, 'attempt_id' | 'occurred_at' | 'user'> {
  const changedMs = person.credentialChanges.filter((each) => each <= atMs).at(-1);
  return {
    attempt_id: `${plan.name}-${random.id()}`,
    occurred_at: timeText(atMs),
    user: {
      id: person.id,
      created_at: timeText(person.createdMs),
      mfa_enrolled: person.mfaEnrolled,
      ...(changedMs === undefined ? {} : { credential_changed_at: timeText(changedMs) }),
    },
  };
}

export function wireOf(
  person: Person,
  plan: TenantPlan,
  client: ClientPlan,
  situation: Situation,
  atMs: number,
  proof: Proof,
  random: Random,
): WireAttempt {
  const { device, reached, timeZone } = situation;
  const wire: WireAttempt = {
    ...attemptOn(person, plan, atMs, random),
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
function behaviorOf(person: Person, touch: boolean, random: Random): WireBehavior {
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
