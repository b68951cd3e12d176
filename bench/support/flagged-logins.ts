// Logins that are flagged, in tiers of one's choice, for a service with the policy below. What is urgent is the model's word: an attacker's
// remotely controlled client in a data centre, with a public password. What is done about it is the policy's: see domain/case/tier.ts for how
// the two make a tier.
import { type Tier, tiers } from '../../src/domain/case/tier.ts';
import { testRandom } from '../../test/support/ports.ts';
import { bodyOf } from './attempts.ts';

/** The bound of the levels lies between what the two recipes below score: up to 0.9863, and from 0.9884 on. */
export const flaggingPolicy = `version: flagging
thresholds:
  normal: { challenge_above: 0.99999, deny_above: 0.999999 }
levels: { medium_above: 0.9873, high_above: 0.9874, critical_above: 0.9875 }
when_blind: challenge
rules:
  - name: everybody
    because: Every login of the bench is a case.
    when: client.id != "lenient"
    at_least: challenge
  - name: denied
    because: A denied login that is not strange is of the tier medium.
    when: client.id == "strict"
    at_least: deny
`;

export type TierShares = Readonly<Record<Tier, number>>;

/** Deterministic for a seed. */
export function tierPicker(shares: TierShares, seed: number): () => Tier {
  const random = testRandom(seed);
  return () => {
    let left = random.uniform();
    return tiers.find((tier) => (left -= shares[tier]) < 0) ?? 'low';
  };
}

const dayMs = 86_400_000;
/** Of a cloud that the shipped lists know as hosting. */
const cloudOctet = 3;

/** A login of somebody new; `n` is never used twice, so that hardly two tell the same story. */
export function flaggedBody(n: number, tier: Tier, nowMs: number): Record<string, unknown> {
  const body = bodyOf(n) as { device: object; user: object };
  const random = testRandom(n + 7);
  const created_at = new Date(nowMs - Math.floor(1 + random.uniform() * 4000) * dayMs).toISOString();
  const plain = { ...body, user: { ...body.user, created_at } };
  if (tier === 'low') return plain;
  if (tier === 'medium') return { ...plain, client: { id: 'strict' } };
  return {
    ...plain,
    ip: `${cloudOctet}.${Math.floor(random.uniform() * 256)}.${Math.floor(random.uniform() * 256)}.${1 + Math.floor(random.uniform() * 250)}`,
    device: { ...body.device, webdriver: true, user_agent: 'python-requests/2.31' },
    credential: { method: 'password', result: 'success', breached: true },
    // Let in although it is strange, it is one step less urgent.
    client: { id: tier === 'high' ? 'lenient' : 'web' },
  };
}
