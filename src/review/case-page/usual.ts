// This login beside what is usual for the account, line by line: the quickest check of an analyst.
//
// What the assessment's evidence says is of the moment and goes first. Where no reason named it, the account's profile as it is now
// answers, and says so: it may have learnt since. What neither tells is said to be absent, with the cause.
import type { AbsenceCause } from '../../domain/absence.ts';
import type { Assessment, StoredAssessment } from '../../domain/assessment.ts';
import { evidenceItems, signalOf } from '../../domain/explanation/evidence.ts';
import { type AccountProfile, findDevice, minuteOfWeek } from '../../domain/profile/account.ts';
import { findTally, tallyTotal, usualTally } from '../../domain/profile/tally.ts';
import { type Attribute, attributes, attributeValue, type Visit } from '../../domain/profile/visit.ts';
import type { EvidenceValue } from '../../domain/signal/definition.ts';
import { rounded } from '../../domain/signal/measure.ts';
import { featureAt } from '../counterfactual/login.ts';

export const usualAspects = [
  'device',
  'network',
  'network_kind',
  'country',
  'city',
  'hour',
  'browser',
  'system',
  'language',
  'time_zone',
  'interval_days',
  'account_failures_24h',
  'address_failures_24h',
] as const;
export type UsualAspect = (typeof usualAspects)[number];

export type UsualValue = string | number;

export interface UsualRow {
  readonly aspect: UsualAspect;
  /** Of this login. Texts may have been written by an attacker. */
  readonly now: UsualValue | null;
  /** Why `now` is null. */
  readonly nowAbsent: AbsenceCause | null;
  readonly usual: UsualValue | null;
  readonly usualAbsent: AbsenceCause | null;
  /** Good logins with this login's value, of those that have any; null where they are not counted. */
  readonly seen: number | null;
  readonly of: number | null;
  /** What `usual` and the counts were read from: the evidence at the time of the login, or the profile as it is now. */
  readonly from: 'assessment' | 'profile' | null;
}

export interface UsualInput {
  readonly assessment: Assessment;
  readonly visit: Visit;
  /** Null when the log has forgotten the login. */
  readonly record: StoredAssessment | null;
  /** Null for an account without history; the cause when it could not be read. */
  readonly profile: AccountProfile | null | AbsenceCause;
}

type Usual = Pick<UsualRow, 'usual' | 'usualAbsent' | 'seen' | 'of' | 'from'>;

export function usualTable(input: UsualInput): readonly UsualRow[] {
  const evidence = evidenceBySignal(input.assessment);
  return usualAspects.map((aspect) => row(aspect, input, evidence));
}

type EvidenceBySignal = ReadonlyMap<string, ReadonlyMap<string, EvidenceValue>>;

/** Only what is declared and of its declared kind: a stored record may be old or damaged. */
function evidenceBySignal({ reasons }: Assessment): EvidenceBySignal {
  return new Map(
    reasons.flatMap((reason) => {
      const signal = signalOf(reason.code);
      return signal === null ? [] : [[signal, new Map(evidenceItems(reason).map(({ key, value }) => [key, value]))] as const];
    }),
  );
}

/** Where the evidence of a signal says what is usual, how often this value was seen, and of how many. */
interface Told {
  readonly signal: string;
  readonly usual: string;
  readonly seen: string;
}

/** Rows that compare one attribute of the login with the account's tally of it. */
const tallied: Readonly<
  Partial<Record<UsualAspect, { readonly attribute: Attribute; readonly told: Told; readonly missing: AbsenceCause }>>
> = {
  network: {
    attribute: 'asn',
    told: { signal: 'network.familiarity', usual: 'usual_asn', seen: 'good_logins_from_network' },
    missing: 'unknown',
  },
  country: {
    attribute: 'country',
    told: { signal: 'travel.place', usual: 'usual_country', seen: 'good_logins_in_country' },
    missing: 'unknown',
  },
  city: { attribute: 'city', told: { signal: 'travel.place', usual: 'usual_city', seen: 'good_logins_in_city' }, missing: 'unknown' },
  browser: {
    attribute: 'browser',
    told: { signal: 'device.account_rarity', usual: 'usual', seen: 'good_logins_with_it' },
    missing: 'not_sent',
  },
  system: { attribute: 'os', told: { signal: 'device.account_rarity', usual: 'usual', seen: 'good_logins_with_it' }, missing: 'not_sent' },
  language: {
    attribute: 'language',
    told: { signal: 'history.language', usual: 'usual_language', seen: 'good_logins_with_it' },
    missing: 'not_sent',
  },
  time_zone: {
    attribute: 'time_zone',
    told: { signal: 'travel.timezone', usual: 'usual_time_zone', seen: 'good_logins_in_zone' },
    missing: 'not_sent',
  },
};

function row(aspect: UsualAspect, input: UsualInput, evidence: EvidenceBySignal): UsualRow {
  const known = tallied[aspect];
  if (known !== undefined) {
    const value = attributeValue(input.visit, known.attribute);
    const usual =
      toldUsual(known.told, known.attribute, evidence) ?? profileUsual(input, (account) => tallyUsual(account, known.attribute, value));
    return {
      aspect,
      now: shown(value, aspect),
      nowAbsent: value === null ? known.missing : null,
      ...usual,
      usual: shown(usual.usual, aspect),
    };
  }
  switch (aspect) {
    case 'device':
      return deviceRow(input, evidence);
    case 'network_kind':
      return kindRow(input);
    case 'hour':
      return hourRow(input);
    case 'interval_days':
      return intervalRow(input);
    case 'account_failures_24h':
      return failuresRow(aspect, 'account_failures_24h_log', input);
    default:
      return failuresRow('address_failures_24h', 'host_failures_24h_log', input);
  }
}

/** A city's key is "country/region/city"; a network is a number. */
function shown(value: UsualValue | null, aspect: UsualAspect): UsualValue | null {
  if (typeof value !== 'string') return value;
  if (aspect === 'network') return Number(value);
  return aspect === 'city' ? value.slice(value.lastIndexOf('/') + 1) : value;
}

function toldUsual({ signal, usual, seen }: Told, attribute: Attribute, evidence: EvidenceBySignal): Usual | null {
  const told = evidence.get(signal);
  const value = told?.get(usual);
  const of = told?.get('good_logins');
  if (told === undefined || typeof of !== 'number') return null;
  // The rarity of the client speaks of one attribute and says which.
  if (told.has('attribute') && told.get('attribute') !== attribute) return null;
  const count = told.get(seen);
  const known = typeof value === 'string' || typeof value === 'number' ? value : null;
  return {
    usual: known,
    usualAbsent: known === null ? 'no_history' : null,
    seen: typeof count === 'number' ? count : null,
    of,
    from: 'assessment',
  };
}

const nothing = { usual: null, seen: null, of: null, from: null } as const;

function profileUsual({ profile }: UsualInput, read: (account: AccountProfile) => Usual): Usual {
  if (typeof profile === 'string') return { ...nothing, usualAbsent: profile };
  return profile === null || profile.goodCount === 0 ? { ...nothing, usualAbsent: 'no_history' } : read(profile);
}

function fromProfile(usual: UsualValue | null, seen: number | null, of: number | null): Usual {
  return { usual, usualAbsent: usual === null ? 'no_history' : null, seen, of, from: 'profile' };
}

function tallyUsual(account: AccountProfile, attribute: Attribute, value: string | null): Usual {
  const tallies = account.tallies[attributes.indexOf(attribute)] ?? [];
  const seen = value === null ? null : (findTally(tallies, value)?.count ?? 0);
  return fromProfile(usualTally(tallies)?.value ?? null, seen, tallyTotal(tallies));
}

/** "known" or "new"; usual is the device used most, by its looks. */
function deviceRow(input: UsualInput, evidence: EvidenceBySignal): UsualRow {
  const { assessment, visit, record } = input;
  const described = visit.device !== null || visit.fingerprint !== null || visit.browser !== null;
  const codes = new Set(assessment.reasons.map(({ code }) => code));
  const atTheTime = record === null ? Number.NaN : (record.features[featureAt('device_known_log')] ?? Number.NaN);
  const known = codes.has('KNOWN_DEVICE') || codes.has('RECENT_DEVICE') || atTheTime > 0;
  const isNew = codes.has('NEW_DEVICE') || codes.has('SIMILAR_DEVICE') || atTheTime === 0;
  const count = known ? evidence.get('device.familiarity')?.get('good_logins') : undefined;
  const usual = profileUsual(input, (account) => {
    const most = [...account.devices].sort((a, b) => b.count - a.count || b.lastMs - a.lastMs)[0];
    const looks = most === undefined ? null : [most.browser, most.os].filter((look) => look !== null).join(', ') || null;
    const seen = isNew ? 0 : (findDevice(account.devices, visit)?.count ?? null);
    return fromProfile(looks, typeof count === 'number' ? count : seen, account.goodCount);
  });
  return {
    aspect: 'device',
    now: known ? 'known' : isNew ? 'new' : null,
    nowAbsent: known || isNew ? null : described ? 'no_history' : 'not_sent',
    ...usual,
    seen: typeof count === 'number' ? count : usual.seen,
  };
}

/** Of the recent good logins that are remembered with their network. */
function kindRow(input: UsualInput): UsualRow {
  const { asnClass } = input.visit;
  const now = asnClass === 'unknown' ? null : asnClass;
  const usual = profileUsual(input, ({ recent }) => {
    const counts = new Map<string, number>();
    for (const { asnClass: kind } of recent) if (kind !== 'unknown') counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const [most] = [...counts].sort(([, a], [, b]) => b - a);
    const of = [...counts.values()].reduce((sum, count) => sum + count, 0);
    return fromProfile(most?.[0] ?? null, now === null ? null : (counts.get(now) ?? 0), of);
  });
  return { aspect: 'network_kind', now, nowAbsent: now === null ? 'unknown' : null, ...usual };
}

const minutesPerDay = 1_440;

/** Both as the hour of the day, UTC; seen are good logins within an hour of this one's clock time. */
function hourRow(input: UsualInput): UsualRow {
  const minute = minuteOfWeek(input.visit.atMs) % minutesPerDay;
  const usual = profileUsual(input, ({ hours }) => {
    const clocks = hours.map((one) => one % minutesPerDay);
    const near = (at: number): number => clocks.filter((one) => clockDistance(one, at) <= 60).length;
    const best = [...clocks].sort((a, b) => near(b) - near(a) || a - b)[0];
    return fromProfile(best === undefined ? null : clockText(best), near(minute), hours.length);
  });
  return { aspect: 'hour', now: clockText(minute), nowAbsent: null, ...usual };
}

function clockDistance(a: number, b: number): number {
  const apart = Math.abs(a - b);
  return Math.min(apart, minutesPerDay - apart);
}

function clockText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** Days since the last good login, and usually between two; as they were at the login. */
function intervalRow({ record }: UsualInput): UsualRow {
  const days = featureOf(record, 'dormancy_days_log');
  const ratio = featureOf(record, 'dormancy_ratio_log');
  const now = rounded(Math.expm1(days));
  const usual = rounded(Math.max(0, (Math.expm1(days) + 1) / Math.exp(ratio) - 1));
  const cause = record === null ? 'unavailable' : 'no_history';
  return {
    aspect: 'interval_days',
    now,
    nowAbsent: now === null ? cause : null,
    usual,
    usualAbsent: usual === null ? cause : null,
    seen: null,
    of: null,
    from: usual === null ? null : 'assessment',
  };
}

/** Failures are counted and forgotten; what is usual is not remembered, and no number is made up for it. */
function failuresRow(aspect: UsualAspect, feature: string, { record }: UsualInput): UsualRow {
  const count = Math.expm1(featureOf(record, feature));
  const now = Number.isFinite(count) ? Math.round(count) : null;
  return { aspect, now, nowAbsent: now === null ? 'unavailable' : null, ...nothing, usualAbsent: 'unknown' };
}

function featureOf(record: StoredAssessment | null, name: string): number {
  return record?.features[featureAt(name)] ?? Number.NaN;
}
