// What is remembered of a person, shown and forgotten on request.
import type { AccountProfile } from '../domain/profile/account.ts';
import type { LearnPorts } from './record-outcome.ts';

export interface Erased {
  readonly profile: boolean;
  readonly assessments: number;
}

/** Null when nothing is remembered. */
export function describeAccount(tenant: string, userId: string, ports: LearnPorts): AccountProfile | null | Promise<AccountProfile | null> {
  return ports.profiles.readAccount(tenant, ports.pseudonyms.of(tenant, 'user', userId));
}

/**
 * Forgets the account: its profile and every assessment of it. Shared records (addresses, devices, counts over everybody)
 * keep no identifier of it, only short keys that age out. Doing it twice is the same as once.
 */
export async function eraseAccount(tenant: string, userId: string, ports: LearnPorts): Promise<Erased> {
  const account = ports.pseudonyms.of(tenant, 'user', userId);
  const assessments = await ports.assessments.eraseAccount(tenant, account);
  const profile = await ports.profiles.eraseAccount(tenant, account);
  return { profile, assessments };
}
