// What is new about an attempt, each answer between 0 (known to the account) and 1 (new to it), NaN where it cannot be told.
//
// Deliberately plain and independent of the single groups: a conjunction needs to know that two things are new, not how new.
import type { Facts } from '../../facts.ts';
import type { AccountProfile, DeviceMemory } from '../../profile/account.ts';
import { findTally, type Tally } from '../../profile/tally.ts';
import { type Attribute, attributes, attributeValue, type Visit } from '../../profile/visit.ts';

/** A known browser on a known system without its id: a cleared cookie or a private window is as likely as a stranger. */
const sameLooksNovelty = 0.5;

/** Where nothing good was ever learnt, everything is new and newness says nothing. */
function hasHistory(account: AccountProfile | null): account is AccountProfile {
  return account !== null && account.goodCount > 0;
}

export function deviceNovelty(facts: Facts): number {
  const { account, visit } = facts;
  if (!hasHistory(account) || account.devices.length === 0) return Number.NaN;
  if (facts.knownDevice !== null) return 0;
  // Half a description fits too many devices to call any of them new.
  if (visit.device === null && visit.fingerprint === null && (visit.browser === null || visit.os === null)) return Number.NaN;
  for (const device of account.devices) if (looksAlike(device, visit)) return sameLooksNovelty;
  return 1;
}

/** Same browser on the same kind of machine, and nothing that both tell contradicts it. */
function looksAlike(device: DeviceMemory, visit: Visit): boolean {
  return (
    visit.os !== null &&
    device.os === visit.os &&
    visit.browser !== null &&
    device.browser === visit.browser &&
    device.deviceType === visit.deviceType &&
    agrees(device.screen, visit.screen) &&
    agrees(device.fingerprint, visit.fingerprint)
  );
}

function agrees(known: string | null, claimed: string | null): boolean {
  return known === null || claimed === null || known === claimed;
}

/** 1 when the account has used other values of the attribute but never this one. */
function noveltyAmong(tallies: readonly Tally[] | undefined, value: string | null): number {
  if (value === null || tallies === undefined || tallies.length === 0) return Number.NaN;
  return findTally(tallies, value) === null ? 1 : 0;
}

const positionOf = Object.fromEntries(attributes.map((attribute, i) => [attribute, i])) as Readonly<Record<Attribute, number>>;

export function attributeNovelty(facts: Facts, attribute: Attribute): number {
  if (!hasHistory(facts.account)) return Number.NaN;
  return noveltyAmong(facts.account.tallies[positionOf[attribute]], attributeValue(facts.visit, attribute));
}

/** Fewer observed things than this are no basis for "nothing" or "everything". */
const observedMin = 4;
/** Newness of device, network, country, browser, system, language, time zone; reused by every call. */
const things = new Float64Array(7);

/**
 * Share of the observed things that are new to the account: the device, network and country given, and browser, system, language and
 * time zone; the first two of those stand for the device where it has no id.
 */
export function shareNew(facts: Facts, device: number, asn: number, country: number): number {
  const { account, visit } = facts;
  if (!hasHistory(account)) return Number.NaN;
  const { tallies } = account;
  things[0] = device;
  things[1] = asn;
  things[2] = country;
  things[3] = noveltyAmong(tallies[positionOf.browser], visit.browser);
  things[4] = noveltyAmong(tallies[positionOf.os], visit.os);
  things[5] = noveltyAmong(tallies[positionOf.language], visit.language);
  things[6] = noveltyAmong(tallies[positionOf.time_zone], visit.timeZone);
  let observed = 0;
  let fresh = 0;
  for (let i = 0; i < things.length; i++) {
    const novelty = things[i] as number;
    if (Number.isNaN(novelty)) continue;
    observed++;
    fresh += novelty;
  }
  return observed < observedMin ? Number.NaN : fresh / observed;
}

/** Product in which 0 settles the matter whatever is unknown about the other; otherwise unknown stays unknown. */
export function both(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b;
}
