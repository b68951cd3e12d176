// The few named conjunctions that single groups cannot carry: the model adds one number per group, and an attacker's mark is often
// that two harmless things happen at once.
//
// One group, so that its contribution is one number; the code names the conjunction that weighs most, by the points of its rule.
import type { AbsenceCause } from '../../absence.ts';
import type { Facts } from '../../facts.ts';
import { defineSignal, type FallbackRule } from '../definition.ts';
import { rounded } from '../measure.ts';
import { attributeNovelty, both, deviceNovelty, shareNew } from './novelty.ts';
import { failuresAround, failuresOnAccount, hidden, onHosting, saturating } from './source.ts';

/** Position of each conjunction in the group. */
const newDeviceNewCountry = 0;
const newDeviceNewAsn = 1;
const hostingAfterFailures = 2;
const newDeviceAfterFailures = 3;
const knownDeviceStrangeHosting = 4;
const hiddenNewDevice = 5;
const allNew = 6;
const allKnown = 7;

/** A rule that holds from `least` on, never on NaN. */
function from(name: string, feature: number, least: number, points: number, sentence: string): FallbackRule {
  return { name, points, sentence, holds: (x, at) => (x[at + feature] as number) >= least };
}

const rules: readonly FallbackRule[] = [
  from('new_device_new_country', newDeviceNewCountry, 0.9, 1.5, 'Device and country are both new to the account.'),
  from('new_device_new_asn', newDeviceNewAsn, 0.9, 0.5, 'Device and network are both new to the account.'),
  from(
    'hosting_after_failures',
    hostingAfterFailures,
    0.49,
    1.5,
    'A hosting network with ten or more failures beyond half of its tries in the hour.',
  ),
  from(
    'new_device_after_failures',
    newDeviceAfterFailures,
    0.49,
    0.8,
    'A new device, after ten or more failures on the account in the hour.',
  ),
  from('known_device_strange_hosting', knownDeviceStrangeHosting, 0.9, 1.5, 'A known device id on a hosting network in a new country.'),
  from('hidden_new_device', hiddenNewDevice, 0.9, 1, 'A new device behind Tor, a VPN or an open proxy.'),
  from('all_new', allNew, 0.5, 1, 'Nothing or next to nothing observed is known to the account.'),
  from('all_known', allKnown, 0.9, -1, 'Everything observed is known to the account.'),
];

/** Code of each conjunction that raises, in the order of the features. */
const raisingCodes = [
  'NEW_DEVICE_IN_NEW_COUNTRY',
  'NEW_DEVICE_ON_NEW_NETWORK',
  'HOSTING_AFTER_FAILURES',
  'NEW_DEVICE_AFTER_FAILURES',
  'KNOWN_DEVICE_ON_STRANGE_HOSTING',
  'HIDDEN_NEW_DEVICE',
  'NOTHING_FAMILIAR',
] as const;

function heaviest(x: Float32Array, at: number): string {
  let code = 'NOT_ALL_FAMILIAR';
  let weight = 0;
  for (let feature = newDeviceNewCountry; feature <= allNew; feature++) {
    const value = (rules[feature] as FallbackRule).points * (x[at + feature] as number);
    if (value > weight) {
      code = raisingCodes[feature] as string;
      weight = value;
    }
  }
  return code;
}

/** Up to this share of new things an attempt is still familiar; beyond it, what is left is what everybody shares (language, the commonest system). */
export const mostlyNew = 0.7;

function write(facts: Facts, out: Float32Array, at: number): void {
  const device = deviceNovelty(facts);
  const country = attributeNovelty(facts, 'country');
  const asn = attributeNovelty(facts, 'asn');
  const hosting = onHosting(facts);
  const share = shareNew(facts, device, asn, country);
  out[at + newDeviceNewCountry] = both(device, country);
  out[at + newDeviceNewAsn] = both(device, asn);
  out[at + hostingAfterFailures] = both(hosting, saturating(failuresAround(facts)));
  out[at + newDeviceAfterFailures] = both(device, saturating(failuresOnAccount(facts)));
  out[at + knownDeviceStrangeHosting] = both(knownById(facts), both(hosting, country));
  out[at + hiddenNewDevice] = both(device, hidden(facts));
  out[at + allNew] = share <= mostlyNew ? 0 : (share - mostlyNew) / (1 - mostlyNew);
  out[at + allKnown] = Number.isNaN(share) ? share : share === 0 ? 1 : 0;
}

/** Only an id can be stolen and carried elsewhere; looks are shared by millions. */
function knownById(facts: Facts): number {
  return facts.knownDevice !== null && facts.knownDevice.device !== null ? 1 : 0;
}

function yesOrNo(value: number): boolean | null {
  return Number.isNaN(value) ? null : value === 1;
}

export const combination = defineSignal({
  name: 'combination',
  title: 'Combinations',
  describes:
    'Eight conjunctions of facts that mean more together than apart: a new device in a new country, a hosting network after failures, a known device id that turns up on a strange hosting ' +
    'network (a stolen cookie), nothing familiar at all, everything familiar. New means new to an account that has good logins to compare with; where a part is unknown, so is the conjunction.',
  features: [
    {
      name: 'new_device_new_country',
      monotone: 1,
      sentence: '1 when device and country are both new to the account, 0.5 when the device only lacks its id, 0 when either is known.',
    },
    { name: 'new_device_new_asn', monotone: 1, sentence: 'The same for device and network (ASN); 0 to 1.' },
    {
      name: 'hosting_after_failures',
      monotone: 1,
      sentence: 'On a hosting network f / (f + 10), f = failures of the last hour there beyond half of the tries; else 0.',
    },
    {
      name: 'new_device_after_failures',
      monotone: 1,
      sentence: 'Newness of the device times f / (f + 10), f = failures on the account in the last hour; 0 to 1.',
    },
    {
      name: 'known_device_strange_hosting',
      monotone: 1,
      sentence: '1 when a device known by its id turns up on a hosting network in a country new to the account, else 0.',
    },
    {
      name: 'hidden_new_device',
      monotone: 1,
      sentence: "Newness of the device (0 to 1) behind Tor, a VPN or an open proxy that is not the tenant's own egress; else 0.",
    },
    {
      name: 'all_new',
      monotone: 1,
      sentence: 'Share of device, network, country, browser, system, language and time zone that is new: 0 up to 70 %, 1 at all of them.',
    },
    { name: 'all_known', monotone: -1, sentence: '1 when everything observed of those is known to the account, else 0.' },
  ],
  codes: {
    NEW_DEVICE_IN_NEW_COUNTRY: { direction: 'raises', sentence: 'A device new to the account, in a country new to it.' },
    NEW_DEVICE_ON_NEW_NETWORK: { direction: 'raises', sentence: 'A device new to the account, on a network new to it.' },
    HOSTING_AFTER_FAILURES: { direction: 'raises', sentence: 'A hosting network from which most tries of the last hour failed.' },
    NEW_DEVICE_AFTER_FAILURES: { direction: 'raises', sentence: 'A new device, after tries on the account had failed.' },
    KNOWN_DEVICE_ON_STRANGE_HOSTING: {
      direction: 'raises',
      sentence: 'A known device id turned up on a hosting network in a new country, as a stolen cookie would.',
    },
    HIDDEN_NEW_DEVICE: { direction: 'raises', sentence: 'A new device that hides where it is.' },
    NOTHING_FAMILIAR: {
      direction: 'raises',
      sentence: 'Nothing or next to nothing about this attempt is familiar, although the account has a history.',
    },
    NOT_ALL_FAMILIAR: {
      direction: 'raises',
      sentence: "Some of what is usually familiar about this account's logins is not, or could not be told.",
    },
    EVERYTHING_FAMILIAR: {
      direction: 'lowers',
      sentence: 'Device, network, country and the rest of what was observed are all known to the account.',
    },
    NO_RISKY_COMBINATION: { direction: 'lowers', sentence: 'None of the risky combinations holds to a degree that matters.' },
  },
  rules,
  derive(facts, out, at): AbsenceCause | null {
    if (facts.profilesAbsent !== null) return facts.profilesAbsent;
    // Never wholly unknown: whether a known id was carried here can always be told, even for an account without history.
    write(facts, out, at);
    return null;
  },
  explain(facts, x, at, contribution) {
    const lowers = x[at + allKnown] === 1 ? 'EVERYTHING_FAMILIAR' : 'NO_RISKY_COMBINATION';
    const device = deviceNovelty(facts);
    const country = attributeNovelty(facts, 'country');
    const asn = attributeNovelty(facts, 'asn');
    return {
      code: contribution > 0 ? heaviest(x, at) : lowers,
      evidence: {
        new_device: rounded(device),
        new_country: yesOrNo(country),
        new_network: yesOrNo(asn),
        country: facts.visit.country,
        asn: facts.visit.asn,
        hosting: yesOrNo(onHosting(facts)),
        hidden: yesOrNo(hidden(facts)),
        share_new: rounded(shareNew(facts, device, asn, country)),
        failures_beyond_half_1h: Math.round(failuresAround(facts)),
        failures_on_account_1h: Math.round(failuresOnAccount(facts)),
        good_logins: facts.account?.goodCount ?? 0,
      },
    };
  },
});
