// Replays a history through the code that serves: parse, gather, derive, then learn. What is derived for an attempt has seen only
// what came before it.
import { derive } from '../../assess/derive.ts';
import { gatherNow, type GatherPorts } from '../../assess/gather.ts';
import type { Facts } from '../../domain/facts.ts';
import type { FeatureSchema } from '../../domain/feature/schema.ts';
import { attemptedChanges, learnedChanges } from '../../domain/profile/change.ts';
import { parseAttempt } from '../../parse/attempt.ts';
import { isScoreRequest, scoreRequestFault } from '../../parse/score-request.ts';
import type { SimulatedAttempt } from '../simulate/wire.ts';
import type { CloudedIp } from './feeds.ts';

export interface Replayed {
  readonly simulated: SimulatedAttempt;
  readonly facts: Facts;
  readonly features: Float32Array;
}

/** `wanted` says of which attempts the features are needed; the others only leave their trace. */
export function* replay(
  attempts: readonly SimulatedAttempt[],
  tenant: string,
  ports: GatherPorts & { readonly ip: CloudedIp },
  schema: FeatureSchema,
  wanted: (attempt: SimulatedAttempt) => boolean,
  learnt: (facts: Facts, attempt: SimulatedAttempt) => void,
): Generator<Replayed> {
  for (const simulated of attempts) {
    ports.ip.about(simulated);
    const facts = gatherNow(parse(simulated, tenant), ports);
    if (wanted(simulated)) yield { simulated, facts, features: derive(facts, schema).features };
    if (!simulated.recorded) continue;
    ports.profiles.apply(tenant, attemptedChanges(facts.visit, facts.attempt.credential.result === 'failure'));
    if (simulated.learned) {
      ports.profiles.apply(tenant, learnedChanges(facts.visit));
      learnt(facts, simulated);
    }
    if (simulated.outcome === 'challenge_failed' || simulated.outcome === 'abandoned') {
      ports.profiles.apply(tenant, [
        { kind: 'account', key: facts.visit.account, event: { type: 'challenge_failed', atMs: simulated.atMs } },
      ]);
    }
  }
}

function parse(simulated: SimulatedAttempt, tenant: string): Facts['attempt'] {
  const { wire } = simulated;
  if (!isScoreRequest(wire)) {
    const fault = scoreRequestFault(wire);
    throw new TypeError(`The simulation made an attempt that the door would refuse: ${fault.field} ${fault.message}.`);
  }
  const parsed = parseAttempt(wire, { tenant, nowMs: simulated.atMs, attemptId: '', anyPast: true });
  if (!parsed.ok) throw new TypeError(`The simulation made an attempt that the door would refuse: ${parsed.field} ${parsed.message}.`);
  return parsed.attempt;
}
