// True findings in many wordings, made from the evidence as a person would write them, without a look at the validator's word lists. What
// the validator drops of these is what a good model loses.
import type { Story, StoryItem, StoryReason } from '../../src/review/explanation/story.ts';

export interface MadeFinding {
  readonly pattern: string;
  readonly evidence: readonly string[];
  readonly sentence: string;
}

type Pick = <T>(options: readonly T[]) => T;

/** The evidence of one reason as words; null where it is unknown. */
interface Told {
  readonly reason: StoryReason;
  /** A count or measure with its unit, in one of the ways people write it. */
  num(key: string): string;
  raw(key: string): number;
  name(key: string): string;
  flag(key: string): boolean;
  token(key: string): string;
  has(...keys: string[]): boolean;
  pick: Pick;
}

interface Pattern {
  readonly name: string;
  readonly signal: string;
  readonly codes?: readonly string[];
  readonly keys: readonly string[];
  readonly when?: (told: Told) => boolean;
  readonly say: (told: Told) => string;
}

const classWords: Readonly<Record<string, readonly string[]>> = {
  hosting: ['a data centre', 'a hosting network', 'a hosting provider'],
  isp: ['a consumer internet provider', 'a residential network'],
  mobile: ['a mobile carrier', 'a mobile network'],
  business: ['a business network', 'a company network'],
  education: ['a school network', 'an education network'],
  government: ['a government network'],
};

const patterns: readonly Pattern[] = [
  {
    name: 'kind/class',
    signal: 'network.kind',
    keys: ['class'],
    when: (t) => t.token('class') in classWords,
    say: (t) => `The address belongs to ${t.pick(classWords[t.token('class')]!)}.`,
  },
  {
    name: 'kind/asn',
    signal: 'network.kind',
    keys: ['asn', 'class'],
    when: (t) => t.token('class') === 'hosting',
    say: (t) => `This login comes from ${t.name('asn')}, which is ${t.pick(['a data centre', 'a hosting network'])}.`,
  },
  {
    name: 'anonymity/tor',
    signal: 'network.anonymity',
    codes: ['TOR_EXIT'],
    keys: ['kinds'],
    say: (t) =>
      t.pick(['The login comes through the Tor network.', 'The address is a Tor exit.', 'The address is hidden behind a Tor exit node.']),
  },
  {
    name: 'anonymity/vpn',
    signal: 'network.anonymity',
    codes: ['VPN'],
    keys: ['kinds'],
    say: (t) =>
      t.pick([
        'The attempt was made through a VPN.',
        'A VPN service hides where the login comes from.',
        'The address belongs to a VPN service.',
      ]),
  },
  {
    name: 'anonymity/proxy',
    signal: 'network.anonymity',
    codes: ['OPEN_PROXY'],
    keys: ['kinds'],
    say: (t) => t.pick(['The login came through an open proxy.', 'The address is a public proxy.']),
  },
  {
    name: 'anonymity/share',
    signal: 'network.anonymity',
    keys: ['anonymous_share_of_recent', 'recent_good_logins'],
    when: (t) => t.raw('recent_good_logins') > 0,
    say: (t) => `${cap(t.num('anonymous_share_of_recent'))} of the ${t.num('recent_good_logins')} recent good logins were anonymous.`,
  },
  {
    name: 'blocklist/reports',
    signal: 'network.blocklist',
    codes: ['IP_BLOCKLISTED', 'STALE_LISTING'],
    keys: ['reports'],
    when: (t) => t.raw('reports') > 1,
    say: (t) =>
      t.pick([
        `The address has ${t.num('reports')} reports on blocklists.`,
        `Blocklists hold ${t.num('reports')} reports of this address.`,
        `The address was reported ${t.num('reports')} times.`,
      ]),
  },
  {
    name: 'blocklist/none',
    signal: 'network.blocklist',
    codes: ['NOT_LISTED'],
    keys: ['reports'],
    when: (t) => t.raw('reports') === 0,
    say: (t) => t.pick(['No blocklist names the address.', 'The address is not on any blocklist.', 'The address is not listed.']),
  },
  {
    name: 'blocklist/age',
    signal: 'network.blocklist',
    keys: ['list_age_days'],
    say: (t) => `The list that names the address is ${t.num('list_age_days')} old.`,
  },
  {
    name: 'network/new',
    signal: 'network.familiarity',
    codes: ['NEW_NETWORK'],
    keys: ['good_logins', 'good_logins_from_network'],
    when: (t) => t.raw('good_logins_from_network') === 0 && t.raw('good_logins') > 1,
    say: (t) =>
      t.pick([
        `None of the account's ${t.num('good_logins')} good logins came from this network.`,
        `The account has ${t.num('good_logins')} good logins, but none from this network.`,
        'The account has never signed in from this network.',
        'The network is new to this account.',
        `Across ${t.num('good_logins')} good logins the account never used this network.`,
      ]),
  },
  {
    name: 'network/known',
    signal: 'network.familiarity',
    codes: ['KNOWN_NETWORK'],
    keys: ['good_logins', 'good_logins_from_network'],
    when: (t) => t.raw('good_logins_from_network') > 0,
    say: (t) =>
      t.pick([
        `${cap(t.num('good_logins_from_network'))} of ${t.num('good_logins')} good logins came from this network.`,
        `The account has signed in well from this network ${t.num('good_logins_from_network')} times.`,
        'The account has used this network before.',
        'The network is known to the account.',
      ]),
  },
  {
    name: 'network/usual',
    signal: 'network.familiarity',
    keys: ['asn', 'usual_asn'],
    when: (t) => t.name('asn') !== t.name('usual_asn'),
    say: (t) =>
      t.pick([
        `The login comes from ${t.name('asn')}, while the account usually uses ${t.name('usual_asn')}.`,
        `The usual network is ${t.name('usual_asn')}, but this login came from ${t.name('asn')}.`,
        `This login used ${t.name('asn')} instead of the usual ${t.name('usual_asn')}.`,
      ]),
  },
  {
    name: 'network/expected',
    signal: 'network.familiarity',
    keys: ['networks_known'],
    when: (t) => t.raw('networks_known') > 1,
    say: (t) =>
      t.pick([
        `The account knows ${t.num('networks_known')} networks.`,
        `The account has used ${t.num('networks_known')} other networks before.`,
      ]),
  },
  {
    name: 'tenant/address',
    signal: 'network.tenant',
    keys: ['accounts_at_address'],
    when: (t) => t.raw('accounts_at_address') !== 1,
    say: (t) =>
      t.pick([
        `${cap(t.num('accounts_at_address'))} other accounts sign in from this address.`,
        `The address is used by ${t.num('accounts_at_address')} other accounts.`,
      ]),
  },
  {
    name: 'tenant/network',
    signal: 'network.tenant',
    keys: ['accounts_in_network', 'window_days'],
    when: (t) => t.raw('accounts_in_network') !== 1,
    say: (t) => `In the last ${t.num('window_days')}, ${t.num('accounts_in_network')} other accounts signed in from this network.`,
  },
  {
    name: 'rarity/share',
    signal: 'network.rarity',
    keys: ['from_network', 'tenant_good_logins'],
    when: (t) => t.raw('tenant_good_logins') > 0,
    say: (t) =>
      t.pick([
        `${cap(t.num('from_network'))} of everybody's ${t.num('tenant_good_logins')} good logins came from this network.`,
        `Only ${t.num('from_network')} of ${t.num('tenant_good_logins')} good logins of all users came from this network.`,
      ]),
  },
  {
    name: 'rarity/country',
    signal: 'network.rarity',
    keys: ['country_share', 'country'],
    say: (t) => `${cap(t.num('country_share'))} of good logins come from ${t.name('country')}.`,
  },
  {
    name: 'speed/impossible',
    signal: 'travel.speed',
    codes: ['IMPOSSIBLE_TRAVEL'],
    keys: ['distance_km', 'hours'],
    say: (t) =>
      t.pick([
        `The two logins are ${t.num('distance_km')} apart but only ${t.num('hours')} lie between them.`,
        `Nobody could have travelled ${t.num('distance_km')} in ${t.num('hours')}.`,
        `Travelling ${t.num('distance_km')} in ${t.num('hours')} is impossible.`,
        `A distance of ${t.num('distance_km')} was covered in ${t.num('hours')}.`,
        `It is physically impossible to cover ${t.num('distance_km')} in ${t.num('hours')}.`,
      ]),
  },
  {
    name: 'speed/speed',
    signal: 'travel.speed',
    keys: ['speed_kmh'],
    say: (t) =>
      t.pick([
        `The journey would require a speed of ${t.num('speed_kmh')}.`,
        `The implied travel speed is ${t.num('speed_kmh')}.`,
        `Getting here would have taken ${t.num('speed_kmh')}.`,
      ]),
  },
  {
    name: 'speed/countries',
    signal: 'travel.speed',
    keys: ['from_country', 'to_country'],
    when: (t) => t.name('from_country') !== t.name('to_country'),
    say: (t) =>
      t.pick([
        `The journey leads from ${t.name('from_country')} to ${t.name('to_country')}.`,
        `The previous login was in ${t.name('from_country')} and this one is in ${t.name('to_country')}.`,
        `An earlier good login came from ${t.name('from_country')}, this one from ${t.name('to_country')}.`,
      ]),
  },
  {
    name: 'speed/error',
    signal: 'travel.speed',
    keys: ['distance_km', 'uncertainty_km'],
    say: (t) =>
      t.pick([
        `The distance is ${t.num('distance_km')} with a location error of ${t.num('uncertainty_km')}.`,
        `The locations may be wrong by ${t.num('uncertainty_km')}.`,
        `The distance is ${t.num('distance_km')}, give or take ${t.num('uncertainty_km')}.`,
      ]),
  },
  {
    name: 'speed/device',
    signal: 'travel.speed',
    keys: ['same_device'],
    say: (t) =>
      t.flag('same_device')
        ? t.pick(['Both logins carry the same device id.', 'The device is the same as before.'])
        : t.pick(['The two logins came from different devices.', 'The device is not the same one.', 'A different device was used.']),
  },
  {
    name: 'place/country',
    signal: 'travel.place',
    codes: ['NEW_COUNTRY'],
    keys: ['country', 'good_logins', 'good_logins_in_country'],
    when: (t) => t.raw('good_logins_in_country') === 0 && t.raw('good_logins') > 0,
    say: (t) =>
      t.pick([
        `The account has never signed in from ${t.name('country')}.`,
        `${cap(t.name('country'))} is new to this account.`,
        `None of the ${t.num('good_logins')} good logins came from ${t.name('country')}.`,
        `This is the first login from ${t.name('country')}.`,
        `The login comes from ${t.name('country')}, a country that the account has never used before.`,
      ]),
  },
  {
    name: 'place/usual',
    signal: 'travel.place',
    keys: ['country', 'usual_country'],
    when: (t) => t.name('country') !== t.name('usual_country'),
    say: (t) =>
      t.pick([
        `The account usually signs in from ${t.name('usual_country')}, not from ${t.name('country')}.`,
        `The login came from ${t.name('country')} instead of the usual ${t.name('usual_country')}.`,
        `The usual country of the account is ${t.name('usual_country')}.`,
      ]),
  },
  {
    name: 'place/km',
    signal: 'travel.place',
    keys: ['nearest_known_place_km'],
    say: (t) =>
      t.pick([
        `The nearest known place is ${t.num('nearest_known_place_km')} away.`,
        `It is ${t.num('nearest_known_place_km')} to the closest place that the account has used.`,
      ]),
  },
  {
    name: 'place/logins',
    signal: 'travel.place',
    codes: ['USUAL_PLACE'],
    keys: ['good_logins_in_city', 'good_logins'],
    when: (t) => t.raw('good_logins_in_city') > 0,
    say: (t) =>
      t.pick([
        `${cap(t.num('good_logins_in_city'))} of ${t.num('good_logins')} good logins came from this city.`,
        'The account has signed in from this city before.',
      ]),
  },
  {
    name: 'zone/differ',
    signal: 'travel.timezone',
    codes: ['TIMEZONE_MISMATCH'],
    keys: ['difference_hours', 'device_time_zone', 'address_time_zone'],
    when: (t) => t.name('device_time_zone') !== t.name('address_time_zone'),
    say: (t) =>
      t.pick([
        `The clock of the device differs from the clock at the address by ${t.num('difference_hours')}.`,
        `The device is set to ${t.name('device_time_zone')}, while the address is in ${t.name('address_time_zone')}.`,
        `There is a difference of ${t.num('difference_hours')} between the clock of the device and the clock at the address.`,
        "The device's clock does not fit the place of the address.",
      ]),
  },
  {
    name: 'zone/new',
    signal: 'travel.timezone',
    codes: ['NEW_TIMEZONE'],
    keys: ['device_time_zone', 'good_logins_in_zone'],
    when: (t) => t.raw('good_logins_in_zone') === 0,
    say: (t) => t.pick([`The account has never used ${t.name('device_time_zone')}.`, 'The time zone is new to the account.']),
  },
  {
    name: 'zone/match',
    signal: 'travel.timezone',
    codes: ['TIMEZONE_MATCH'],
    keys: ['device_time_zone'],
    say: (t) => t.pick(['The clock of the device fits the place of the address.', 'The time zone of the device matches the address.']),
  },
  {
    name: 'device/new',
    signal: 'device.familiarity',
    codes: ['NEW_DEVICE'],
    keys: ['devices_known'],
    when: (t) => t.raw('devices_known') > 1,
    say: (t) =>
      t.pick([
        'The device is new to this account.',
        'This account has never used this device.',
        'The account does not know this device.',
        `The device is not one of the ${t.num('devices_known')} devices that the account has used.`,
        `The account has ${t.num('devices_known')} known devices, but this one is new.`,
        'The login was made from an unknown device.',
        'This device has not been seen before on this account.',
      ]),
  },
  {
    name: 'device/similar',
    signal: 'device.familiarity',
    keys: ['similarity'],
    when: (t) => t.raw('similarity') > 0,
    say: (t) =>
      t.pick([
        `The most similar known device is only ${t.num('similarity')} similar.`,
        `It is ${t.num('similarity')} similar to the nearest known device.`,
      ]),
  },
  {
    name: 'device/known',
    signal: 'device.familiarity',
    codes: ['KNOWN_DEVICE'],
    keys: ['good_logins', 'last_used_days_ago'],
    when: (t) => t.raw('good_logins') > 1,
    say: (t) =>
      t.pick([
        `The account has ${t.num('good_logins')} good logins with this device.`,
        `The device was last used ${t.num('last_used_days_ago')} ago.`,
        `The device is known from ${t.num('good_logins')} good logins.`,
        'The device is known to the account.',
      ]),
  },
  {
    name: 'client/ratio',
    signal: 'device.account_rarity',
    codes: ['UNUSUAL_CLIENT'],
    keys: ['good_logins_with_it', 'good_logins'],
    when: (t) => t.raw('good_logins_with_it') === 0 && t.raw('good_logins') > 0,
    say: (t) => t.pick(['The client is unusual for this account.', `None of the ${t.num('good_logins')} good logins used this client.`]),
  },
  {
    name: 'client/rare',
    signal: 'device.rarity',
    keys: ['with_browser', 'good_logins_of_everybody', 'browser'],
    when: (t) => t.raw('good_logins_of_everybody') > 0,
    say: (t) =>
      t.pick([
        `${cap(t.num('with_browser'))} of everybody's ${t.num('good_logins_of_everybody')} good logins used this browser.`,
        `Only ${t.num('with_browser')} good logins of all users were made with ${t.name('browser')}.`,
      ]),
  },
  {
    name: 'automation',
    signal: 'device.automation',
    codes: ['AUTOMATION'],
    keys: ['remotely_controlled'],
    when: (t) => t.flag('remotely_controlled'),
    say: (t) => t.pick(['The browser is remotely controlled.', 'The client is automated.']),
  },
  {
    name: 'inconsistent',
    signal: 'device.inconsistency',
    codes: ['INCONSISTENT_DEVICE'],
    keys: ['contradictions', 'agreed', 'compared'],
    when: (t) => t.raw('compared') > 1,
    say: (t) =>
      t.pick([
        `Only ${t.num('agreed')} of ${t.num('compared')} compared claims agree.`,
        'What the client says of itself does not fit together.',
        'The claims of the client contradict each other.',
      ]),
  },
  {
    name: 'replay',
    signal: 'device.replay',
    codes: ['DEVICE_ID_REPLAYED'],
    keys: ['os', 'usual_os'],
    when: (t) => t.name('os') !== t.name('usual_os'),
    say: (t) =>
      t.pick([
        `The device id is known with ${t.name('usual_os')}, but now arrives from ${t.name('os')}.`,
        `The operating system changed from ${t.name('usual_os')} to ${t.name('os')}.`,
        'The operating system is different from before.',
      ]),
  },
  {
    name: 'sharing',
    signal: 'device.sharing',
    codes: ['DEVICE_SHARED_BY_ACCOUNTS'],
    keys: ['other_accounts_24h'],
    when: (t) => t.raw('other_accounts_24h') > 1,
    say: (t) =>
      t.pick([
        `${cap(t.num('other_accounts_24h'))} other accounts were tried with this device in the last 24 hours.`,
        `In the past day this device was tried on ${t.num('other_accounts_24h')} other accounts.`,
      ]),
  },
  {
    name: 'language',
    signal: 'history.language',
    codes: ['LANGUAGE_CHANGED'],
    keys: ['language', 'usual_language'],
    when: (t) => t.name('language') !== t.name('usual_language'),
    say: (t) =>
      t.pick([
        `The browser asks for ${t.name('language')}, while the account usually uses ${t.name('usual_language')}.`,
        `The language changed from ${t.name('usual_language')} to ${t.name('language')}.`,
        `The usual language of the account is ${t.name('usual_language')}.`,
      ]),
  },
  {
    name: 'hour/unusual',
    signal: 'history.hour',
    codes: ['UNUSUAL_HOUR'],
    keys: ['time_utc', 'times_usual'],
    when: (t) =>
      t.has('times_usual') && t.reason.items.some((i) => i.key === 'times_usual' && i.value.type === 'number' && i.value.sense === 'rarer'),
    say: (t) =>
      t.pick([
        `The login at ${t.token('time_utc')} UTC is ${t.num('times_usual')} rarer than usual for this account.`,
        'The account seldom signs in at this time of day.',
        `Logins at ${t.token('time_utc')} UTC are unusual for this account.`,
      ]),
  },
  {
    name: 'hour/nearest',
    signal: 'history.hour',
    keys: ['nearest_minutes_of_day'],
    say: (t) => `The nearest earlier login is ${t.num('nearest_minutes_of_day')} away in time of day.`,
  },
  {
    name: 'depth',
    signal: 'history.depth',
    keys: ['good_logins', 'first_good_login_days_ago'],
    when: (t) => t.raw('good_logins') > 1,
    say: (t) =>
      t.pick([
        `The account has ${t.num('good_logins')} good logins in its history.`,
        `The first good login was ${t.num('first_good_login_days_ago')} ago.`,
        `The account has a history of ${t.num('good_logins')} good logins.`,
      ]),
  },
  {
    name: 'dormancy',
    signal: 'history.dormancy',
    codes: ['DORMANT_ACCOUNT'],
    keys: ['last_good_login_days_ago', 'usual_interval_days'],
    say: (t) =>
      t.pick([
        `The last good login was ${t.num('last_good_login_days_ago')} ago, while the usual interval is ${t.num('usual_interval_days')}.`,
        `The account has been inactive for ${t.num('last_good_login_days_ago')}.`,
        'The account was dormant.',
      ]),
  },
  {
    name: 'change',
    signal: 'history.change',
    codes: ['RECENT_CREDENTIAL_CHANGE'],
    keys: ['changed_hours_ago'],
    say: (t) =>
      t.pick([
        `The credential was changed ${t.num('changed_hours_ago')} ago.`,
        `The password or factor was changed ${t.num('changed_hours_ago')} before this login.`,
      ]),
  },
  {
    name: 'session',
    signal: 'history.session',
    codes: ['SESSION_CONTEXT_CHANGED'],
    keys: ['country', 'began_in_country'],
    when: (t) => t.name('country') !== t.name('began_in_country'),
    say: (t) =>
      t.pick([
        `The session began in ${t.name('began_in_country')} and now continues from ${t.name('country')}.`,
        `The session moved from ${t.name('began_in_country')} to ${t.name('country')}.`,
      ]),
  },
  {
    name: 'account/failures',
    signal: 'velocity.account',
    codes: ['FAILURES_ON_ACCOUNT'],
    keys: ['failures_1h', 'failures_24h'],
    when: (t) => t.raw('failures_1h') > 1,
    say: (t) =>
      t.pick([
        `There were ${t.num('failures_1h')} failed tries on this account in the last hour.`,
        `${cap(t.num('failures_24h'))} attempts on this account failed within the last 24 hours.`,
        `In the past hour, ${t.num('failures_1h')} tries to sign in failed.`,
        `The account had ${t.num('failures_24h')} failures in the last day, ${t.num('failures_1h')} of them in the last hour.`,
      ]),
  },
  {
    name: 'account/none',
    signal: 'velocity.account',
    codes: ['NO_FAILURES_ON_ACCOUNT'],
    keys: ['failures_24h'],
    say: (t) => t.pick(['No tries on the account failed in the last 24 hours.', 'There were no failed tries in the last 24 hours.']),
  },
  {
    name: 'spread',
    signal: 'velocity.spread',
    keys: ['unknown_addresses_1h'],
    when: (t) => t.raw('unknown_addresses_1h') > 1,
    say: (t) =>
      t.pick([
        `${cap(t.num('unknown_addresses_1h'))} unknown addresses tried the account in the last hour.`,
        `In the last hour ${t.num('unknown_addresses_1h')} addresses unknown to the account tried to sign in.`,
      ]),
  },
  {
    name: 'host',
    signal: 'velocity.host',
    codes: ['FAILURES_FROM_ADDRESS'],
    keys: ['failures_1h', 'tries_1h'],
    when: (t) => t.raw('failures_1h') > 1,
    say: (t) =>
      t.pick([
        `${cap(t.num('failures_1h'))} of ${t.num('tries_1h')} tries from this address failed in the last hour.`,
        `The address made ${t.num('tries_1h')} tries in the last hour and ${t.num('failures_1h')} of them failed.`,
        `In the last hour ${t.num('failures_1h')} login attempts from this address failed.`,
      ]),
  },
  {
    name: 'block',
    signal: 'velocity.block',
    codes: ['FAILURES_FROM_BLOCK'],
    keys: ['failures_elsewhere_1h'],
    when: (t) => t.raw('failures_elsewhere_1h') > 1,
    say: (t) => `${cap(t.num('failures_elsewhere_1h'))} tries from neighbouring addresses failed in the last hour.`,
  },
  {
    name: 'asn',
    signal: 'velocity.asn',
    keys: ['failures_24h', 'tries_24h'],
    when: (t) => t.raw('failures_24h') > 1 && t.raw('tries_24h') >= t.raw('failures_24h'),
    say: (t) => `In the last 24 hours ${t.num('failures_24h')} of ${t.num('tries_24h')} tries from the rest of the network failed.`,
  },
  {
    name: 'spray',
    signal: 'velocity.spray',
    keys: ['strange_accounts_1h'],
    when: (t) => t.raw('strange_accounts_1h') > 1,
    say: (t) =>
      t.pick([
        `${cap(t.num('strange_accounts_1h'))} other accounts were tried from this address in the last hour.`,
        `In the last hour the address tried ${t.num('strange_accounts_1h')} accounts that never signed in from it.`,
      ]),
  },
  {
    name: 'burst',
    signal: 'velocity.burst',
    codes: ['SUCCESS_AFTER_FAILURES'],
    keys: ['account_failures_1h'],
    when: (t) => t.raw('account_failures_1h') > 1,
    say: (t) =>
      t.pick([
        `The credential was right after ${t.num('account_failures_1h')} failed tries on the account in the last hour.`,
        `This login succeeded after ${t.num('account_failures_1h')} failures on the account.`,
      ]),
  },
  {
    name: 'method',
    signal: 'credential.method',
    codes: ['BREACHED_PASSWORD'],
    keys: ['breached'],
    say: (t) =>
      t.pick(['The password is known from a breach.', 'The password was found in a data breach.', 'The password has been leaked.']),
  },
  {
    name: 'method/strong',
    signal: 'credential.method',
    codes: ['STRONG_METHOD'],
    keys: ['method'],
    when: (t) => ['passkey', 'certificate'].includes(t.token('method')),
    say: (t) => t.pick([`A ${t.token('method')} was used, which cannot be phished.`, `The login was made with a ${t.token('method')}.`]),
  },
  {
    name: 'push',
    signal: 'credential.push',
    keys: ['challenges_failed_1h'],
    when: (t) => t.raw('challenges_failed_1h') > 1,
    say: (t) =>
      t.pick([
        `${cap(t.num('challenges_failed_1h'))} challenges failed in the last hour.`,
        `In the last hour ${t.num('challenges_failed_1h')} challenges of this account were failed or left unanswered.`,
      ]),
  },
  {
    name: 'typing',
    signal: 'behaviour.typing',
    codes: ['TYPING_MISMATCH'],
    keys: ['samples_learnt'],
    when: (t) => t.raw('samples_learnt') > 1,
    say: (t) =>
      t.pick([
        'The typing rhythm does not match that of the account.',
        `The rhythm differs from the one learnt from ${t.num('samples_learnt')} samples.`,
      ]),
  },
  {
    name: 'robot',
    signal: 'behaviour.robot',
    codes: ['INHUMAN_TIMING'],
    keys: ['mean_gap_ms'],
    say: (t) =>
      t.pick([
        `The average gap between keys was ${t.num('mean_gap_ms')}.`,
        `The keys were pressed with an average gap of ${t.num('mean_gap_ms')}.`,
      ]),
  },
  {
    name: 'combination/country',
    signal: 'combination',
    codes: ['NEW_DEVICE_IN_NEW_COUNTRY'],
    keys: ['new_country', 'country'],
    say: (t) =>
      t.pick([
        'Device and country are both new to the account.',
        `A new device was used in ${t.name('country')}, which is new to the account.`,
        'A device new to the account appeared in a country new to it.',
      ]),
  },
  {
    name: 'combination/network',
    signal: 'combination',
    codes: ['NEW_DEVICE_ON_NEW_NETWORK'],
    keys: ['new_network'],
    say: (t) => t.pick(['A new device on a new network.', 'Both the device and the network are new.']),
  },
  {
    name: 'combination/all',
    signal: 'combination',
    codes: ['EVERYTHING_FAMILIAR'],
    keys: ['good_logins'],
    when: (t) => t.raw('good_logins') > 1,
    say: (t) =>
      t.pick([
        'Device, network and country are all known to the account.',
        `Everything about this login is familiar from ${t.num('good_logins')} good logins.`,
      ]),
  },
];

const small = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');

function cap(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function told(reason: StoryReason, pick: Pick): Told {
  const find = (key: string): StoryItem | undefined => reason.items.find((item) => item.key === key);
  return {
    reason,
    pick,
    has: (...keys) => keys.every((key) => find(key) !== undefined),
    raw(key) {
      const value = find(key)?.value;
      return value?.type === 'number' ? value.readings[0]!.value : Number.NaN;
    },
    num(key) {
      const value = find(key)?.value;
      if (value?.type !== 'number') return '?';
      const { value: amount, unit } = pick(value.readings);
      const plain = amount >= 1_000 ? pick([amount.toLocaleString('en-US'), String(amount)]) : String(amount);
      if (unit === 'one_in') return `one in ${plain}`;
      if (unit === 'percent') return pick([`${plain} %`, `${plain}%`, `${plain} percent`]);
      if (unit === null && Number.isInteger(amount) && amount <= 12) return pick([plain, small[amount]!]);
      return unit === null ? plain : `${plain} ${amount === 1 ? unit.replace(/s$/, '') : unit}`;
    },
    name(key) {
      const value = find(key)?.value;
      return value?.type === 'handle' ? value.name : '?';
    },
    flag(key) {
      const value = find(key)?.value;
      return value?.type === 'flag' && value.value;
    },
    token(key) {
      const value = find(key)?.value;
      if (value?.type === 'clock') return value.value;
      return value?.type === 'tokens' ? value.values[0]! : '?';
    },
  };
}

/** Every pattern that the story's evidence fits, one wording each. */
export function trueFindings(story: Story, pick: Pick): MadeFinding[] {
  return story.reasons.flatMap((reason) => {
    const t = told(reason, pick);
    return patterns
      .filter(
        ({ signal, codes, keys, when }) =>
          signal === reason.signal && (codes?.includes(reason.code) ?? true) && t.has(...keys) && (when?.(t) ?? true),
      )
      .map(({ name, keys, say }) => ({ pattern: name, evidence: keys.map((key) => `${reason.code}.${key}`), sentence: say(t) }));
  });
}

export const patternCount = patterns.length;
