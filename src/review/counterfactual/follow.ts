// What follows from changes together: the combinations, and how strange the place is where a device id turned up.
//
// Both are worked out as src/domain/signal would from facts, as far as the record tells them. A conjunction of which one part is no longer
// so is nothing; a part that the record does not tell is taken as the riskiest it can be.
import { schema } from '../../domain/feature/schema.ts';
import { mostlyNew } from '../../domain/signal/combination/conjunctions.ts';
import { both } from '../../domain/signal/combination/novelty.ts';
import { isObserved } from '../../domain/reason/observed.ts';
import type { ChangeId } from './change.ts';
import { combinationGroup, featureAt, type Login } from './login.ts';

const newDeviceNewCountry = featureAt('new_device_new_country');
const newDeviceNewAsn = featureAt('new_device_new_asn');
const hostingAfterFailures = featureAt('hosting_after_failures');
const newDeviceAfterFailures = featureAt('new_device_after_failures');
const knownDeviceStrangeHosting = featureAt('known_device_strange_hosting');
const hiddenNewDevice = featureAt('hidden_new_device');
const allNew = featureAt('all_new');
const allKnown = featureAt('all_known');
const idNetwork = featureAt('device_id_network');
const networkAsn = featureAt('network_asn_familiarity_log');
const relay = featureAt('anonymity_relay');
const languageKnown = featureAt('language_known_log');
const zoneKnown = featureAt('timezone_familiarity_log');
const browserRatio = featureAt('client_browser_ratio_log');
const osRatio = featureAt('client_os_ratio_log');

export type Has = (id: ChangeId) => boolean;

export function writeFollowing(row: Float32Array, login: Login, has: Has): void {
  if (login.visit.device !== null) writeIdNetwork(row, login, has);
  if (!isObserved(schema, login.row, combinationGroup)) return;
  const knownDevice = has('known_device');
  const breaks: readonly (readonly [number, boolean])[] = [
    [newDeviceNewCountry, knownDevice || has('known_place')],
    [newDeviceNewAsn, knownDevice || has('known_network')],
    [hostingAfterFailures, has('ordinary_network') || has('quiet_source')],
    [newDeviceAfterFailures, knownDevice || has('no_account_failures')],
    [knownDeviceStrangeHosting, has('ordinary_network') || has('known_place')],
    [hiddenNewDevice, knownDevice || has('no_anonymiser')],
  ];
  for (const [feature, broken] of breaks) if (broken) row[feature] = 0;
  // Known by its id, the device would be one that can have been stolen and carried elsewhere.
  if (knownDevice && login.visit.device !== null) row[knownDeviceStrangeHosting] = strangeHosting(login, has);
  writeShares(row, login, has);
}

function strangeHosting({ newness }: Login, has: Has): number {
  const hosting = has('ordinary_network') ? 0 : (newness.hosting ?? 1);
  const country = has('known_place') ? 0 : (newness.country ?? 1);
  return both(hosting, country);
}

/** See `networkStrangeness` in domain/signal/device/replay.ts. */
function writeIdNetwork(row: Float32Array, { row: was, visit, newness }: Login, has: Has): void {
  const before = was[idNetwork] as number;
  if (Number.isNaN(before) && !has('known_device')) return;
  if (before === 0) return;
  if (visit.asn === null) return;
  if (has('known_network') || (was[networkAsn] as number) > 0) {
    row[idNetwork] = 0;
    return;
  }
  const newCountry = visit.country !== null && newness.country !== 0 && !has('known_place');
  const anonymous = visit.anonymous && !has('no_anonymiser');
  const rented = visit.asnClass === 'hosting' && !has('ordinary_network');
  const strangeness = 1 + (newCountry ? 1 : 0) + ((anonymous || rented) && was[relay] !== 1 ? 1 : 0);
  row[idNetwork] = Number.isNaN(before) ? strangeness : Math.min(before, strangeness);
}

/** A share that was given to three digits may be this far off. */
const shareSlack = 0.0006;

/**
 * The share of new things falls by the part of each that has become known; of how many there are, the record tells the most there can
 * be, so it falls by this at least.
 */
function writeShares(row: Float32Array, login: Login, has: Has): void {
  const { share } = login.newness;
  if (share === null || Number.isNaN(share)) return;
  const things = thingsAtMost(login);
  const fresh = Math.round(share * things * 2) / 2;
  const exact = Math.abs(fresh / things - share) <= shareSlack;
  const left = (exact ? fresh : (share + shareSlack) * things) - noLongerNew(login, has);
  const leftShare = Math.max(0, left / things);
  if (leftShare >= (exact ? fresh / things : share)) return;
  row[allNew] = Math.min(row[allNew] as number, leftShare <= mostlyNew ? 0 : (leftShare - mostlyNew) / (1 - mostlyNew));
  row[allKnown] = exact && left <= 0 ? 1 : 0;
}

function thingsAtMost({ visit, newness }: Login): number {
  const observed = [
    !Number.isNaN(newness.device),
    !Number.isNaN(newness.network),
    !Number.isNaN(newness.country),
    visit.browser !== null,
    visit.os !== null,
    visit.language !== null,
    visit.timeZone !== null,
  ];
  return observed.filter(Boolean).length;
}

function noLongerNew({ row, newness, goodLogins }: Login, has: Has): number {
  // Freeman's ratio is at its greatest exactly for what the account never used.
  const neverUsed = Math.log1p(goodLogins / 4);
  const clientNew = (at: number): number => (Math.abs((row[at] as number) - neverUsed) < 1e-5 ? 1 : 0);
  let sum = 0;
  if (has('known_device')) sum += newness.device || 0;
  if (has('known_network')) sum += newness.network || 0;
  if (has('known_place')) sum += newness.country || 0;
  if (has('usual_client')) sum += clientNew(browserRatio) + clientNew(osRatio);
  if (has('usual_language') && row[languageKnown] === 0) sum += 1;
  if (has('usual_time_zone') && row[zoneKnown] === 0) sum += 1;
  return sum;
}
