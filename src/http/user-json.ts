// What is remembered of an account, for its administrator and for a person who asks what we hold. Identifiers are kept as
// keyed hashes only, so addresses, devices and sessions appear as counts or by what they look like.
import type { AccountProfile } from '../domain/profile/account.ts';
import { attributes } from '../domain/profile/visit.ts';

/** Attributes whose values are words rather than keyed hashes. */
const readable: ReadonlySet<string> = new Set([
  'asn',
  'country',
  'region',
  'city',
  'browser',
  'os',
  'device_type',
  'language',
  'time_zone',
]);

export function userJson(userId: string, profile: AccountProfile): Record<string, unknown> {
  return {
    user: { id: userId },
    first_seen_at: timeOf(profile.firstSeenMs),
    good_logins: profile.goodCount,
    first_good_login_at: profile.goodCount === 0 ? null : timeOf(profile.firstGoodMs),
    last_good_login_at: profile.goodCount === 0 ? null : timeOf(profile.lastGoodMs),
    usual_gap_hours: profile.usualGapMs === 0 ? null : Math.round(profile.usualGapMs / 36_000) / 100,
    familiar: familiarOf(profile),
    places: profile.places.map((place) => ({
      country: place.country,
      latitude: place.latitude,
      longitude: place.longitude,
      accuracy_km: place.accuracyKm,
      good_logins: place.count,
      last_at: timeOf(place.lastMs),
    })),
    devices: profile.devices.map((device) => ({
      browser: device.browser,
      browser_major: device.browserMajor,
      os: device.os,
      device_type: device.deviceType,
      language: device.language,
      time_zone: device.timeZone,
      screen: device.screen,
      country: device.country,
      asn: device.asn,
      good_logins: device.count,
      first_at: timeOf(device.firstMs),
      last_at: timeOf(device.lastMs),
    })),
    remembered: {
      hours: profile.hours.length,
      sessions: profile.sessions.length,
      typing_rhythm: profile.typing !== null,
      addresses_that_tried: profile.hosts.members.length,
      devices_that_tried: profile.triedDevices.members.length,
    },
  };
}

function familiarOf(profile: AccountProfile): Record<string, unknown> {
  const familiar: Record<string, unknown> = {};
  attributes.forEach((attribute, at) => {
    const tallies = profile.tallies[at] ?? [];
    familiar[attribute] = readable.has(attribute)
      ? tallies.map((tally) => ({ value: tally.value, good_logins: tally.count, last_at: timeOf(tally.lastMs) }))
      : { distinct: tallies.length };
  });
  return familiar;
}

/** Null where a record of an older version holds no time. */
function timeOf(ms: number): string | null {
  return Number.isFinite(ms) && Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : null;
}
