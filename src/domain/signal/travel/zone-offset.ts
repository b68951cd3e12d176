// Hours between UTC and a zone's clock, from the runtime's own zone data, at a cost that the hot path can bear.
//
// A formatter costs about 0.2 ms to build, 0.1 MB to keep and 3 microseconds to ask, so few are kept and answers are remembered per zone
// and week: a zone changes its clock at most once in a week, so equal offsets at both ends of a week hold all through it.
// What is remembered is bounded, because zone names come from attempts. The same inputs always give the same answer.

const weekMs = 7 * 86_400_000;
const formattersMax = 64;
const zonesMax = 512;
const weeksPerZoneMax = 128;

const formatters = new Map<string, Intl.DateTimeFormat | null>();
/** Zone -> week since 1970 -> minutes east of UTC; NaN: the clock changes in that week. */
const weeksOf = new Map<string, Map<number, number>>();

/** Minutes east of UTC of a zone's clock at a time; null when the runtime does not know the zone. Never throws. */
export function zoneOffsetMinutes(zone: string, atMs: number): number | null {
  const week = Math.floor(atMs / weekMs);
  const known = weeksOf.get(zone)?.get(week);
  if (known !== undefined && !Number.isNaN(known)) return known;
  const formatter = formatterOf(zone);
  if (formatter === null || !(Math.abs(atMs) < 8.64e15 - weekMs)) return null;
  if (known === undefined) {
    const first = offsetBy(formatter, week * weekMs);
    remember(zone, week, first === offsetBy(formatter, (week + 1) * weekMs) ? first : Number.NaN);
  }
  return offsetBy(formatter, atMs);
}

function remember(zone: string, week: number, minutes: number): void {
  let weeks = weeksOf.get(zone);
  if (weeks === undefined) {
    if (weeksOf.size >= zonesMax) weeksOf.clear();
    weeks = new Map();
    weeksOf.set(zone, weeks);
  }
  if (weeks.size >= weeksPerZoneMax) weeks.clear();
  weeks.set(week, minutes);
}

function formatterOf(zone: string): Intl.DateTimeFormat | null {
  const kept = formatters.get(zone);
  if (kept !== undefined) return kept;
  let formatter: Intl.DateTimeFormat | null = null;
  try {
    formatter = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  } catch {
    // Not a zone that this runtime knows: remembered as null, so that it is asked only once.
  }
  if (formatters.size >= formattersMax) formatters.delete(formatters.keys().next().value as string);
  formatters.set(zone, formatter);
  return formatter;
}

/** Reads the "GMT+05:30" (or "GMT" alone) that ends the formatted date; zones before standard time have seconds, which are left out. */
function offsetBy(formatter: Intl.DateTimeFormat, atMs: number): number {
  const text = formatter.format(atMs);
  const at = text.lastIndexOf('GMT') + 3;
  const minutes = Number(text.slice(at + 1, at + 3)) * 60 + Number(text.slice(at + 4, at + 6));
  return text[at] === '-' ? -minutes : minutes;
}
