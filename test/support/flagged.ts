// Flagged logins for the tests of what opens their cases.
import type { Level, StoredAssessment } from '../../src/domain/assessment.ts';
import type { FlaggedLogin } from '../../src/domain/case/flagged.ts';
import type { LoginCourier, NumberedLogin } from '../../src/ports/case/flagged-logins.ts';
import { storedOf } from './records.ts';

/** As the log keeps it; its case is `case-NAME`. */
export function flaggedRecord(name: string, account = `account-${name}`, atMs?: number): StoredAssessment {
  const record = storedOf(`assessment-${name}`, account, atMs);
  return { ...record, assessment: { ...record.assessment, caseId: `case-${name}` } };
}

export function flaggedLogin(name: string, account?: string): FlaggedLogin {
  const { tenant, assessment, context, visit } = flaggedRecord(name, account);
  return { tenant, assessment, context, visit, sent: { userAgent: 'curl/8.5.0', acceptLanguage: 'de', organisation: 'Example Ltd' } };
}

/** One that was challenged, so that its level is its tier. */
export function flaggedAs(level: Level, name: string): FlaggedLogin {
  const login = flaggedLogin(name);
  return { ...login, assessment: { ...login.assessment, verdict: 'challenge', level } };
}

/** A courier that only remembers what it was given. */
export function listCourier(): LoginCourier & { readonly carried: NumberedLogin[] } {
  const carried: NumberedLogin[] = [];
  return { carried, deliver: (each) => void carried.push(each) };
}

/** Lets everything that is ready run, without waiting for time to pass. */
export async function settled(turns = 20): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
}
