// Port: what the identity provider knows of an account, for an analyst who looks at a case. Never on the scoring path.
//
// Kept for the length of an investigation, so a page that is opened again costs nothing; several who ask at once are one question.

export const accountStatuses = ['active', 'locked', 'disabled', 'pending'] as const;
export type AccountStatus = (typeof accountStatuses)[number];

/** Null: the provider did not say. Texts are the provider's: shown as inert text, given to no model. */
export interface AccountFacts {
  readonly status: AccountStatus | null;
  readonly displayName: string | null;
  readonly department: string | null;
  readonly createdAtMs: number | null;
  readonly credentialChangedAtMs: number | null;
  readonly mfaEnrolled: boolean | null;
  readonly roles: readonly string[];
}

/** unknown: the provider has no such account; invalid: it answered something else than facts; unavailable: it did not answer, or refused. */
export type AccountFactsAbsence = 'not_configured' | 'unknown' | 'invalid' | 'unavailable' | 'late';

export type AccountFactsAnswer =
  | { readonly kind: 'facts'; readonly facts: AccountFacts; readonly asOfMs: number }
  | { readonly kind: 'absent'; readonly cause: AccountFactsAbsence; readonly asOfMs: number };

export interface AccountFactsSource {
  /** Never rejects, and answers within the source's own limit. */
  of(tenant: string, userId: string): Promise<AccountFactsAnswer>;
  close(): Promise<void>;
}
