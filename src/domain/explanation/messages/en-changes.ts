// English words for what would have changed a verdict. The changes are said after "with", and may be joined by "and".

export const changeWords = {
  'change.known_device': 'a device the account knows',
  'change.unchanged_device': 'the same machine behind the device id as before',
  'change.known_network': 'a network the account knows',
  'change.known_place': 'a place the account knows',
  'change.possible_journey': 'a journey that is possible',
  'change.no_account_failures': 'no failed try on the account before',
  'change.quiet_source': 'no failed tries and no strangers’ accounts around the address',
  'change.no_other_sources': 'no unknown source trying the account',
  'change.device_not_shared': 'a device id that is used for no other account',
  'change.no_anonymiser': 'no anonymiser',
  'change.unlisted_address': 'an address on no blocklist',
  'change.ordinary_network': 'a consumer network instead of a data centre',
  'change.consistent_client': 'a client that does not contradict itself',
  'change.no_automation': 'no sign of automation',
  'change.no_failed_challenges': 'no failed challenge before',
  'change.unbreached_password': 'a password that is in no known breach',
  'change.no_recovery': 'an ordinary sign-in instead of a recovery',
  'change.usual_client': 'a client as usual for the account as for everybody',
  'change.usual_language': 'the account’s usual language',
  'change.usual_time_zone': 'the account’s usual time zone',
  'change.usual_hour': 'a usual time of the week',
  'change.active_account': 'a last good login as lately as usual',
  'change.session_continues': 'a session that stays where it began',
  'change.no_credential_change': 'no recent change of the credential',
  'change.own_typing': 'the account’s own typing rhythm',
  'change.typed_by_hand': 'keys typed as people type',

  'counterfactual.found': 'With {changes}, the attempt would have been {verdict, select, allow {allowed} other {only challenged}}.',
  'counterfactual.all_ordinary':
    'No three changes would have been enough; with everything ordinary that can be told, the attempt would have been {verdict, select, allow {allowed} other {only challenged}}.',
  'counterfactual.not_enough': 'Nothing ordinary about this attempt would have changed the verdict.',
  'counterfactual.policy': 'The policy entry {rule} decided; no evidence would have changed the verdict.',
  'counterfactual.cannot_recompute': 'What would have changed the verdict cannot be said: the assessment cannot be computed again exactly.',
  'counterfactual.version_gone':
    'What would have changed the verdict cannot be said: the model or policy that decided is no longer at hand.',
  'counterfactual.record_gone': 'What would have changed the verdict cannot be said: the assessment is no longer stored.',
} as const satisfies Readonly<Record<string, string>>;

/** What might have been otherwise. */
export type ChangeId = keyof typeof changeWords extends infer Id ? (Id extends `change.${infer Name}` ? Name : never) : never;
