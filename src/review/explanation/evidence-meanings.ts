// What each piece of evidence means in plain words, by signal and key: the dictionary of the prompt. Behind the bar, for what carries a
// number, the notions that a sentence must (!) or may name beside that number, so that a true number is never hung on another thing:
// 41 good logins are not 41 good logins from this network. The notions are those of check/lexicon.ts.

type Meanings = Readonly<Record<string, string>>;

const ofNetwork: Readonly<Record<string, Meanings>> = {
  'network.kind': {
    asn: 'the network of the address',
    organisation: 'who operates the network',
    class: 'what kind of network it is',
    list_age_days: 'age of the list copy that names the address|list listed age address class',
  },
  'network.anonymity': {
    kinds: 'what the lists say that the address is',
    list_age_days: 'age of the list copy that names the address|list listed age address hidden value',
    anonymous_share_of_recent: 'share of the recent good logins of the account that were anonymous|!hidden login recent share usual value',
    recent_good_logins: 'recent good logins of the account that were looked at|!login recent',
  },
  'network.blocklist': {
    reports: 'reports of the address on blocklists|!listed|report|list address',
    list_age_days: 'age of the youngest list copy that names the address|list listed report age address',
  },
  'network.familiarity': {
    asn: 'the network of this login',
    organisation: 'who operates the network',
    usual_asn: 'the network that the account uses most',
    good_logins: 'good logins of the account in all|!login all',
    good_logins_from_address: 'good logins of the account from this address|!login !address',
    good_logins_from_block: 'good logins of the account from the block around this address|!login !block address',
    good_logins_from_network: 'good logins of the account from this network|!login !network here',
    networks_known: 'networks that the account has used|!network familiar use other',
    expected_new_share: 'how often the account comes from a new network anyway|!network !familiar share login usual',
  },
  'network.tenant': {
    accounts_at_address: 'other accounts that sign in well from this address|!others|account !address login other',
    accounts_in_block: 'other accounts that sign in well from the block around it|!others|account !block address login other',
    accounts_in_network: 'other accounts that sign in well from this network|!others|account !network login other',
    window_days: 'how far back other accounts were counted|past window',
    asn: 'the network of this login',
    organisation: 'who operates the network',
  },
  'network.rarity': {
    asn: 'the network of this login',
    organisation: 'who operates the network',
    country: 'the country of this login',
    tenant_good_logins: 'good logins of everybody|!login everybody all',
    from_network: 'good logins of everybody from this network|!login !network everybody',
    from_country: 'good logins of everybody from this country|!login !country everybody',
    network_share: 'share of the good logins of everybody that come from this network|login !network everybody share',
    country_share: 'share of the good logins of everybody that come from this country|login !country everybody share',
  },
};

const ofTravel: Readonly<Record<string, Meanings>> = {
  'travel.speed': {
    distance_km: 'distance between the place of an earlier good login and this one|distance travel place login here country same',
    hours: 'time between the two logins|travel time login place distance here country apart',
    speed_kmh: 'speed that the journey would have taken|speed travel',
    uncertainty_km: 'by how much the two locations may be wrong|!uncertainty place distance',
    probability: 'probability that no journey explains both logins|probability impossible plausible travel login',
    location_trust: 'how far the two locations can be trusted|!trust place',
    from_country: 'country of the earlier good login',
    to_country: 'country of this login',
    from_network_class: 'kind of network of the earlier good login',
    to_network_class: 'kind of network of this login',
    anonymous: 'whether this login is behind an anonymiser',
    same_device: 'whether both logins carry the same device id',
    recent_good_logins: 'recent good logins that were compared|!login recent compare',
  },
  'travel.place': {
    country: 'the country of this login',
    region: 'the region of this login',
    city: 'the city of this login',
    usual_country: 'the country that the account uses most',
    usual_city: 'the city that the account uses most',
    good_logins: 'good logins of the account in all|!login all',
    good_logins_in_country: 'good logins of the account from this country|!login !country',
    good_logins_in_region: 'good logins of the account from this region|!login !region',
    good_logins_in_city: 'good logins of the account from this city|!login !city',
    nearest_known_place_km: 'distance to the nearest place of an earlier good login|distance nearest familiar place login travel usual',
    uncertainty_km: 'by how much the location may be wrong|!uncertainty place distance',
    countries_known: 'countries that the account has used|!country familiar use other',
    network_class: 'kind of network of this login',
    anonymous: 'whether this login is behind an anonymiser',
  },
  'travel.timezone': {
    device_time_zone: 'the time zone that the device is set to',
    address_time_zone: 'the time zone at the place of the address',
    difference_hours:
      'hours between the clock of the device and the clock at the address|clock zone device address difference place match same',
    usual_time_zone: 'the time zone that the account uses most',
    good_logins: 'good logins of the account in all|!login all',
    good_logins_in_zone: 'good logins of the account with this time zone|!login !zone device',
    anonymous: 'whether this login is behind an anonymiser',
  },
};

const ofDevice: Readonly<Record<string, Meanings>> = {
  'device.familiarity': {
    good_logins: 'good logins of the account with this device|!login device familiar use',
    first_used_days_ago: 'how long ago the account first used the device|!first !device|use login',
    last_used_days_ago: 'how long ago the account last used the device|!last !device|use login',
    browser: 'the browser of this login',
    os: 'the operating system of this login',
    id_sent: 'whether the client sent a device id',
    devices_known: 'devices that the account has used|!device familiar other use',
    similarity: 'how similar the most similar known device is|!similar nearest device share familiar',
    nearest_browser: 'the browser of the most similar known device',
    nearest_os: 'the operating system of the most similar known device',
    nearest_good_logins: 'good logins with the most similar known device|!nearest !login device familiar similar',
    nearest_last_used_days_ago: 'how long ago the most similar known device was used|!nearest device last familiar similar use login',
  },
  'device.account_rarity': {
    attribute: 'what was compared: browser, os or device_type',
    observed: 'what this login shows',
    good_logins_with_it: 'good logins of the account that show the same|!login !client use same',
    good_logins: 'good logins of the account in all|!login all',
    usual: 'what the account shows most',
    share_of_everybody: 'share of the good logins of everybody that show the same|!everybody login share client use',
    ratio_log: 'how much rarer it is for the account than for everybody|client everybody usual common ratio use',
  },
  'device.rarity': {
    browser: 'the browser of this login',
    browser_version: 'the version of the browser|!version client',
    os: 'the operating system of this login',
    device_type: 'the type of the device',
    good_logins_of_everybody: 'good logins of everybody|!login everybody all',
    with_browser: 'good logins of everybody with this browser|!login !browser everybody client use',
    with_browser_version: 'good logins of everybody with this version of the browser|!login !version browser everybody client use',
    with_os: 'good logins of everybody with this operating system|!login !system everybody client use',
    with_device_type: 'good logins of everybody with this type of device|!login !type device everybody client use',
    browser_share: 'share of the good logins of everybody with this browser and version|browser version share everybody login client use',
  },
  'device.automation': {
    remotely_controlled: 'whether the browser says that a program controls it',
    client_kind: 'what kind of client it says it is',
    browser: 'the browser of this login',
    good_logins_like_this: 'good logins of the account by the same automation|!login automated same use',
  },
  'device.inconsistency': {
    contradictions: 'claims of the client that contradict each other',
    compared: 'claims that could be compared|!check compare all',
    agreed: 'claims that agree|check !match compare',
    os: 'the operating system of this login',
    device_type: 'the type of the device',
    browser: 'the browser of this login',
    screen: 'the size of the screen',
    time_zone: 'the time zone that the device is set to',
  },
  'device.replay': {
    os: 'the operating system of this login',
    browser: 'the browser of this login',
    screen: 'the size of the screen',
    asn: 'the network of this login',
    asn_class: 'kind of network of this login',
    country: 'the country of this login',
    known_to_account: 'whether the account knows the device id',
    usual_os: 'the operating system that the device id is known with',
    network_new_to_account: 'whether the network is new to the account',
    usual_browser: 'the browser that the device id is known with',
    usual_screen: 'the screen that the device id is known with',
    last_asn: 'the network where the device id was last used',
    last_country: 'the country where the device id was last used',
    fingerprint_changed: 'whether the fingerprint of the device changed',
    good_logins: 'good logins of the account with this device id|!login device familiar use',
    last_used_days_ago: 'how long ago the device id was last used|last device familiar use login',
  },
  'device.sharing': {
    other_accounts_1h: 'other accounts tried with this device|!others|account other device try',
    other_accounts_24h: 'other accounts tried with this device|!others|account other device try',
    without_good_login_24h:
      'other accounts tried with this device that never signed in well with it|!others|account !without other device try login',
    failures_1h: 'failed tries with this device|!failure device try login',
    failures_24h: 'failed tries with this device|!failure device try login',
    good_logins: 'good logins with this device|!login device',
  },
};

const ofHistory: Readonly<Record<string, Meanings>> = {
  'history.language': {
    language: 'the language that the browser asks for',
    good_logins_with_it: 'good logins of the account in this language|!login !language client use',
    good_logins: 'good logins of the account in all|!login all',
    usual_language: 'the language that the account uses most',
    share_of_everybody: 'share of the good logins of everybody in this language|!everybody login share language use',
    ratio_log: 'how much rarer the language is for the account than for everybody|language everybody usual common ratio use',
  },
  'history.hour': {
    time_utc: 'the time of this login, UTC',
    weekday_utc: 'the day of the week, UTC',
    times_usual: 'how usual this time is against any time|hour login usual common ratio other',
    good_logins_compared: 'good logins of the account whose time was compared|!login compare hour',
    nearest_minutes_of_day: 'time of the day between this login and the nearest earlier one|!nearest hour login distance usual other',
  },
  'history.depth': {
    good_logins: 'good logins of the account in all|!login all history',
    first_good_login_days_ago: 'how long ago the first good login was|!first login history',
    account_age_days: 'age of the account|!age|created account',
  },
  'history.dormancy': {
    last_good_login_days_ago: 'how long ago the last good login was|login last dormant since',
    usual_interval_days: 'the usual time between two good logins|!interval|usual login',
    times_usual: 'how the pause compares with the usual one|interval usual login dormant ratio longer',
    good_logins: 'good logins of the account in all|!login all history',
  },
  'history.change': {
    changed_hours_ago: 'how long ago password or factor was changed|change credential',
    first_credential: 'whether it was the first one of the account',
    good_login_since: 'whether a good login followed the change',
    account_age_days: 'age of the account|!age|created account',
  },
  'history.session': {
    country: 'the country of this login',
    began_in_country: 'the country where the session began',
    os: 'the operating system of this login',
    began_on_os: 'the operating system on which the session began',
    same_device_id: 'whether the device id is the one that the session began with',
    asn: 'the network of this login',
    began_on_asn: 'the network on which the session began',
    began_days_ago: 'how long ago the session began|session began since',
  },
};

const ofVelocity: Readonly<Record<string, Meanings>> = {
  'velocity.account': {
    failures_1m: 'failed tries on the account|!failure try login account',
    failures_10m: 'failed tries on the account|!failure try login account',
    failures_1h: 'failed tries on the account|!failure try login account',
    failures_24h: 'failed tries on the account|!failure try login account',
  },
  'velocity.spread': {
    unknown_addresses_1h: 'unknown addresses that tried the account|!address familiar other try account source',
    unknown_addresses_24h: 'unknown addresses that tried the account|!address familiar other try account source',
    unknown_networks_24h: 'unknown networks that tried the account|!network familiar other try account source',
    unknown_devices_24h: 'unknown devices that tried the account|!device familiar other try account source',
    counted_at_most: 'where the count stops|!limit',
  },
  'velocity.host': {
    failures_1m: 'failed tries from the address|!failure try login address',
    failures_10m: 'failed tries from the address|!failure try login address',
    failures_1h: 'failed tries from the address|!failure try login address',
    tries_1h: 'all tries from the address|!try login address all',
    failures_24h: 'failed tries from the address|!failure try login address',
  },
  'velocity.block': {
    failures_elsewhere_1h: 'failed tries from the other addresses of the block|!failure try login block address other',
    tries_elsewhere_1h: 'all tries from the other addresses of the block|!try login block address other all',
    failures_elsewhere_24h: 'failed tries from the other addresses of the block|!failure try login block address other',
    block: 'the size of the block',
  },
  'velocity.asn': {
    asn: 'the network of this login',
    organisation: 'who operates the network',
    failures_1h: 'failed tries from the rest of the network|!failure try login network other',
    tries_1h: 'all tries from the rest of the network|!try login network other all',
    failures_24h: 'failed tries from the rest of the network|!failure try login network other',
    tries_24h: 'all tries from the rest of the network|!try login network other all',
  },
  'velocity.spray': {
    strange_accounts_1h:
      'other accounts tried from the address that never signed in from it|!others|account other address try familiar here',
    strange_accounts_24h:
      'other accounts tried from the address that never signed in from it|!others|account other address try familiar here',
    strange_accounts_elsewhere_in_block_1h:
      'such accounts tried from the rest of the block|!others|account !block other address try familiar',
    counted_at_most: 'where the count stops|!limit',
    accounts_known_good_here: 'accounts that are known to sign in well from here|!others|account !home familiar login here address',
    tries_1h: 'tries from the address|!try address all',
  },
  'velocity.burst': {
    result: 'whether the credential was right',
    account_failures_10m: 'failed tries on the account before|!failure try login account',
    account_failures_1h: 'failed tries on the account before|!failure try login account',
    address_known_to_account: 'whether the account has used the address before',
    address_failures_on_others_10m: 'failed tries from the address on other accounts|!failure !others|other try login account address',
    address_tries_10m: 'all tries from the address|!try login !address all',
  },
};

const ofPerson: Readonly<Record<string, Meanings>> = {
  'credential.method': { method: 'how the login was made', breached: 'whether the password is known from a breach' },
  'credential.push': {
    challenges_failed_10m: 'challenges that failed or were left unanswered|!challenge failure account',
    challenges_failed_1h: 'challenges that failed or were left unanswered|!challenge failure account',
    method: 'how the login was made',
  },
  'behaviour.typing': {
    distance: 'how far the rhythm is from the usual one, in usual deviations|rhythm keys difference usual match ratio',
    confidence: 'how sure the comparison is|!trust rhythm compare',
    compared_by: 'what was compared',
    keys: 'keys that were pressed|!keys',
    samples_learnt: 'earlier samples that the rhythm was learnt from|!sample login rhythm',
  },
  'behaviour.robot': {
    keys: 'keys that were pressed|!keys',
    mean_hold_ms: 'how long a key was held, on average|!hold keys average',
    mean_gap_ms: 'time from one key to the next, on average|!gap keys average',
    hold_spread_ms: 'how much the holding times vary|!hold !spread keys',
    gap_spread_ms: 'how much the gaps vary|!gap !spread keys',
    form_ms: 'how long the form was open|!form',
    machine_rhythm: 'how sure it is that no person pressed the keys|!probability human automated keys rhythm',
    form_too_short: 'whether the form was open for less time than the keys took',
    good_logins_typed_by_machine: 'good logins of the account that a machine typed|!login !automated keys',
  },
  combination: {
    new_country: 'whether the country is new to the account',
    new_network: 'whether the network is new to the account',
    country: 'the country of this login',
    asn: 'the network of this login',
    hosting: 'whether the network is a data centre',
    hidden: 'whether the address hides its user',
    share_new: 'share of what was observed that is new to the account|!familiar share all check',
    failures_beyond_half_1h: 'failures around this login beyond half of the tries|!failure !half try',
    failures_on_account_1h: 'failed tries on the account|!failure try login account',
    good_logins: 'good logins of the account in all|!login all history',
  },
};

const meaningsBySignal: Readonly<Record<string, Meanings>> = {
  ...ofNetwork,
  ...ofTravel,
  ...ofDevice,
  ...ofHistory,
  ...ofVelocity,
  ...ofPerson,
};

/** Notions that stand for each other, one of which must be named. */
export type Notions = readonly string[];

export interface EvidenceMeaning {
  readonly meaning: string;
  readonly mustName: readonly Notions[];
  readonly mayName: ReadonlySet<string>;
}

const read = new Map<string, EvidenceMeaning>(
  Object.entries(meaningsBySignal).flatMap(([signal, keys]) =>
    Object.entries(keys).map(([key, text]) => [`${signal}.${key}`, meaningOf(text)]),
  ),
);

/** "good logins in all|!login all": what it means, then the notions; "!a|b" wants one of the two. */
function meaningOf(text: string): EvidenceMeaning {
  const bar = text.indexOf('|');
  const notions = bar < 0 ? [] : text.slice(bar + 1).split(' ');
  const mustName = notions.filter((notion) => notion.startsWith('!')).map((notion) => notion.slice(1).split('|'));
  const mayName = new Set([...mustName.flat(), ...notions.filter((notion) => !notion.startsWith('!'))]);
  return { meaning: bar < 0 ? text : text.slice(0, bar), mustName, mayName };
}

const unnamed: EvidenceMeaning = { meaning: '', mustName: [], mayName: new Set() };

/** A test holds this to the declarations: whatever a reader may be shown has a meaning. */
export function evidenceMeaning(signal: string, key: string): EvidenceMeaning {
  return read.get(`${signal}.${key}`) ?? unnamed;
}

export function meaningKeys(signal: string): string[] {
  return Object.keys(meaningsBySignal[signal] ?? {});
}
