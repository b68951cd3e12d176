// A profile and what happens to it next: the one rule, for every store, for when an event makes a profile where there was none and when
// one ends it.
import { type AccountEvent, type AccountProfile, applyToAccount, emptyAccount } from './account.ts';
import { accountTouchedMs, type Expiry, sourceTouchedMs } from './expiry.ts';
import { applyToSource, emptySource, type SourceEvent, type SourceProfile } from './source.ts';

/** Changes and returns the given profile, or makes one. Nothing can be taken back from an account that is not remembered. */
export function evolveAccount(profile: AccountProfile | null, event: AccountEvent | Expiry): AccountProfile | null {
  if (event.type === 'expired') return profile === null || accountTouchedMs(profile) < event.atMs ? null : profile;
  if (profile === null && event.type === 'unlearned') return null;
  const next = profile ?? emptyAccount('visit' in event ? event.visit.atMs : event.atMs);
  applyToAccount(next, event);
  return next;
}

export function evolveSource(profile: SourceProfile | null, event: SourceEvent | Expiry): SourceProfile | null {
  if (event.type === 'expired') return profile === null || sourceTouchedMs(profile) < event.atMs ? null : profile;
  if (profile === null && event.type === 'unlearned') return null;
  const next = profile ?? emptySource(event.atMs);
  applyToSource(next, event);
  return next;
}
