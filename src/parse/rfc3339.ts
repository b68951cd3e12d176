// RFC 3339 times to epoch milliseconds, exactly: `Date.parse` also takes "2026", "Nov 1" and times without an offset, which
// mean different instants on different machines.

const zero = 48;
const daysInMonth = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** Epoch milliseconds, fractions below a millisecond dropped; null when the text is not an RFC 3339 time with an offset. */
export function parseTime(text: string): number | null {
  const length = text.length;
  if (length < 20 || length > 40) return null;
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
    return null;
  if (text[4] !== '-' || text[7] !== '-' || text[13] !== ':' || text[16] !== ':' || !isSeparator(text.charCodeAt(10))) return null;
  if (day > (daysInMonth[month - 1] as number)) return null;
  let at = 19;
  let millis = 0;
  if (text[at] === '.') {
    const start = at + 1;
    at = start;
    while (at < length && isDigit(text.charCodeAt(at))) at++;
    if (at === start) return null;
    for (let place = 0, weight = 100; place < 3 && start + place < at; place++, weight /= 10)
      millis += (text.charCodeAt(start + place) - zero) * weight;
  }
  const offsetMs = readOffset(text, at);
  if (offsetMs === null) return null;
  // Years below 100 mean 19xx to Date.UTC.
  if (year < 100 || (month === 2 && day === 29 && !isLeap(year))) return null;
  return Date.UTC(year, month - 1, day) + hour * 3_600_000 + minute * 60_000 + second * 1000 + millis - offsetMs;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function readOffset(text: string, at: number): number | null {
  const sign = text[at];
  if (sign === 'Z' || sign === 'z') return at + 1 === text.length ? 0 : null;
  if ((sign !== '+' && sign !== '-') || text.length !== at + 6 || text[at + 3] !== ':') return null;
  const hours = digits(text, at + 1, 2);
  const minutes = digits(text, at + 4, 2);
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return null;
  return (sign === '-' ? -1 : 1) * (hours * 3_600_000 + minutes * 60_000);
}

/** A number of exactly `count` digits at `at`; -1 when there is none. */
function digits(text: string, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index++) {
    const code = text.charCodeAt(index);
    if (!isDigit(code)) return -1;
    value = value * 10 + code - zero;
  }
  return value;
}

function isDigit(code: number): boolean {
  return code >= zero && code <= 57;
}

/** "T", "t" or a space, which RFC 3339 allows for readability. */
function isSeparator(code: number): boolean {
  return code === 84 || code === 116 || code === 32;
}
