// What policy expressions and lists may look at. Stored with the assessment, so that a decision can be repeated exactly.
import type { PolicyContext } from '../domain/assessment.ts';
import type { Attempt } from '../domain/attempt.ts';
import type { IpFacts } from '../domain/ip-facts.ts';

export function policyContext(attempt: Attempt, ip: IpFacts): PolicyContext {
  const { user, credential, client } = attempt;
  return {
    userId: user.id,
    roles: user.roles,
    mfaEnrolled: user.mfaEnrolled,
    ip: attempt.ip.text,
    asn: ip.asn?.asn ?? null,
    asnClass: ip.asn?.class ?? 'unknown',
    country: ip.geo?.country ?? null,
    deviceId: attempt.device.id,
    method: credential.method,
    result: credential.result,
    breached: credential.breached,
    clientId: client.id,
    sensitivity: client.sensitivity,
    lists: listKinds(ip),
    occurredAtMs: attempt.occurredAtMs,
  };
}

function listKinds(ip: IpFacts): string[] {
  const kinds: string[] = [];
  for (const hit of ip.lists) if (!kinds.includes(hit.kind)) kinds.push(hit.kind);
  return kinds;
}
