// The words that fill most of a stored assessment: names of evidence, reason codes and signals. A record holds their numbers instead,
// which takes a byte or two where the name takes sixteen, and less time to write.
//
// A word's number is its place in this list, for ever: new words go to the end and none leaves, or stored records would change
// their meaning. A word that is not listed is written out, so a forgotten one costs bytes and nothing else; a test names it.
import type { ByteReader } from './record/byte-reader.ts';
import type { ByteWriter } from './record/byte-writer.ts';

/** The commonest come first, because the first 126 take one byte. */
const text = `
good_logins asn organisation country browser os anonymous last_used_days_ago from_country screen recent_good_logins history.change
failures_beyond_half_1h failures_on_account_1h hidden hosting new_country new_device new_network share_new expected_new_share
good_logins_from_address good_logins_from_block good_logins_from_network networks_known usual_asn uncertainty_km distance_km
from_network_class hours location_trust probability same_device speed_kmh to_country to_network_class history.hour KNOWN_NETWORK
first_used_days_ago KNOWN_DEVICE EVERYTHING_FAMILIAR PLAUSIBLE_TRAVEL method breached NO_CREDENTIAL_WARNING address_time_zone
device_time_zone difference_hours good_logins_in_zone usual_time_zone asn_class known_to_account usual_os fingerprint_changed last_asn
last_country network_new_to_account usual_browser usual_screen DEVICE_ID_AT_HOME TIMEZONE_MISMATCH accounts_at_address accounts_in_block
accounts_in_network window_days UNUSED_BY_OTHERS keys compared_by confidence distance mismatch samples_learnt usual_distance TYPING_MATCH
country_share from_network network_share tenant_good_logins RARE_NETWORK behaviour.robot behaviour.typing device_type agreed compared
contradictions time_zone INCONSISTENT_DEVICE list_age_days lists class TIMEZONE_IN_DOUBT network.kind NETWORK_KIND_IN_DOUBT HOSTING_NETWORK
tries_1h failures_1h failures_24h failed_share_1h velocity.asn failed_share_24h tries_24h FAILURES_FROM_NETWORK MOBILE_NETWORK
SHARED_WITH_COLLEAGUES TRAVEL_IN_DOUBT travel.speed travel.place anonymous_share_of_recent kinds USUAL_ANONYMITY counted_at_most
good_logins_with_it ratio_log share_of_everybody NOT_ALL_FAMILIAR accounts_known_good_here spray_shape strange_accounts_1h
strange_accounts_24h strange_accounts_elsewhere_in_block_1h ACCOUNTS_TRIED_FROM_ADDRESS failures_10m failures_1m FAILURES_FROM_ADDRESS
device.sharing combination credential.push history.depth velocity.account velocity.block velocity.burst velocity.host velocity.spray
velocity.spread attribute observed usual history.session device.replay DEVICE_ID_REPLAYED language usual_language LANGUAGE_CHANGED reports
travel.timezone devices_known id_sent nearest_browser nearest_good_logins nearest_last_used_days_ago nearest_os similarity NEW_DEVICE
UNUSUAL_CLIENT RECOVERY_USED USUAL_CLIENT device.account_rarity NEW_NETWORK TOR_EXIT device.familiarity history.dormancy
network.familiarity IP_BLOCKLISTED unknown_addresses_1h unknown_addresses_24h unknown_devices_24h unknown_networks_24h
MANY_SOURCES_ON_ACCOUNT OPEN_PROXY history.language other_accounts_1h other_accounts_24h without_good_login_24h DEVICE_SHARED_BY_ACCOUNTS
credential.method NEW_TIMEZONE BLOCKLIST_SILENT network.anonymity network.blocklist block failures_elsewhere_1h failures_elsewhere_24h
tries_elsewhere_1h FAILURES_FROM_BLOCK network.rarity ANONYMITY_UNKNOWN device.rarity LITTLE_USED_NETWORK NEW_DEVICE_IN_NEW_COUNTRY
STRONG_METHOD VPN network.tenant NEW_DEVICE_ON_NEW_NETWORK browser_share browser_version good_logins_of_everybody with_browser
with_browser_version with_device_type with_os city countries_known good_logins_in_city good_logins_in_country good_logins_in_region
nearest_known_place_km network_class region usual_city usual_country RARE_CLIENT HIDDEN_NEW_DEVICE NEW_COUNTRY PHISHABLE_METHOD
HOSTING_AFTER_FAILURES challenges_failed_10m challenges_failed_1h CHALLENGES_FAILED NOT_ANONYMOUS NEW_CITY NOTHING_FAMILIAR
KNOWN_DEVICE_ON_STRANGE_HOSTING NEW_REGION UNLIKELY_TRAVEL account_age_days times_usual account_failures_10m account_failures_1h
address_failures_on_others_10m address_known_to_account address_tries_10m began_days_ago began_in_country began_on_asn began_on_os
changed_hours_ago client_kind first_credential first_good_login_days_ago form_ms form_too_short gap_spread_ms good_login_since
good_logins_compared good_logins_like_this good_logins_typed_by_machine hold_spread_ms last_good_login_days_ago machine_rhythm mean_gap_ms
mean_hold_ms nearest_minutes_of_day remotely_controlled result same_device_id time_utc usual_interval_days weekday_utc model profiles
ACTIVE_ACCOUNT AUTOMATION BREACHED_PASSWORD COMMON_CLIENT COMMON_NETWORK CONSISTENT_DEVICE CONSUMER_NETWORK DEVICE_OF_ONE_ACCOUNT
DORMANT_ACCOUNT ESTABLISHED_ACCOUNT FAILURES_ON_ACCOUNT FEW_ACCOUNTS FEW_FAILED_CHALLENGES FEW_FAILURES_FROM_ADDRESS
FEW_FAILURES_FROM_BLOCK FEW_FAILURES_ON_ACCOUNT FEW_SOURCES_ON_ACCOUNT HUMAN_TIMING IMPOSSIBLE_TRAVEL INHUMAN_TIMING LITTLE_USED_PLACE
NEW_ACCOUNT NEW_DEVICE_AFTER_FAILURES NOT_LISTED NO_AUTOMATION NO_BURST_BEFORE NO_FAILED_CHALLENGES NO_FAILURES_FROM_ADDRESS
NO_FAILURES_ON_ACCOUNT NO_RECENT_CREDENTIAL_CHANGE NO_RISKY_COMBINATION ORDINARY_NETWORK_KIND ORGANISATION_NETWORK PASSWORD_SPRAY
PLACE_UNREMARKABLE PRIVACY_RELAY PUSH_FATIGUE RECENT_CREDENTIAL_CHANGE RECENT_DEVICE ROAMING_ACCOUNT SESSION_CONTEXT_CHANGED
SESSION_CONTINUES SIMILAR_DEVICE STALE_LISTING SUCCESS_AFTER_FAILURES TIMEZONE_MATCH TIMEZONE_UNREMARKABLE TYPING_MISMATCH UNUSUAL_HOUR
USUAL_HOUR USUAL_LANGUAGE USUAL_NETWORK_FAILURES USUAL_PLACE USUAL_TIMEZONE device.automation device.inconsistency
`;

const words: readonly string[] = text.trim().split(/\s+/);
const numberOf = new Map(words.map((word, i) => [word, i]));

/** What stands before a word, in place of its number: the end of a list, or a word that is written out. */
const end = 0;
const writtenOut = 1;
const firstWord = 2;

export function isStoredWord(word: string): boolean {
  return numberOf.has(word);
}

export function writeWord(out: ByteWriter, word: string): void {
  const number = numberOf.get(word);
  if (number === undefined) {
    out.uint(writtenOut);
    out.plainText(word);
  } else {
    out.uint(number + firstWord);
  }
}

/** Ends a list of words whose length was not written before it. */
export function writeEndOfWords(out: ByteWriter): void {
  out.uint(end);
}

/** Null at the end of a list, and where the bytes are no word, which damages the reader. */
export function readWord(from: ByteReader): string | null {
  const code = from.uint();
  if (code === end) return null;
  if (code === writtenOut) return from.plainText();
  const word = words[code - firstWord];
  if (word !== undefined) return word;
  from.damage();
  return null;
}
