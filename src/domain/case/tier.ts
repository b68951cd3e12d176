// Whether a login becomes a case, and how soon somebody should look at it.
//
// The level says how strange the login is, the verdict what the caller was told to do about it. Who was let in on a suspicious
// login may be inside an account now; who was denied is outside. So a denied login is never more urgent than its level, a denied
// one that is not strange (a deny list spoke) is still worth a quarter of an hour, and an allowed one is a case only where the
// level says that the policy let something strange pass: one step below its level, because the policy was told to do so.
//
//              level:   low      medium   high     critical
//   deny                medium   medium   high     critical
//   challenge           low      medium   high     critical
//   allow               no case  no case  medium   high
import { type Level, levels, type Verdict } from '../assessment.ts';

/** Most urgent first; the place in this list is the number by which tiers are ordered and stored. New ones go to the end. */
export const tiers = ['critical', 'high', 'medium', 'low'] as const;
export type Tier = (typeof tiers)[number];

const table: Readonly<Record<Verdict, readonly (Tier | null)[]>> = {
  deny: ['medium', 'medium', 'high', 'critical'],
  challenge: ['low', 'medium', 'high', 'critical'],
  allow: [null, null, 'medium', 'high'],
};

/** Null where the login is no case. */
export function tierOf(verdict: Verdict, level: Level): Tier | null {
  return table[verdict][levels.indexOf(level)] as Tier | null;
}

const minuteMs = 60_000;

/** An explanation of the case should stand within this time of its opening; low ones are gathered hourly. */
export const explainWithinMs: Readonly<Record<Tier, number>> = {
  critical: minuteMs,
  high: 5 * minuteMs,
  medium: 15 * minuteMs,
  low: 60 * minuteMs,
};

/** 0 for the most urgent. */
export function tierRank(tier: Tier): number {
  return tiers.indexOf(tier);
}

/**
 * One number by which cases are sorted, most urgent highest: the tier, then the score within it. It never changes while the case
 * lives, so that a reader who pages through a list neither skips nor repeats one.
 */
export function severityOf(tier: Tier, score: number): number {
  return tiers.length - tierRank(tier) + Math.min(Math.max(score, 0), 0.999_999);
}
