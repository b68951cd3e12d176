// Typing rhythm of one account, learnt from good logins: how long each key is held (dwell), how long from one key's release to the
// next key's press (flight; negative where keys overlap).
//
// A login form gives a dozen keys and few repetitions, so the measure is the plain one that wins on short fixed texts: the
// scaled Manhattan distance (Killourhy & Maxion 2009) to the mean of each position. Times are taken as logarithms, because
// people vary in proportion to their pace; scales are shrunk to what people usually vary by, because a handful of samples
// says little about them; one pause counts only so much. When the text is not the one that was learnt (another number of
// keys, a changed password), only four summary numbers of the rhythm are compared, with half the confidence.
//
// Keys pressed by a machine (a password manager's auto-type, a security key) are counted and teach nothing.
// Bounded: 32 positions and 8 summary numbers, small integers, whatever is typed.
import type { BehaviorClaim, TypingSample } from '../attempt.ts';
import { machineRhythm } from './machine-rhythm.ts';

export interface TypingProfile {
  /** Samples learnt, whatever their text. */
  count: number;
  /** Good logins whose keys a machine pressed. */
  machineCount: number;
  /** Number of keys held and of flights in the text that `mean` and `deviation` describe. */
  dwells: number;
  flights: number;
  /** Samples of that text. */
  textCount: number;
  /** Samples of another text since the last one of that text. */
  strays: number;
  /** Thousandths of the log scale per position: dwells, then flights. */
  mean: number[];
  deviation: number[];
  /** The same for the four summary numbers: mean and spread of the log dwells, mean and spread of the log flights. */
  summaryMean: number[];
  summaryDeviation: number[];
}

/** Fewer keys than this have no rhythm to speak of. */
export const typingKeysMin = 4;
/** Below this many samples a profile proves nothing. */
export const typingSamplesMin = 3;
const dwellPositionsMax = 16;
const flightPositionsMax = 16;
/** This many samples of another text in a row mean that the text was changed. */
const straysMax = 3;
/** The last forty samples or so count: people change slowly, keyboards suddenly. */
const memorySamples = 40;

/** Added before the logarithm: makes 20 ms more matter as little at a dwell of 90 ms as timers and keyboards vary, and admits overlaps. */
const logOffsetMs = 100;
const shortestMs = -75;
const longestMs = 5_000;
const scale = 1000;

/**
 * What people vary by from one repetition to the next, mean absolute deviation of ln(time + 100 ms): measured on 56 people and 2,856
 * repetitions of one password (MEU-Mobile KSD). The scale of a position is shrunk to it as if it were this many samples.
 */
const usualDwellDeviation = 0.06;
const usualFlightDeviation = 0.22;
const usualSummaryDeviation = [0.04, 0.016, 0.13, 0.07] as const;
const priorSamples = 4;
/** More than this many usual deviations at one position is one surprise, not a larger one. */
const surpriseMax = 5;

/**
 * The sample, where it can be evidence of who typed: by hand, on a keyboard. Paste, autofill, touch and assistive input are none, and
 * neither are phones and tablets, whose keyboards are drawn on the screen.
 */
export function handTyped(behavior: BehaviorClaim | null, deviceType: string | null): TypingSample | null {
  if (behavior === null || behavior.typing === null || behavior.typing.dwellMs.length === 0) return null;
  if (behavior.pasted === true || behavior.autofilled === true || behavior.assistive === true || behavior.pointer?.touch === true)
    return null;
  return deviceType === 'mobile' || deviceType === 'tablet' ? null : behavior.typing;
}

/** From this value of `machineRhythm` on, the keys are taken to have been pressed by a machine. */
export const machineRhythmMin = 0.5;

function logTime(ms: number): number {
  return Math.log(logOffsetMs + (ms < shortestMs ? shortestMs : ms > longestMs ? longestMs : ms));
}

/** Takes one sample into the profile, changing it; null stays null when the sample is too short to mean anything. */
export function learnTyping(profile: TypingProfile | null, sample: TypingSample): TypingProfile | null {
  if (sample.dwellMs.length < typingKeysMin) return profile;
  const learnt = profile ?? emptyTyping();
  if (machineRhythm(sample) >= machineRhythmMin) {
    learnt.machineCount += 1;
    return learnt;
  }
  learnSummary(learnt, sample);
  learnt.count += 1;
  if (learnt.textCount === 0 || (learnt.strays >= straysMax - 1 && !sameText(learnt, sample))) startText(learnt, sample);
  if (sameText(learnt, sample)) learnText(learnt, sample);
  else learnt.strays += 1;
  return learnt;
}

function emptyTyping(): TypingProfile {
  return {
    count: 0,
    machineCount: 0,
    dwells: 0,
    flights: 0,
    textCount: 0,
    strays: 0,
    mean: [],
    deviation: [],
    summaryMean: [0, 0, 0, 0],
    summaryDeviation: [0, 0, 0, 0],
  };
}

/** Whether the sample has as many keys as the learnt text: the nearest that can be known without knowing the text. */
function sameText(profile: TypingProfile, sample: TypingSample): boolean {
  return profile.dwells === sample.dwellMs.length && profile.flights === sample.flightMs.length;
}

function startText(profile: TypingProfile, sample: TypingSample): void {
  profile.dwells = sample.dwellMs.length;
  profile.flights = sample.flightMs.length;
  profile.textCount = 0;
  const positions = Math.min(profile.dwells, dwellPositionsMax) + Math.min(profile.flights, flightPositionsMax);
  profile.mean = new Array<number>(positions).fill(0);
  profile.deviation = new Array<number>(positions).fill(0);
}

function learnText(profile: TypingProfile, sample: TypingSample): void {
  const dwells = Math.min(profile.dwells, dwellPositionsMax);
  for (let i = 0; i < profile.mean.length; i++) {
    const ms = i < dwells ? sample.dwellMs[i] : sample.flightMs[i - dwells];
    learnNumber(profile.mean, profile.deviation, i, logTime(ms as number), profile.textCount);
  }
  profile.textCount += 1;
  profile.strays = 0;
}

function learnSummary(profile: TypingProfile, sample: TypingSample): void {
  for (let part = 0; part < 2; part++) {
    const times = part === 0 ? sample.dwellMs : sample.flightMs;
    if (times.length === 0) continue;
    const mean = logMean(times);
    learnNumber(profile.summaryMean, profile.summaryDeviation, part * 2, mean, profile.count);
    learnNumber(profile.summaryMean, profile.summaryDeviation, part * 2 + 1, logSpread(times, mean), profile.count);
  }
}

/**
 * Running mean and mean absolute deviation of position `i`, `known` samples before this one. The deviation is taken from the mean
 * before the sample moves it, which is farther from the sample than the true mean by the factor taken out here.
 */
function learnNumber(means: number[], deviations: number[], i: number, value: number, known: number): void {
  const x = value * scale;
  if (known === 0) {
    means[i] = Math.round(x);
    deviations[i] = 0;
    return;
  }
  const mean = means[i] as number;
  const deviation = deviations[i] as number;
  const away = Math.abs(x - mean) * Math.sqrt(known / (known + 1));
  means[i] = Math.round(mean + (x - mean) / Math.min(known + 1, memorySamples));
  deviations[i] = Math.round(deviation + (away - deviation) / Math.min(known, memorySamples));
}

/** Of the first 32 times: a long text has no more to tell, and should cost no more. */
const summaryTimesMax = 32;

function logMean(times: readonly number[]): number {
  const count = Math.min(times.length, summaryTimesMax);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += logTime(times[i] as number);
  return sum / count;
}

function logSpread(times: readonly number[], mean: number): number {
  const count = Math.min(times.length, summaryTimesMax);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.abs(logTime(times[i] as number) - mean);
  return sum / count;
}

export type TypingBasis = 'text' | 'summary';

/** What the sample can be compared with; null where the profile or the sample is too small. `textChanged` forbids the positions. */
export function typingBasis(profile: TypingProfile | null, sample: TypingSample, textChanged: boolean): TypingBasis | null {
  if (profile === null || sample.dwellMs.length < typingKeysMin) return null;
  if (!textChanged && profile.textCount >= typingSamplesMin && sameText(profile, sample)) return 'text';
  return profile.count >= typingSamplesMin ? 'summary' : null;
}

/**
 * Distance of a sample from the account's rhythm in its usual deviations: about 1 for the person herself, around 2 for somebody
 * else, never above 5. Dwells and flights weigh the same.
 */
export function typingDistance(profile: TypingProfile, sample: TypingSample, basis: TypingBasis): number {
  return basis === 'text' ? textDistance(profile, sample) : summaryDistance(profile, sample);
}

function textDistance(profile: TypingProfile, sample: TypingSample): number {
  const dwells = Math.min(profile.dwells, dwellPositionsMax);
  const flights = profile.mean.length - dwells;
  let dwellSum = 0;
  for (let i = 0; i < dwells; i++) {
    dwellSum += surpriseAt(
      profile.mean,
      profile.deviation,
      i,
      logTime(sample.dwellMs[i] as number),
      usualDwellDeviation,
      profile.textCount,
    );
  }
  if (flights === 0) return dwellSum / dwells;
  let flightSum = 0;
  for (let i = 0; i < flights; i++) {
    flightSum += surpriseAt(
      profile.mean,
      profile.deviation,
      dwells + i,
      logTime(sample.flightMs[i] as number),
      usualFlightDeviation,
      profile.textCount,
    );
  }
  return (dwellSum / dwells + flightSum / flights) / 2;
}

function summaryDistance(profile: TypingProfile, sample: TypingSample): number {
  let sum = 0;
  let parts = 0;
  for (let part = 0; part < 2; part++) {
    const times = part === 0 ? sample.dwellMs : sample.flightMs;
    if (times.length === 0 || profile.summaryMean[part * 2] === 0) continue;
    const mean = logMean(times);
    sum += surpriseAt(
      profile.summaryMean,
      profile.summaryDeviation,
      part * 2,
      mean,
      usualSummaryDeviation[part * 2] as number,
      profile.count,
    );
    sum += surpriseAt(
      profile.summaryMean,
      profile.summaryDeviation,
      part * 2 + 1,
      logSpread(times, mean),
      usualSummaryDeviation[part * 2 + 1] as number,
      profile.count,
    );
    parts += 2;
  }
  return sum / parts;
}

function surpriseAt(
  means: readonly number[],
  deviations: readonly number[],
  i: number,
  value: number,
  usual: number,
  known: number,
): number {
  const samples = Math.min(known, memorySamples) - 1;
  const deviation = (samples * (deviations[i] as number) + priorSamples * usual * scale) / (samples + priorSamples);
  const surprise = Math.abs(value * scale - (means[i] as number)) / deviation;
  return surprise < surpriseMax ? surprise : surpriseMax;
}

/** How much the distance may be believed, 0 to 1: half after four samples of the text; never above a half for another text. */
export function typingConfidence(profile: TypingProfile, basis: TypingBasis): number {
  return basis === 'text' ? profile.textCount / (profile.textCount + 4) : profile.count / (profile.count + 4) / 2;
}
