// Flag: which login becomes a case, decided while the answer is made so that the answer can name it; the rest is done elsewhere.
import type { StoredAssessment } from '../domain/assessment.ts';
import type { Attempt } from '../domain/attempt.ts';
import { opensCase } from '../domain/case/flagged.ts';
import type { IpFacts } from '../domain/ip-facts.ts';
import type { Clock } from '../ports/clock.ts';
import type { FlaggedLogins } from '../ports/case/flagged-logins.ts';
import type { Decision } from '../ports/policy.ts';
import type { Random } from '../ports/random.ts';

export interface FlagPorts {
  /** Null: no cases are kept. */
  readonly flagged: FlaggedLogins | null;
  readonly clock: Clock;
  readonly random: Random;
}

/** Null where there will be no case. */
export function caseIdOf({ verdict, level }: Decision, occurredAtMs: number, ports: FlagPorts): string | null {
  const flagged = ports.flagged !== null && opensCase(verdict, level, occurredAtMs, ports.clock.nowMs());
  return flagged ? ports.random.id() : null;
}

/** Hands over references, after the record was put into the log. Does nothing where the record names no case. */
export function offerFlagged(record: StoredAssessment, { device }: Attempt, ip: IpFacts, flagged: FlaggedLogins | null): void {
  if (flagged === null || record.assessment.caseId === null) return;
  flagged.offer({
    tenant: record.tenant,
    assessment: record.assessment,
    context: record.context,
    visit: record.visit,
    sent: { userAgent: device.userAgent, acceptLanguage: device.acceptLanguage, organisation: ip.asn?.organisation ?? null },
  });
}
