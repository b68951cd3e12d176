// The things that a hypothesis can make ordinary, in the order in which equally near ones are told.
//
// Each says which features it would have changed, and to what: counts and flags to nothing, familiarities to that of a thing which
// every good login of the account had, ratios and hours to no rarer than for everybody, shares of failures to the usual one. How rare a
// network or client is among everybody and how well an account is known are not of this login and stay. What several changes
// bring about together (combinations, where a device id turned up) is in follow.ts.
import type { PolicyContext } from '../../domain/assessment.ts';
import { accountPriorLogins } from '../../domain/signal/measure.ts';
import { novelShare } from '../../domain/signal/network/familiarity.ts';
import { usualFailureShare } from '../../domain/signal/velocity/counts.ts';
import { absent, anyAbove, atLeast, atMost, type Change, clear } from './change.ts';
import { featureAt, type Login } from './login.ts';
import { habitChanges } from './habit-changes.ts';

const deviceKnown = featureAt('device_known_log');
const deviceAge = featureAt('device_known_age_days_log');
const deviceSimilarity = featureAt('device_similarity');
const deviceSimilarUse = featureAt('device_similar_log');
const deviceIdChanges = featureAt('device_id_changes');
const sameDevice = featureAt('travel_same_device');
const historyDays = featureAt('history_days_log');

const knownDevice: Change = {
  id: 'known_device',
  applies: ({ row, familiar, newness }) => familiar > 0 && newness.device !== 0 && (row[deviceSimilarity] as number) < 1,
  write(row, { visit, familiar }) {
    if (visit.device === null) {
      // Without an id a device is known by its looks, which tell at least as much as they do now.
      atLeast(row, deviceSimilarUse, (row[deviceSimilarity] as number) * familiar);
      return;
    }
    row[deviceKnown] = familiar;
    row[deviceAge] = row[historyDays] as number;
    row[deviceSimilarity] = 1;
    row[deviceSimilarUse] = familiar;
    row[deviceIdChanges] = 0;
    if (row[sameDevice] === 0) row[sameDevice] = 1;
  },
};

const contradictions = featureAt('device_contradictions');
const agreements = featureAt('device_agreements');

const networkHost = featureAt('network_host_familiarity_log');
const networkBlock = featureAt('network_block_familiarity_log');
const networkAsn = featureAt('network_asn_familiarity_log');
const networkRatio = featureAt('network_asn_log_ratio');
const networkNovel = featureAt('network_novel_share');
const networkRarity = featureAt('rarity_asn_nats');
const burstNewAddress = featureAt('burst_account_new_address_1h_log');

/** Freeman's ratio (see `logRatio`) of a value that every good login had, `nats` being -ln of everybody's share of it. */
function ownRatio({ goodLogins }: Login, nats: number): number {
  const everybody = Math.exp(-nats);
  return Math.log((everybody * (goodLogins + accountPriorLogins)) / (goodLogins + accountPriorLogins * everybody));
}

const knownNetwork: Change = {
  id: 'known_network',
  applies: ({ row, familiar }) => familiar > 0 && row[networkAsn] === 0,
  write(row, login) {
    for (const feature of [networkHost, networkBlock, networkAsn]) atLeast(row, feature, login.familiar);
    atMost(row, networkRatio, ownRatio(login, row[networkRarity] as number));
    row[networkNovel] = novelShare([{ value: '', count: login.goodLogins, lastMs: 0 }], login.goodLogins);
    // Failures of somebody who has signed in well from here are the owner's mistyping.
    clear(row, [burstNewAddress]);
  },
};

const hosting = featureAt('network_hosting');

/** A consumer provider is what the kind of network is when it is none of the others. */
const ordinaryNetwork = absent('ordinary_network', ['network_hosting'], {
  context: (context) => ({ ...without(context, ['hosting', 'cdn']), asnClass: 'isp' }),
  applies: ({ row }) => row[hosting] === 1,
});

const placeCountry = featureAt('place_country_familiarity_log');
const placeRegion = featureAt('place_region_familiarity_log');
const placeCity = featureAt('place_city_familiarity_log');
const placeDistance = featureAt('place_distance_km_log');

const knownPlace: Change = {
  id: 'known_place',
  applies: ({ row, familiar, newness }) =>
    familiar > 0 && (row[placeCountry] === 0 || row[placeCity] === 0 || (row[placeDistance] as number) > 0 || newness.country === 1),
  write(row, { familiar }) {
    for (const feature of [placeCountry, placeRegion, placeCity]) atLeast(row, feature, familiar);
    clear(row, [placeDistance]);
  },
};

const sourceCounts = [
  ...['1m', '10m', '1h', '24h'].map((window) => `host_failures_${window}_log`),
  'block_failures_1h_log',
  'block_failures_24h_log',
  'asn_failures_excess_1h_log',
  'spray_host_accounts_1h_log',
  'spray_host_accounts_24h_log',
  'spray_block_accounts_1h_log',
  'spray_shape',
  'burst_address_excess_10m_log',
];
const sourceShares = ['host_failure_share_1h', 'block_failure_share_1h', 'asn_failure_share_1h', 'asn_failure_share_24h'].map(featureAt);

const quietSource = absent('quiet_source', sourceCounts, {
  applies: ({ row }) => anyAbove(row, sourceCounts.map(featureAt)) || anyAbove(row, sourceShares, Math.fround(usualFailureShare)),
  write(row) {
    clear(row, sourceCounts.map(featureAt));
    for (const share of sourceShares) atMost(row, share, usualFailureShare);
  },
});

function without(context: PolicyContext, kinds: readonly string[]): PolicyContext {
  return { ...context, lists: context.lists.filter((kind) => !kinds.includes(kind)) };
}

export const changes: readonly Change[] = [
  knownDevice,
  // Only where the id is known: of a strange device nothing is expected.
  {
    ...absent('unchanged_device', ['device_id_changes']),
    applies: ({ row }) => (row[deviceKnown] as number) > 0 && anyAbove(row, [deviceIdChanges]),
  },
  knownNetwork,
  knownPlace,
  absent('possible_journey', ['travel_impossible_probability', 'travel_distance_km_log', 'travel_speed_kmh_log']),
  absent('no_account_failures', [
    ...['1m', '10m', '1h', '24h'].map((window) => `account_failures_${window}_log`),
    'burst_account_10m_log',
    'burst_account_new_address_1h_log',
  ]),
  quietSource,
  absent('no_other_sources', ['strange_hosts_1h_log', 'strange_hosts_24h_log', 'strange_asns_24h_log', 'strange_devices_24h_log']),
  absent('device_not_shared', ['device_accounts_1h_log', 'device_accounts_24h_log', 'device_strangers_24h_log', 'device_failures_24h_log']),
  absent('no_anonymiser', ['anonymity_tor', 'anonymity_proxy', 'anonymity_vpn'], {
    context: (context) => without(context, ['tor', 'proxy', 'vpn']),
  }),
  {
    ...absent('unlisted_address', ['blocklist_reports_log'], { context: (context) => without(context, ['blocklist']) }),
    write(row) {
      clear(row, [featureAt('blocklist_reports_log')]);
      row[featureAt('blocklist_age_days')] = Number.NaN;
    },
  },
  ordinaryNetwork,
  {
    id: 'consistent_client',
    applies: ({ row }) => anyAbove(row, [contradictions]),
    write(row) {
      row[agreements] = (row[agreements] as number) + (row[contradictions] as number);
      row[contradictions] = 0;
    },
  },
  absent('no_automation', ['device_webdriver', 'device_headless', 'device_machine_client', 'device_automation_usual_log'], {
    applies: ({ row }) => anyAbove(row, ['device_webdriver', 'device_headless', 'device_machine_client'].map(featureAt)),
  }),
  absent('no_failed_challenges', ['challenges_failed_10m_log', 'challenges_failed_1h_log']),
  absent('unbreached_password', ['password_breached'], { context: (context) => ({ ...context, breached: false }) }),
  absent('no_recovery', ['method_recovery'], { context: (context) => ({ ...context, method: 'password' }) }),
  ...habitChanges(ownRatio),
];
