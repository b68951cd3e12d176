// Logins of a day and their sums, for tests.
import type { StoredAssessment } from '../../src/domain/assessment.ts';
import { dayMs, type DaySums, type SumsByDay, sumLogin } from '../../src/domain/baseline/day.ts';
import type { Visit } from '../../src/domain/profile/visit.ts';
import { storedOf, visitOf } from './records.ts';

/** Challenged or not, on that day, of the account. */
export function loginOn(day: number, account: string, change: Partial<Visit> = {}, flagged = false): StoredAssessment {
  const made = storedOf('id-1', account, day * dayMs + 1000);
  const verdict = flagged ? ('challenge' as const) : ('allow' as const);
  const assessment = { ...made.assessment, verdict, level: flagged ? ('high' as const) : ('low' as const) };
  return { ...made, assessment, outcomes: [], visit: visitOf(account, made.occurredAtMs, change) };
}

export function sumsOf(...logins: readonly StoredAssessment[]): DaySums[] {
  const sums: SumsByDay = new Map();
  for (const login of logins) sumLogin(sums, login);
  return [...sums.values()];
}
