// What is true of a reason on the scales of check/lexicon.ts: by its code, where the code says one thing and not "this or that", and by the
// evidence. A claim in a sentence must be one of these truths and must contradict none.
import type { StoryItem, StoryReason } from '../story.ts';

export interface Truth {
  readonly subject: string;
  readonly axis: string;
  readonly sign: 1 | -1;
}

/** "subject:scale+" or "subject:scale-"; several subjects by comma; "*" is everything that was observed. */
const ofCode: Readonly<Record<string, string>> = {
  TOR_EXIT: '*:hidden+',
  OPEN_PROXY: '*:hidden+',
  VPN: '*:hidden+',
  PRIVACY_RELAY: '*:hidden+',
  USUAL_ANONYMITY: '*:hidden+',
  NOT_ANONYMOUS: '*:hidden- *:listed-',
  IP_BLOCKLISTED: '*:listed+',
  BLOCKLIST_SILENT: '*:listed-',
  NOT_LISTED: '*:listed-',
  STALE_LISTING: '*:listed+',
  NEW_NETWORK: 'network,address,block,place:familiar-',
  KNOWN_NETWORK: 'network,place:familiar+',
  ROAMING_ACCOUNT: 'network:familiar-',
  SHARED_WITH_COLLEAGUES: 'network,address,block:shared+',
  RARE_NETWORK: 'network,country:common-',
  COMMON_NETWORK: 'network,country:common+',
  IMPOSSIBLE_TRAVEL: '*:impossible+ *:plausible-',
  UNLIKELY_TRAVEL: '*:plausible-',
  PLAUSIBLE_TRAVEL: '*:plausible+ *:impossible-',
  NEW_COUNTRY: 'country,place:familiar- country:usual-',
  NEW_REGION: 'country:familiar+ region,place:familiar- region:usual-',
  NEW_CITY: 'region:familiar+ city,place:familiar- city:usual-',
  USUAL_PLACE: 'place:familiar+ place:usual+',
  TIMEZONE_MISMATCH: 'clock,zone:match- clock,zone:same-',
  NEW_TIMEZONE: 'zone:familiar- zone:usual-',
  TIMEZONE_MATCH: 'clock,zone:match+',
  USUAL_TIMEZONE: 'zone:familiar+ zone:usual+',
  NEW_DEVICE: 'device,id:familiar-',
  RECENT_DEVICE: 'device:familiar+',
  KNOWN_DEVICE: 'device,id:familiar+',
  SIMILAR_DEVICE: 'device,client:similar+',
  UNUSUAL_CLIENT: 'client:usual-',
  USUAL_CLIENT: 'client:usual+',
  RARE_CLIENT: 'client:common-',
  COMMON_CLIENT: 'client,browser,system,type:common+',
  UNUSUAL_HOUR: 'hour,login,attempt:usual-',
  USUAL_HOUR: 'hour,login,attempt:usual+',
  ESTABLISHED_ACCOUNT: 'account:established+ account:familiar+',
  DORMANT_ACCOUNT: 'account:dormant+',
  ACTIVE_ACCOUNT: 'account:dormant-',
  NO_RECENT_CREDENTIAL_CHANGE: 'credential:change-',
  SESSION_CONTINUES: 'session:change-',
  FAILURES_FROM_NETWORK: 'failure,try,share:usual- share,failure:excess+',
  USUAL_NETWORK_FAILURES: 'failure,try:excess- failure,try,share:usual+',
  FEW_FAILURES_FROM_ADDRESS: 'failure,try:excess- failure,try:usual+',
  FEW_FAILURES_FROM_BLOCK: 'failure,try:excess- failure,try:usual+',
  FEW_FAILURES_ON_ACCOUNT: 'failure,try:excess-',
  NO_FAILURES_ON_ACCOUNT: 'failure,try:failure-',
  NO_FAILURES_FROM_ADDRESS: 'failure,try:failure-',
  NO_FAILED_CHALLENGES: 'challenge:failure-',
  SUCCESS_AFTER_FAILURES: 'credential,login,attempt,try:success+',
  BREACHED_PASSWORD: 'credential:breached+',
  PHISHABLE_METHOD: 'credential:phishable+',
  STRONG_METHOD: 'credential:phishable- credential:strong+',
  TYPING_MISMATCH: 'rhythm,keys:match- rhythm,keys:same- rhythm,keys:usual-',
  TYPING_MATCH: 'rhythm,keys:match+ rhythm,keys:usual+ rhythm,keys:similar+',
  INHUMAN_TIMING: 'keys,rhythm:human-',
  HUMAN_TIMING: 'keys,rhythm:human+ keys,rhythm:automated-',
  NEW_DEVICE_IN_NEW_COUNTRY: 'device,country:familiar-',
  NEW_DEVICE_ON_NEW_NETWORK: 'device,network:familiar-',
  NEW_DEVICE_AFTER_FAILURES: 'device:familiar- failure,try:failure+',
  HOSTING_AFTER_FAILURES: 'failure,try:failure+',
  KNOWN_DEVICE_ON_STRANGE_HOSTING: 'device,id:familiar+ country:familiar-',
  HIDDEN_NEW_DEVICE: 'device:familiar- *:hidden+',
  NOTHING_FAMILIAR: '*:familiar-',
  EVERYTHING_FAMILIAR: '*:familiar+ device,network,country:familiar+',
};

/** Words of closed sets that a code stands for by itself. */
const valuesOfCode: Readonly<Record<string, readonly string[]>> = {
  HOSTING_NETWORK: ['hosting'],
  CONSUMER_NETWORK: ['isp'],
  MOBILE_NETWORK: ['mobile'],
  TOR_EXIT: ['tor'],
  OPEN_PROXY: ['proxy'],
  VPN: ['vpn'],
  PRIVACY_RELAY: ['relay'],
  HOSTING_AFTER_FAILURES: ['hosting'],
  KNOWN_DEVICE_ON_STRANGE_HOSTING: ['hosting'],
  BREACHED_PASSWORD: ['password'],
  RECENT_CREDENTIAL_CHANGE: ['password'],
  NO_RECENT_CREDENTIAL_CHANGE: ['password'],
  RECOVERY_USED: ['recovery'],
};

/** Flags as claims: what "yes" says. "No" says the opposite. */
const ofFlag: Readonly<Record<string, string>> = {
  anonymous: '*:hidden+',
  hidden: '*:hidden+',
  same_device: 'device,id:same+',
  same_device_id: 'device,id:same+',
  new_country: 'country:familiar-',
  new_network: 'network:familiar-',
  breached: 'credential:breached+',
  remotely_controlled: 'browser,client,device:automated+',
  known_to_account: 'device,id:familiar+',
  network_new_to_account: 'network:familiar-',
  address_known_to_account: 'address:familiar+',
  fingerprint_changed: 'fingerprint:change+ fingerprint:same-',
};

/** Numbers that say "never" when they are 0 and "before" otherwise. */
const seenCounts: Readonly<Record<string, string>> = {
  good_logins_from_address: 'address',
  good_logins_from_block: 'block',
  good_logins_from_network: 'network',
  good_logins_in_country: 'country',
  good_logins_in_region: 'region',
  good_logins_in_city: 'city',
  good_logins_in_zone: 'zone',
};

/** Two handles that are the same or are not. */
const pairs: readonly (readonly [string, string, string])[] = [
  ['os', 'usual_os', 'system'],
  ['browser', 'usual_browser', 'browser'],
  ['screen', 'usual_screen', 'screen'],
  ['asn', 'last_asn', 'network'],
  ['country', 'last_country', 'country'],
  ['country', 'began_in_country', 'country'],
  ['os', 'began_on_os', 'system'],
  ['asn', 'began_on_asn', 'network'],
  ['to_country', 'from_country', 'country'],
  ['asn', 'usual_asn', 'network'],
  ['country', 'usual_country', 'country'],
  ['city', 'usual_city', 'city'],
  ['device_time_zone', 'usual_time_zone', 'zone'],
  ['device_time_zone', 'address_time_zone', 'zone'],
  ['language', 'usual_language', 'language'],
  ['observed', 'usual', 'client'],
];

export interface Truths {
  /** By code and by evidence that the finding cites: what it may claim. */
  readonly claimable: readonly Truth[];
  /** By all the evidence of its reasons: what it may not contradict. */
  readonly all: readonly Truth[];
  /** Words of closed sets. */
  readonly values: ReadonlySet<string>;
}

export function truthsOf(reasons: readonly StoryReason[], cited: ReadonlySet<string>): Truths {
  const byCode = reasons.flatMap((reason) => parse(ofCode[reason.code] ?? '', 1));
  const byEvidence = (items: (reason: StoryReason) => readonly StoryItem[]): Truth[] =>
    reasons.flatMap((reason) => [...items(reason).flatMap((item) => itemTruths(reason, item)), ...pairTruths(reason.items, items(reason))]);
  const citedItems = (reason: StoryReason): readonly StoryItem[] => reason.items.filter((item) => cited.has(item.id));
  const values = reasons.flatMap((reason) => [...(valuesOfCode[reason.code] ?? []), ...citedItems(reason).flatMap(tokensOf)]);
  return {
    claimable: [...byCode, ...byEvidence(citedItems)],
    all: [...byCode, ...byEvidence((reason) => reason.items)],
    values: new Set(values),
  };
}

function tokensOf(item: StoryItem): readonly string[] {
  if (item.value.type === 'tokens') return item.value.values;
  return item.key === 'hosting' && item.value.type === 'flag' && item.value.value ? ['hosting'] : [];
}

const parsed = new Map<string, readonly Truth[]>();

function parse(text: string, factor: 1 | -1): readonly Truth[] {
  const key = `${factor}${text}`;
  const known = parsed.get(key);
  if (known !== undefined) return known;
  const truths = text
    .split(' ')
    .filter((part) => part !== '')
    .flatMap((part): Truth[] => {
      const [subjects, scale] = part.split(':') as [string, string];
      const sign = (scale.endsWith('+') ? 1 : -1) * factor === 1 ? 1 : -1;
      return subjects.split(',').map((subject) => ({ subject, axis: scale.slice(0, -1), sign }));
    });
  parsed.set(key, truths);
  return truths;
}

/** A share below this is rare and above that common; between them neither word is right. */
const rareMax = 0.1;
const commonMin = 0.2;
const youngDaysMax = 30;

function itemTruths(reason: StoryReason, item: StoryItem): readonly Truth[] {
  const { value, key } = item;
  if (value.type === 'flag') return parse(ofFlag[key] ?? '', value.value ? 1 : -1);
  if (value.type === 'tokens') return tokenTruths(reason, key, value.values);
  if (value.type !== 'number') return [];
  const amount = (value.readings[0] as { readonly value: number }).value;
  const seen = seenCounts[key];
  if (seen !== undefined) return parse(`${seen}:familiar+`, amount > 0 ? 1 : -1);
  return numberTruths(reason, item, amount);
}

function numberTruths(reason: StoryReason, item: StoryItem, amount: number): readonly Truth[] {
  const { key } = item;
  if (key.endsWith('_share')) return shareTruths(key, item);
  if (item.declaration.kind === 'count' && /failure|challenges_failed/.test(key)) {
    return amount > 0 ? parse('failure,try,challenge:failure+', 1) : [];
  }
  if (key === 'good_logins_with_it')
    return parse(`${reason.signal === 'history.language' ? 'language' : 'client'}:familiar+`, amount > 0 ? 1 : -1);
  if (key === 'other_accounts_24h') return parse('device:shared+', amount > 0 ? 1 : -1);
  if (key === 'account_age_days') {
    const reading = (item.value as { readonly readings: readonly { readonly unit: unknown; readonly value: number }[] }).readings[0];
    const days = reading?.unit === 'days' ? reading.value : reading?.unit === 'hours' || reading?.unit === 'minutes' ? 0 : youngDaysMax * 2;
    return days <= youngDaysMax ? parse('account:established- account:familiar-', 1) : parse('account:established+', 1);
  }
  if (key === 'changed_hours_ago') return parse('credential:change+', 1);
  return key === 'ratio_log' ? ratioTruths(reason, item) : [];
}

function ratioTruths(reason: StoryReason, item: StoryItem): readonly Truth[] {
  const subject = reason.signal === 'history.language' ? 'language' : 'client';
  const { value } = item;
  const rarer = value.type === 'number' && value.sense === 'rarer';
  return parse(`${subject}:usual+`, rarer ? -1 : 1);
}

function shareTruths(key: string, item: StoryItem): readonly Truth[] {
  const subject = key === 'country_share' ? 'country' : key === 'network_share' ? 'network' : key === 'browser_share' ? 'browser' : null;
  if (subject === null || item.value.type !== 'number') return [];
  const first = item.value.readings[0];
  if (first === undefined) return [];
  const share = first.unit === 'one_in' ? 1 / first.value : first.value / 100;
  if (share <= rareMax) return parse(`${subject}:common-`, 1);
  return share >= commonMin ? parse(`${subject}:common+`, 1) : [];
}

function tokenTruths(reason: StoryReason, key: string, values: readonly string[]): readonly Truth[] {
  if (key === 'contradictions') return parse('check,client,device,browser,system,screen,zone,clock:match-', 1);
  if (key === 'client_kind' && values[0] !== 'empty') return parse('client,browser,device:automated-', values[0] === 'browser' ? 1 : -1);
  if (key === 'attribute') {
    const subject = { browser: 'browser', os: 'system', device_type: 'type' }[values[0] as string] as string;
    return parse(`${subject},client:usual${reason.direction === 'raises' ? '-' : '+'}`, 1);
  }
  return key === 'result' ? parse('credential,login,attempt,try:success+', values[0] === 'success' ? 1 : -1) : [];
}

/** Both ends must be told; a claim about the two may be made when either is cited. */
function pairTruths(all: readonly StoryItem[], items: readonly StoryItem[]): Truth[] {
  const name = (from: readonly StoryItem[], key: string): string | null => {
    const value = from.find((item) => item.key === key)?.value;
    return value?.type === 'handle' ? value.name : null;
  };
  return pairs.flatMap(([now, past, subject]) => {
    const [here, there] = [name(all, now), name(all, past)];
    if (here === null || there === null || (name(items, now) === null && name(items, past) === null)) return [];
    // Zones of two names may keep one time: whether clocks match is the code's to say.
    const match = subject === 'zone' ? '' : ` ${subject}:match+`;
    return parse(`${subject}:same+ ${subject}:change-${match}`, here === there ? 1 : -1);
  });
}
