// The declaration of every piece of evidence, by signal and key. Read through evidence.ts.
import { credentialMethods } from '../attempt.ts';
import { asnClasses, listKinds } from '../ip-facts.ts';
import { contradictionNames } from '../signal/device/contradictions.ts';
import { browserNames, deviceTypes, systemNames } from './client-names.ts';
import type { CountWindow, EvidenceDeclaration, HandleKind, Unit, Writer } from './evidence-declaration.ts';

const plain = { unit: null, window: null, values: null, handle: null, shown: true, writer: 'service' } as const;

const count: EvidenceDeclaration = { ...plain, kind: 'count' };
const within = (window: CountWindow): EvidenceDeclaration => ({ ...count, window });
const share: EvidenceDeclaration = { ...plain, kind: 'share' };
const probability: EvidenceDeclaration = { ...plain, kind: 'probability' };
const ratio: EvidenceDeclaration = { ...plain, kind: 'ratio' };
const ratioLog: EvidenceDeclaration = { ...plain, kind: 'ratio_log' };
const scale: EvidenceDeclaration = { ...plain, kind: 'scale' };
const flag: EvidenceDeclaration = { ...plain, kind: 'flag' };
const km: EvidenceDeclaration = { ...plain, kind: 'distance', unit: 'km' };
const kmh: EvidenceDeclaration = { ...plain, kind: 'speed', unit: 'km/h' };
const clock: EvidenceDeclaration = { ...plain, kind: 'clock' };
const duration = (unit: Unit, writer: Writer = 'service'): EvidenceDeclaration => ({ ...plain, kind: 'duration', unit, writer });
const listAge: EvidenceDeclaration = { ...plain, kind: 'list_age', unit: 'days' };
const token = (values: readonly string[], writer: Writer = 'service'): EvidenceDeclaration => ({ ...plain, kind: 'token', values, writer });
const tokens = (values: readonly string[]): EvidenceDeclaration => ({ ...plain, kind: 'tokens', values });
const handle = (kind: HandleKind, writer: Writer): EvidenceDeclaration => ({ ...plain, kind: 'handle', handle: kind, writer });
const label = (values: readonly string[] | null): EvidenceDeclaration => ({ ...plain, kind: 'label', values, writer: 'text' });
const hidden = (declaration: EvidenceDeclaration): EvidenceDeclaration => ({ ...declaration, shown: false });

const browser = label(browserNames);
const system = label(systemNames);
const deviceType = token(deviceTypes, 'client');
/** Whoever registers a network names it. */
const organisation = label(null);
/** Named by whoever configured the feeds. */
const lists: EvidenceDeclaration = { ...plain, kind: 'labels', writer: 'caller' };
const network = handle('network', 'service');
const country = handle('country', 'service');
/** Networks tell databases where they are, so names of places are not the service's own words. */
const region = handle('region', 'text');
const city = handle('city', 'text');
const timeZone = handle('time_zone', 'client');
const language = handle('language', 'client');
const screen = handle('screen', 'client');
const networkClass = token(asnClasses);
const method = token(credentialMethods, 'caller');
const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const clientKinds = ['browser', 'http_library', 'headless', 'crawler', 'empty'];

type Declarations = Readonly<Record<string, EvidenceDeclaration>>;

const ofNetwork: Readonly<Record<string, Declarations>> = {
  'network.kind': { asn: network, organisation, class: networkClass, lists, list_age_days: listAge },
  'network.anonymity': {
    kinds: tokens(listKinds),
    lists,
    list_age_days: listAge,
    anonymous_share_of_recent: share,
    recent_good_logins: count,
  },
  'network.blocklist': { lists, reports: count, list_age_days: listAge },
  'network.familiarity': {
    asn: network,
    organisation,
    usual_asn: network,
    good_logins: count,
    good_logins_from_address: count,
    good_logins_from_block: count,
    good_logins_from_network: count,
    networks_known: count,
    expected_new_share: share,
  },
  'network.tenant': {
    accounts_at_address: count,
    accounts_in_block: count,
    accounts_in_network: count,
    window_days: duration('days'),
    asn: network,
    organisation,
  },
  'network.rarity': {
    asn: network,
    organisation,
    country,
    tenant_good_logins: count,
    from_network: count,
    from_country: count,
    network_share: share,
    country_share: share,
  },
};

const ofTravel: Readonly<Record<string, Declarations>> = {
  'travel.speed': {
    distance_km: km,
    hours: duration('hours'),
    speed_kmh: kmh,
    uncertainty_km: km,
    probability,
    location_trust: probability,
    from_country: country,
    to_country: country,
    from_network_class: networkClass,
    to_network_class: networkClass,
    anonymous: flag,
    same_device: flag,
    recent_good_logins: count,
  },
  'travel.place': {
    country,
    region,
    city,
    usual_country: country,
    usual_city: city,
    good_logins: count,
    good_logins_in_country: count,
    good_logins_in_region: count,
    good_logins_in_city: count,
    nearest_known_place_km: km,
    uncertainty_km: km,
    countries_known: count,
    network_class: networkClass,
    anonymous: flag,
  },
  'travel.timezone': {
    device_time_zone: timeZone,
    address_time_zone: handle('time_zone', 'service'),
    difference_hours: duration('hours'),
    usual_time_zone: timeZone,
    good_logins: count,
    good_logins_in_zone: count,
    anonymous: flag,
  },
};

const ofDevice: Readonly<Record<string, Declarations>> = {
  'device.familiarity': {
    good_logins: count,
    first_used_days_ago: duration('days'),
    last_used_days_ago: duration('days'),
    browser,
    os: system,
    id_sent: flag,
    devices_known: count,
    similarity: share,
    nearest_browser: browser,
    nearest_os: system,
    nearest_good_logins: count,
    nearest_last_used_days_ago: duration('days'),
  },
  'device.account_rarity': {
    attribute: token(['browser', 'os', 'device_type']),
    observed: label([...browserNames, ...systemNames, ...deviceTypes]),
    good_logins_with_it: count,
    good_logins: count,
    usual: label([...browserNames, ...systemNames, ...deviceTypes]),
    share_of_everybody: share,
    ratio_log: ratioLog,
  },
  'device.rarity': {
    browser,
    browser_version: { ...count, writer: 'client' },
    os: system,
    device_type: deviceType,
    good_logins_of_everybody: count,
    with_browser: count,
    with_browser_version: count,
    with_os: count,
    with_device_type: count,
    browser_share: share,
  },
  'device.automation': {
    remotely_controlled: flag,
    client_kind: token(clientKinds, 'client'),
    browser,
    good_logins_like_this: count,
  },
  'device.inconsistency': {
    contradictions: tokens(contradictionNames),
    compared: count,
    agreed: count,
    os: system,
    device_type: deviceType,
    browser,
    screen,
    time_zone: timeZone,
  },
  'device.replay': {
    os: system,
    browser,
    screen,
    asn: network,
    asn_class: networkClass,
    country,
    known_to_account: flag,
    usual_os: system,
    network_new_to_account: flag,
    usual_browser: browser,
    usual_screen: screen,
    last_asn: network,
    last_country: country,
    fingerprint_changed: flag,
    good_logins: count,
    last_used_days_ago: duration('days'),
  },
  'device.sharing': {
    other_accounts_1h: within('1h'),
    other_accounts_24h: within('24h'),
    without_good_login_24h: within('24h'),
    failures_1h: within('1h'),
    failures_24h: within('24h'),
    good_logins: count,
  },
};

const ofHistory: Readonly<Record<string, Declarations>> = {
  'history.language': {
    language,
    good_logins_with_it: count,
    good_logins: count,
    usual_language: language,
    share_of_everybody: share,
    ratio_log: ratioLog,
  },
  'history.hour': {
    time_utc: clock,
    weekday_utc: token(weekdays),
    times_usual: ratio,
    good_logins_compared: count,
    nearest_minutes_of_day: duration('minutes'),
  },
  'history.depth': { good_logins: count, first_good_login_days_ago: duration('days'), account_age_days: duration('days') },
  'history.dormancy': {
    last_good_login_days_ago: duration('days'),
    usual_interval_days: duration('days'),
    times_usual: ratio,
    good_logins: count,
  },
  'history.change': {
    changed_hours_ago: duration('hours'),
    first_credential: flag,
    good_login_since: flag,
    account_age_days: duration('days'),
  },
  'history.session': {
    country,
    began_in_country: country,
    os: system,
    began_on_os: system,
    same_device_id: flag,
    asn: network,
    began_on_asn: network,
    began_days_ago: duration('days'),
  },
};

const ofVelocity: Readonly<Record<string, Declarations>> = {
  'velocity.account': {
    failures_1m: within('1m'),
    failures_10m: within('10m'),
    failures_1h: within('1h'),
    failures_24h: within('24h'),
  },
  'velocity.spread': {
    unknown_addresses_1h: within('1h'),
    unknown_addresses_24h: within('24h'),
    unknown_networks_24h: within('24h'),
    unknown_devices_24h: within('24h'),
    counted_at_most: count,
  },
  'velocity.host': {
    failures_1m: within('1m'),
    failures_10m: within('10m'),
    failures_1h: within('1h'),
    tries_1h: within('1h'),
    failures_24h: within('24h'),
    failed_share_1h: hidden(share),
  },
  'velocity.block': {
    failures_elsewhere_1h: within('1h'),
    tries_elsewhere_1h: within('1h'),
    failures_elsewhere_24h: within('24h'),
    failed_share_1h: hidden(share),
    block: token(['/24', '/48']),
  },
  'velocity.asn': {
    asn: network,
    organisation,
    failures_1h: within('1h'),
    tries_1h: within('1h'),
    failed_share_1h: hidden(share),
    failures_24h: within('24h'),
    tries_24h: within('24h'),
    failed_share_24h: hidden(share),
  },
  'velocity.spray': {
    strange_accounts_1h: within('1h'),
    strange_accounts_24h: within('24h'),
    strange_accounts_elsewhere_in_block_1h: within('1h'),
    counted_at_most: count,
    accounts_known_good_here: count,
    tries_1h: within('1h'),
    spray_shape: hidden(scale),
  },
  'velocity.burst': {
    result: token(['success', 'failure'], 'caller'),
    account_failures_10m: within('10m'),
    account_failures_1h: within('1h'),
    address_known_to_account: flag,
    address_failures_on_others_10m: within('10m'),
    address_tries_10m: within('10m'),
  },
};

const ofPerson: Readonly<Record<string, Declarations>> = {
  'credential.method': { method, breached: flag },
  'credential.push': { challenges_failed_10m: within('10m'), challenges_failed_1h: within('1h'), method },
  'behaviour.typing': {
    mismatch: hidden(scale),
    distance: ratio,
    usual_distance: hidden(ratio),
    confidence: probability,
    compared_by: token(['key by key', 'general rhythm']),
    keys: { ...count, writer: 'client' },
    samples_learnt: count,
  },
  'behaviour.robot': {
    keys: { ...count, writer: 'client' },
    mean_hold_ms: duration('ms', 'client'),
    mean_gap_ms: duration('ms', 'client'),
    hold_spread_ms: duration('ms', 'client'),
    gap_spread_ms: duration('ms', 'client'),
    form_ms: duration('ms', 'client'),
    machine_rhythm: probability,
    form_too_short: flag,
    good_logins_typed_by_machine: count,
  },
  combination: {
    new_device: hidden(share),
    new_country: flag,
    new_network: flag,
    country,
    asn: network,
    hosting: flag,
    hidden: flag,
    share_new: share,
    failures_beyond_half_1h: within('1h'),
    failures_on_account_1h: within('1h'),
    good_logins: count,
  },
};

export const declarationsBySignal: Readonly<Record<string, Declarations>> = {
  ...ofNetwork,
  ...ofTravel,
  ...ofDevice,
  ...ofHistory,
  ...ofVelocity,
  ...ofPerson,
};
