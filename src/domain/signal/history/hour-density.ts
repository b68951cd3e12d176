// How usual a minute of the week is, given the minutes of past good logins: a density on a circle, against "any time at all".
//
// Each past login spreads a little weight around its own minute of the week (people who come on Tuesdays) and around the same
// minute of every day (people who come at nine): a von Mises kernel on each circle. A few logins "at any time" are mixed in, so
// that little history says little, and no hour is impossible.

const minutesPerWeek = 10_080;
const minutesPerDay = 1_440;

/** Spread of one habit, one standard deviation: daylight saving shifts UTC habits by an hour, and a working day starts when the train comes. */
const dayBandwidthMinutes = 90;
const weekBandwidthMinutes = 120;
/** How much of a habit belongs to its weekday. Most people keep hours; some keep days as well. */
const weekShare = 0.4;
/** Imaginary logins at any time. With the least history used (8), a login at a wholly strange hour is judged 3 times less likely; with 48, 13 times. */
export const uniformLogins = 4;

/**
 * Weight at a distance of 0 to 5,040 minutes around the week, relative to "any time": its mean over the week is 1. A table, because 48
 * exponentials per attempt would be the dearest part of all signals.
 */
const kernel: Float64Array = buildKernel();

function buildKernel(): Float64Array {
  const week = vonMises(minutesPerWeek, weekBandwidthMinutes);
  const day = vonMises(minutesPerDay, dayBandwidthMinutes);
  const table = new Float64Array(minutesPerWeek / 2 + 1);
  for (let i = 0; i < table.length; i++) table[i] = weekShare * (week[i] as number) + (1 - weekShare) * (day[i % minutesPerDay] as number);
  return table;
}

/** exp(k cos x) over one turn, scaled to mean 1; k = 1 / sd^2 in radians is its normal limit. Scaling by the sum spares Bessel's function. */
function vonMises(periodMinutes: number, sdMinutes: number): Float64Array {
  const turn = (2 * Math.PI) / periodMinutes;
  const concentration = 1 / (sdMinutes * turn) ** 2;
  const values = new Float64Array(periodMinutes);
  let sum = 0;
  for (let i = 0; i < periodMinutes; i++) {
    const value = Math.exp(concentration * (Math.cos(i * turn) - 1));
    values[i] = value;
    sum += value;
  }
  return values.map((value) => (value * periodMinutes) / sum);
}

/**
 * ln of the density at `minute` over the uniform one. 0 = as usual as any time, positive = usual, at least ln(4 / (n + 4)).
 * Minutes of the week, 0 to 10,079, whole. 0 without history.
 */
export function hourLogRatio(hours: readonly number[], minute: number): number {
  let sum = uniformLogins;
  for (let i = 0; i < hours.length; i++) {
    const apart = Math.abs(minute - (hours[i] as number));
    sum += kernel[apart > minutesPerWeek / 2 ? minutesPerWeek - apart : apart] as number;
  }
  return Math.log(sum / (hours.length + uniformLogins));
}

/** Minutes to the nearest past login by the clock alone, whatever the day: 0 to 720. NaN without history. */
export function nearestClockMinutes(hours: readonly number[], minute: number): number {
  let nearest = Number.NaN;
  for (const hour of hours) {
    const apart = Math.abs(minute - hour) % minutesPerDay;
    const around = Math.min(apart, minutesPerDay - apart);
    if (!(around >= nearest)) nearest = around;
  }
  return nearest;
}
