// What an analyst may do next: a fixed list, so that no text ever invents a step. Words for them are in the messages.

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
  'check_clock',
  'resend_when_known',
  'wait_for_outcome',
] as const;
export type NextCheckId = (typeof nextCheckIds)[number];
