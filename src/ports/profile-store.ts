// Port: what is remembered of accounts, addresses, networks, devices, and of everybody.
//
// Reads return synchronously where the store is local; a remote store returns a promise, which the caller races against its
// budget. What a read returns is the caller's to look at, not to change. Changes are visible to this process's reads when
// `apply` returns, durable within `flushIntervalMs`, and never lost by a crash of the process after that. Several processes
// may share one store: changes are events that are applied to the newest record, so that none overwrites another's.
import type { Population } from '../domain/facts.ts';
import type { AccountProfile } from '../domain/profile/account.ts';
import type { ProfileChange, SourceKind } from '../domain/profile/change.ts';
import type { SourceProfile } from '../domain/profile/source.ts';

/** Keys are pseudonyms or, for asn and population, coarse values that identify nobody. All are within one tenant. */
export interface ProfileKeys {
  readonly tenant: string;
  readonly account: string;
  readonly host: string;
  readonly block: string;
  readonly asn: number | null;
  readonly device: string | null;
  /** This attempt's value of each population attribute, in order; null where it has none. */
  readonly population: readonly (string | null)[];
}

export interface ProfileBundle {
  readonly account: AccountProfile | null;
  readonly host: SourceProfile | null;
  readonly block: SourceProfile | null;
  readonly asn: SourceProfile | null;
  readonly device: SourceProfile | null;
  readonly population: Population;
}

export type { ProfileChange, SourceKind };

export interface ProfilesExpired {
  readonly forgotten: number;
  /** All that is stored has been looked at; the next call begins anew. */
  readonly complete: boolean;
}

export interface ProfileStore {
  /** Milliseconds within which an applied change is durable against a crash of the process. */
  readonly flushIntervalMs: number;
  read(keys: ProfileKeys): ProfileBundle | Promise<ProfileBundle>;
  readAccount(tenant: string, account: string): AccountProfile | null | Promise<AccountProfile | null>;
  apply(tenant: string, changes: readonly ProfileChange[]): void;
  /** Forgets the account. Shared records hold only short keys of it, which age out. */
  eraseAccount(tenant: string, account: string): Promise<boolean>;
  /**
   * Forgets accounts, addresses, blocks, networks and devices that nobody has touched since `untouchedSinceMs`; what is known of everybody
   * together ages by itself. Bounded work per call: it goes on where the last one ended.
   */
  expire(untouchedSinceMs: number): Promise<ProfilesExpired>;
  /** Resolves when everything applied so far is durable. */
  flush(): Promise<void>;
  close(): Promise<void>;
}
