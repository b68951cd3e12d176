// What is remembered of a person, shown and forgotten on request.
import type { AccountProfile } from '../domain/profile/account.ts';
import type { LearnPorts } from './record-outcome.ts';

export interface Erased {
  readonly profile: boolean;
  readonly assessments: number;
  readonly cases: number;
}

/** Forgets the cases of an account, those that are just being opened included; how many. Rejects with a StorageFailure. */
export type EraseCases = (tenant: string, account: string, by: string) => Promise<number>;

/** Null when nothing is remembered. */
export function describeAccount(tenant: string, userId: string, ports: LearnPorts): AccountProfile | null | Promise<AccountProfile | null> {
  return ports.profiles.readAccount(tenant, ports.pseudonyms.of(tenant, 'user', userId));
}

/**
 * Forgets the account: its profile, every assessment of it and every case. Shared records (addresses, devices, counts over everybody)
 * keep no identifier of it, only short keys that age out. Doing it twice is the same as once.
 *
 * Cases come last: while assessments are there, a case could be opened from them again. Rejects when they cannot be erased; the
 * rest is forgotten by then, and doing it again does what is left.
 *
 * What another process of the same data directory has answered and not made durable yet (200 ms, while its disk writes) is not seen and
 * stays; no case is made of it.
 */
export async function eraseAccount(
  tenant: string,
  userId: string,
  by: string,
  ports: LearnPorts & { readonly eraseCases: EraseCases },
): Promise<Erased> {
  const account = ports.pseudonyms.of(tenant, 'user', userId);
  const assessments = await ports.assessments.eraseAccount(tenant, account);
  const profile = await ports.profiles.eraseAccount(tenant, account);
  const cases = await ports.eraseCases(tenant, account, by);
  return { profile, assessments, cases };
}
