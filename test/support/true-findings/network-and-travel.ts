// Of networks, addresses, places and clocks.
import { cap, type Pattern } from './pattern.ts';

const classWords: Readonly<Record<string, readonly string[]>> = {
  hosting: ['a data centre', 'a hosting network', 'a hosting provider'],
  isp: ['a consumer internet provider', 'a residential network'],
  mobile: ['a mobile carrier', 'a mobile network'],
  business: ['a business network', 'a company network'],
  education: ['a school network', 'an education network'],
  government: ['a government network'],
};

export const networkAndTravel: readonly Pattern[] = [
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
];
