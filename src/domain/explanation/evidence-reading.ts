// How a number of the evidence is said: rounded as far as a person can use it, in the unit that a person would choose. "0.02 hours" is
// one minute, 8,932 km are 8,900 km, a share of 0.00012 is one in 8,300.
//
// A value may be said in more than one way; each is a reading, the first is the one the templates use. A number in an explanation
// that is no reading of its evidence is a made-up number.
import type { EvidenceDeclaration, Unit } from './evidence-declaration.ts';

/** 'percent' of a whole, 'one_in' that many, 'times' as much; null counts things. */
export type ReadingUnit = Unit | 'percent' | 'one_in' | 'times' | 'seconds' | 'months' | 'years' | null;

export interface Reading {
  readonly value: number;
  readonly unit: ReadingUnit;
}

/** Never empty; `value` is finite and of the declared kind, see `fits` in evidence.ts. Kinds that are no numbers have no readings. */
export function readingsOf(declaration: EvidenceDeclaration, value: number): readonly Reading[] {
  switch (declaration.kind) {
    case 'count':
      return countReadings(value);
    case 'share':
    case 'probability':
      return shareReadings(value);
    case 'ratio':
      return ratioReadings(value);
    case 'ratio_log':
      return ratioReadings(Math.exp(value));
    case 'distance':
      return [
        { value: value < 10 ? Math.round(value) : significant(value, 2), unit: 'km' },
        { value: Math.round(value), unit: 'km' },
      ];
    case 'speed':
      return [
        // Slower than a walk nobody reckons.
        { value: value < 10 ? Math.round(value) : significant(value, 2), unit: 'km/h' },
        { value: Math.round(value), unit: 'km/h' },
      ];
    case 'duration':
    case 'list_age':
      return durationReadings(declaration.unit as DurationUnit, Math.min(minutesMax, value * minutesPer[declaration.unit as DurationUnit]));
    default:
      return [{ value, unit: null }];
  }
}

/** The preferred one. */
export function readingOf(declaration: EvidenceDeclaration, value: number): Reading {
  return readingsOf(declaration, value)[0] as Reading;
}

/** To so many significant digits; 0 stays 0. */
export function significant(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}

/** From here on nobody reads the last digits of a count. */
const exactCountMax = 9_999;

function countReadings(value: number): Reading[] {
  const exact: Reading = { value: Math.round(value), unit: null };
  return exact.value <= exactCountMax ? [exact] : [{ value: significant(exact.value, 2), unit: null }, exact];
}

/** Below one in a hundred a percentage has too many noughts. */
const percentMin = 0.01;
/** Nothing is counted that finely; what is smaller is an absurd record's. */
const shareMin = 1e-9;

function shareReadings(share: number): Reading[] {
  if (share <= 0) return [{ value: 0, unit: 'percent' }];
  if (share >= 1) return [{ value: 100, unit: 'percent' }];
  // Rounding never makes a certainty of what is none.
  const percent: Reading = { value: Math.min(99, Math.max(1, Math.round(share * 100))), unit: 'percent' };
  const oneIn: Reading = { value: significant(1 / Math.max(shareMin, share), 2), unit: 'one_in' };
  if (share < percentMin) return [oneIn];
  return share < 0.5 ? [percent, oneIn] : [percent];
}

/** What is rarer than usual is so many times as rare. */
function ratioReadings(ratio: number): Reading[] {
  const size = ratio >= 1 ? ratio : 1 / ratio;
  return [{ value: Number.isFinite(size) ? significant(size, 2) : Number.MAX_VALUE, unit: 'times' }];
}

type DurationUnit = 'hours' | 'days' | 'minutes' | 'ms';
const minutesPer: Readonly<Record<DurationUnit, number>> = { ms: 1 / 60_000, minutes: 1, hours: 60, days: 1_440 };

/** Two thousand years: what is longer is an absurd record's, and units would overflow. */
const minutesMax = 1e9;

function durationReadings(unit: DurationUnit, minutes: number): Reading[] {
  const seconds = minutes * 60;
  const hours = minutes / 60;
  const days = hours / 24;
  // What is counted in hours or days cannot tell milliseconds.
  if (seconds < 1) return [unit === 'ms' ? { value: Math.round(seconds * 1000), unit } : { value: 0, unit: 'seconds' }];
  if (minutes < 1)
    return [
      { value: significant(seconds, 2), unit: 'seconds' },
      { value: Math.round(seconds * 1000), unit: 'ms' },
    ];
  if (minutes < 60)
    return [
      { value: Math.round(minutes), unit: 'minutes' },
      { value: significant(hours, 2), unit: 'hours' },
    ];
  if (hours < 24)
    return [
      { value: significant(hours, 2), unit: 'hours' },
      { value: Math.round(minutes), unit: 'minutes' },
    ];
  if (hours < 48)
    return [
      { value: Math.round(hours), unit: 'hours' },
      { value: significant(days, 2), unit: 'days' },
    ];
  if (days < 100)
    return [
      { value: Math.round(days), unit: 'days' },
      { value: significant(hours, 2), unit: 'hours' },
    ];
  const months: Reading = { value: Math.round(days / 30.4375), unit: 'months' };
  if (months.value < 24) return [months, { value: Math.round(days), unit: 'days' }];
  return [{ value: significant(days / 365.25, 2), unit: 'years' }, months, { value: Math.round(days), unit: 'days' }];
}
