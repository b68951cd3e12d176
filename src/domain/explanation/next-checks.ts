// What an analyst may do next: a fixed list, chosen by rules on the reasons, so that no text ever invents a step. The words for them are
// messages ("check.<id>").
import type { Assessment, StoredAssessment } from '../assessment.ts';
import { isFallback } from '../absence.ts';

export const nextCheckIds = [
  'ask_user',
  'call_back',
  'end_sessions',
  'reset_credential',
  'review_factors',
  'review_session_activity',
  'review_other_accounts',
  'review_account_failures',
  'review_source',
  'block_source',
  'confirm_travel',
  'confirm_vpn',
  'confirm_new_device',
  'confirm_account_owner',
  'check_automation_owner',
  'check_recovery',
  'check_recent_change',
  'assess_again',
] as const;
export type NextCheckId = (typeof nextCheckIds)[number];

/** More than these nobody does. */
const checksMax = 4;

/** What each reason suggests, most useful first. A reason that is not here suggests nothing by itself. */
const suggestedBy: Readonly<Record<string, readonly NextCheckId[]>> = {
  DEVICE_ID_REPLAYED: ['end_sessions', 'review_session_activity'],
  SESSION_CONTEXT_CHANGED: ['end_sessions', 'review_session_activity'],
  KNOWN_DEVICE_ON_STRANGE_HOSTING: ['end_sessions', 'review_session_activity'],
  PUSH_FATIGUE: ['call_back', 'reset_credential', 'review_factors'],
  CHALLENGES_FAILED: ['call_back'],
  BREACHED_PASSWORD: ['reset_credential'],
  SUCCESS_AFTER_FAILURES: ['reset_credential', 'review_account_failures'],
  NEW_DEVICE_AFTER_FAILURES: ['reset_credential', 'confirm_new_device'],
  HOSTING_AFTER_FAILURES: ['review_source', 'review_other_accounts'],
  PASSWORD_SPRAY: ['review_other_accounts', 'block_source'],
  ACCOUNTS_TRIED_FROM_ADDRESS: ['review_other_accounts'],
  DEVICE_SHARED_BY_ACCOUNTS: ['review_other_accounts'],
  FAILURES_FROM_ADDRESS: ['review_source'],
  FAILURES_FROM_BLOCK: ['review_source'],
  FAILURES_FROM_NETWORK: ['review_source'],
  FAILURES_ON_ACCOUNT: ['review_account_failures'],
  MANY_SOURCES_ON_ACCOUNT: ['review_account_failures'],
  IMPOSSIBLE_TRAVEL: ['confirm_travel'],
  UNLIKELY_TRAVEL: ['confirm_travel'],
  NEW_COUNTRY: ['confirm_travel'],
  NEW_REGION: ['confirm_travel'],
  NEW_DEVICE_IN_NEW_COUNTRY: ['confirm_travel', 'confirm_new_device'],
  NEW_DEVICE: ['confirm_new_device'],
  NEW_DEVICE_ON_NEW_NETWORK: ['confirm_new_device'],
  HIDDEN_NEW_DEVICE: ['confirm_vpn', 'confirm_new_device'],
  TOR_EXIT: ['confirm_vpn'],
  OPEN_PROXY: ['confirm_vpn'],
  VPN: ['confirm_vpn'],
  PRIVACY_RELAY: ['confirm_vpn'],
  HOSTING_NETWORK: ['confirm_vpn'],
  IP_BLOCKLISTED: ['review_source'],
  AUTOMATION: ['check_automation_owner'],
  INHUMAN_TIMING: ['check_automation_owner'],
  RECOVERY_USED: ['check_recovery'],
  RECENT_CREDENTIAL_CHANGE: ['check_recent_change', 'review_factors'],
  NEW_ACCOUNT: ['confirm_account_owner'],
};

/** Most useful first, none twice: what the strongest reasons suggest; the account holder is asked wherever anything raises the risk. */
export function nextChecks({ assessment, context }: Pick<StoredAssessment, 'assessment' | 'context'>): readonly NextCheckId[] {
  const checks = new Set<NextCheckId>();
  if (isBlind(assessment)) checks.add('assess_again');
  for (const { code, contribution } of assessment.reasons) {
    if (contribution <= 0) continue;
    for (const check of suggestedBy[code] ?? []) if (isUseful(check, context)) checks.add(check);
  }
  const chosen = [...checks].slice(0, checksMax);
  // Asking settles most cases; calling is asking.
  const raises = assessment.reasons.some((reason) => reason.contribution > 0);
  if (!raises || chosen.includes('call_back')) return chosen;
  return context.result === 'failure' ? chosen : [...chosen.slice(0, checksMax - 1), 'ask_user'];
}

/** A wrong credential opened no session and need not be changed. */
function isUseful(check: NextCheckId, context: StoredAssessment['context']): boolean {
  return context.result === 'success' || (check !== 'end_sessions' && check !== 'review_session_activity' && check !== 'reset_credential');
}

function isBlind(assessment: Assessment): boolean {
  return assessment.missing.some((missing) => isFallback(missing.cause));
}
