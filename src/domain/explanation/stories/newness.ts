// What is new or hardly known to the account: device, place, network. The commonest story, and the commonest false alarm, so it says what
// is usual, how often the account meets new things anyway, and on what weak ground a device was judged.
import type { EvidenceView } from '../evidence-view.ts';
import type { Wording } from '../wording.ts';
import { doubtSentence } from './journey.ts';
import { capital, clientOf, type Found, named, only, operatorOf, type Story } from './story.ts';

const newPlaces = ['NEW_COUNTRY', 'NEW_REGION', 'NEW_CITY'] as const;
const places = [...newPlaces, 'LITTLE_USED_PLACE'] as const;
const networks = ['NEW_NETWORK', 'LITTLE_USED_NETWORK'] as const;
const combinations = [
  'NEW_DEVICE_IN_NEW_COUNTRY',
  'NEW_DEVICE_ON_NEW_NETWORK',
  'HIDDEN_NEW_DEVICE',
  'NOTHING_FAMILIAR',
  'NOT_ALL_FAMILIAR',
] as const;

/** Looks that agree this far are not called new; device/familiarity.ts has the reason for the value. */
const similarMin = 0.6;

interface New {
  readonly device: boolean;
  readonly country: boolean;
  readonly network: boolean;
}

/** A device is called new only where nothing it looks like is remembered. */
function whatIsNew(found: Found): New {
  const device = found.view('NEW_DEVICE');
  const both = found.any(combinations);
  return {
    device: device === null ? both?.raw('new_device') === 1 : !looksKnown(device),
    country: found.has('NEW_COUNTRY') || both?.flag('new_country') === true,
    network: found.has('NEW_NETWORK') || both?.flag('new_network') === true,
  };
}

function looksKnown(device: EvidenceView): boolean {
  return (device.raw('similarity') ?? 0) >= similarMin;
}

function deviceThing(found: Found, words: Wording): string {
  return named(words, 'thing.device', clientOf(found.view('NEW_DEVICE'), words));
}

function newThings(found: Found, words: Wording, fresh: New): string[] {
  const place = found.any(places);
  const both = found.any(combinations);
  const narrower = (code: string, id: 'thing.region' | 'thing.city', key: string): string | null =>
    found.has(code) && !fresh.country ? named(words, id, place?.name(key) ?? null) : null;
  return only(
    fresh.device ? deviceThing(found, words) : null,
    fresh.country ? named(words, 'thing.country', (place ?? both)?.name('country') ?? null) : null,
    narrower('NEW_REGION', 'thing.region', 'region'),
    narrower('NEW_CITY', 'thing.city', 'city'),
    fresh.network ? named(words, 'thing.network', found.once(operatorOf(found.view('NEW_NETWORK') ?? both))) : null,
  );
}

function newSentence(found: Found, words: Wording, fresh: New): string | null {
  const things = newThings(found, words, fresh);
  if (things.length === 0) return null;
  const history = (found.any([...networks, ...places]) ?? found.any(combinations))?.count('good_logins') ?? 0;
  const args = { things: words.list(things), count: things.length, logins: history };
  return capital(words.say(history > 0 ? 'newness.new_with_history' : 'newness.new', args));
}

/** What is usual instead; only about what is new. */
function usualSentence(found: Found, words: Wording, fresh: New): string | null {
  const place = found.any(newPlaces);
  const network = found.view('NEW_NETWORK');
  const city = place?.name('usual_city') ?? null;
  const usually = place?.name('usual_country') ?? null;
  const country = city === null && usually === (place?.name('country') ?? null) ? null : usually;
  const asn = fresh.network ? (network?.name('usual_asn') ?? null) : null;
  const usual = only(
    country === null ? null : city === null ? country : words.say('with_name', { thing: country, name: city }),
    asn === null ? null : words.say('newness.usual_network', { network: asn }),
  );
  return usual.length === 0 ? null : words.say('newness.usual', { usual: words.list(usual), count: usual.length });
}

function distanceSentence(found: Found, words: Wording): string | null {
  const view = found.any(places);
  const km = view?.raw('nearest_known_place_km') ?? null;
  const error = view?.raw('uncertainty_km') ?? null;
  // Within the error there is no distance to speak of.
  if (view === null || km === null || error === null || km <= error) return null;
  return words.say('newness.nearest', {
    distance: view.amount('nearest_known_place_km') as string,
    error: view.amount('uncertainty_km') as string,
  });
}

/** Only where no place of the account has been compared with: it would say the same again. */
function farSentence(found: Found, words: Wording): string | null {
  const view = found.view('TRAVEL_IN_DOUBT');
  return view === null || found.any(places) !== null ? null : doubtSentence(view, words);
}

function roamingSentence(found: Found, words: Wording): string | null {
  const share = found.view('NEW_NETWORK')?.amount('expected_new_share') ?? null;
  return share === null ? null : words.say('newness.roaming', { share });
}

function deviceSentence(found: Found, words: Wording, fresh: New): string | null {
  const recent = found.view('RECENT_DEVICE');
  if (recent !== null) return recentDevice(recent, words);
  const view = found.view('NEW_DEVICE');
  if (view === null || view.flag('id_sent') !== false) return !fresh.device && view !== null ? words.say('newness.new_id') : null;
  if (fresh.device) return words.say('newness.judged_by_looks');
  const nearest = clientOf(view, words, 'nearest_browser', 'nearest_os');
  const ago = view.ago('nearest_last_used_days_ago');
  return nearest === null || ago === null ? words.say('newness.similar') : words.say('newness.similar_to', { nearest, ago });
}

function recentDevice(view: EvidenceView, words: Wording): string {
  const logins = view.count('good_logins');
  const first = view.ago('first_used_days_ago');
  const last = view.ago('last_used_days_ago');
  if (logins === null || first === null || last === null) return words.say('newness.recent_device');
  return words.say('newness.recent_device_use', { logins, first, last });
}

function littleUsedSentence(found: Found, words: Wording): string | null {
  const network = found.view('LITTLE_USED_NETWORK');
  if (network === null) return null;
  const name = found.once(operatorOf(network));
  const logins = network.count('good_logins_from_network');
  const total = network.count('good_logins');
  if (logins === null || total === null || logins > total) return words.say('newness.little_network');
  const id = network.raw('good_logins_from_address') === 0 && logins > 0 ? 'newness.new_address' : 'newness.little_network_use';
  return capital(words.say(id, { network: named(words, 'thing.network', name), logins, total }));
}

function littlePlaceSentence(found: Found, words: Wording): string | null {
  const view = found.view('LITTLE_USED_PLACE');
  if (view === null) return null;
  const logins = view.count('good_logins_in_city');
  const total = view.count('good_logins');
  const place = view.name('city');
  if (logins === null || total === null || place === null || logins > total) return words.say('newness.little_place');
  return words.say('newness.little_place_use', { place, logins, total });
}

/** Where a combination is all there is to tell. */
function combinedSentence(found: Found, words: Wording): string {
  const view = found.any(combinations);
  if (found.has('NOTHING_FAMILIAR')) {
    const share = view?.amount('share_new') ?? null;
    return share === null ? words.say('newness.nothing') : words.say('newness.nothing_share', { share });
  }
  if (found.has('HIDDEN_NEW_DEVICE')) return words.say('newness.hidden');
  return words.say(view?.raw('good_logins') === 0 ? 'newness.no_history' : 'newness.not_all');
}

function tell(found: Found, words: Wording): string[] {
  const fresh = whatIsNew(found);
  const told = only(
    newSentence(found, words, fresh),
    found.has('HIDDEN_NEW_DEVICE') && fresh.device ? words.say('newness.hides') : null,
    littleUsedSentence(found, words),
    littlePlaceSentence(found, words),
    deviceSentence(found, words, fresh),
    usualSentence(found, words, fresh),
    distanceSentence(found, words),
    farSentence(found, words),
    roamingSentence(found, words),
  );
  if (told.length === 0 || found.has('NOTHING_FAMILIAR')) told.splice(1, 0, combinedSentence(found, words));
  return told;
}

function headline(found: Found, words: Wording): string {
  const fresh = whatIsNew(found);
  const country = (found.any(places) ?? found.any(combinations))?.name('country') ?? null;
  if (fresh.device && fresh.country) return named(words, 'headline.new_device_country', country);
  if (fresh.device && fresh.network) return words.say('headline.new_device_network');
  if (fresh.device) return words.say('headline.new_device');
  if (fresh.country) return named(words, 'headline.new_country', country);
  if (found.has('NEW_REGION') || found.has('NEW_CITY')) return words.say('headline.new_place');
  if (fresh.network) return words.say('headline.new_network');
  if (found.has('NEW_DEVICE')) return words.say('headline.unproven_device');
  return words.say(found.has('TRAVEL_IN_DOUBT') ? 'headline.place_in_doubt' : 'headline.unfamiliar');
}

export const newness: Story = {
  name: 'newness',
  codes: ['NEW_DEVICE', 'RECENT_DEVICE', ...places, ...networks, 'TRAVEL_IN_DOUBT', ...combinations],
  tell,
  headline,
};
