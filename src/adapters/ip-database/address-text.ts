// Reads addresses and prefixes from lists and range files into 32-bit words, strictly: what is not a plain address is null.
//
// Requests are parsed elsewhere; this is for bulk data (hundreds of thousands of lines), so it works on character codes and
// allocates nothing but the words. No zone ids, no leading zeros in IPv4 (octal to some readers), no surrounding space.
// An IPv4-mapped IPv6 address is IPv4, as everywhere in this service.

/** Unsigned 32-bit words, most significant first: one for IPv4, four for IPv6. */
export type AddressWords = [number] | [number, number, number, number];

export interface AddressRange {
  readonly first: AddressWords;
  readonly last: AddressWords;
}

const dot = 46;
const colon = 58;

export function parseAddress(text: string): AddressWords | null {
  // Longest valid form: eight groups of four with an IPv4 tail, 45 characters.
  if (text.length < 2 || text.length > 45) return null;
  if (text.indexOf(':') < 0) {
    const word = parseQuad(text, 0, text.length);
    return word < 0 ? null : [word];
  }
  const words = parseGroups(text);
  if (words === null) return null;
  if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) return [words[3]];
  return words;
}

/** "a", "a/len" with 0 <= len <= 32 or 128. Host bits below the prefix are ignored, as list authors do write them. */
export function parsePrefix(text: string): AddressRange | null {
  const slash = text.indexOf('/');
  const words = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (words === null) return null;
  if (slash < 0) return { first: words, last: words };
  const lengthText = text.slice(slash + 1);
  if (!/^(0|[1-9]\d{0,2})$/u.test(lengthText)) return null;
  let length = Number(lengthText);
  const isMapped = words.length === 1 && text.indexOf(':') >= 0;
  if (isMapped) length -= 96;
  if (length < 0 || length > words.length * 32) return null;
  return { first: edge(words, length, false), last: edge(words, length, true) };
}

function edge(words: AddressWords, length: number, last: boolean): AddressWords {
  const moved = words.map((word, index) => {
    const kept = Math.min(32, Math.max(0, length - index * 32));
    // A shift by 32 is a shift by 0 in JavaScript, hence the two special cases.
    const hostMask = kept === 32 ? 0 : 0xffffffff >>> kept;
    return (last ? word | hostMask : word & ~hostMask) >>> 0;
  });
  return moved as AddressWords;
}

/** The word of a dotted quad in text[from, to), or -1. */
function parseQuad(text: string, from: number, to: number): number {
  let word = 0;
  let octets = 0;
  let at = from;
  while (at < to) {
    let octet = 0;
    let digits = 0;
    while (at < to) {
      const digit = text.charCodeAt(at) - 48;
      if (digit < 0 || digit > 9) break;
      if (digits > 0 && octet === 0) return -1;
      octet = octet * 10 + digit;
      digits += 1;
      if (digits > 3) return -1;
      at += 1;
    }
    if (digits === 0 || octet > 255) return -1;
    word = word * 256 + octet;
    octets += 1;
    if (at === to) break;
    if (octets === 4 || text.charCodeAt(at) !== dot) return -1;
    at += 1;
    if (at === to) return -1;
  }
  return octets === 4 ? word : -1;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

const groups = new Uint16Array(8);

/** Words of an IPv6 text: up to eight groups, one "::" at most, optional dotted tail. */
function parseGroups(text: string): [number, number, number, number] | null {
  let count = 0;
  let gapAt = -1;
  let at = 0;
  const end = text.length;
  if (text.charCodeAt(0) === colon) {
    if (text.charCodeAt(1) !== colon) return null;
    gapAt = 0;
    at = 2;
  }
  while (at < end) {
    if (count === 8) return null;
    const groupFrom = at;
    let group = 0;
    for (; at < end; at += 1) {
      const digit = hexDigit(text.charCodeAt(at));
      if (digit < 0) break;
      group = group * 16 + digit;
    }
    if (at < end && text.charCodeAt(at) === dot) {
      const tail = parseQuad(text, groupFrom, end);
      if (tail < 0 || count > 6) return null;
      groups[count] = tail >>> 16;
      groups[count + 1] = tail & 0xffff;
      count += 2;
      break;
    }
    if (at === groupFrom || at - groupFrom > 4) return null;
    groups[count] = group;
    count += 1;
    if (at === end) break;
    if (text.charCodeAt(at) !== colon) return null;
    at += 1;
    if (at === end) return null;
    if (text.charCodeAt(at) === colon) {
      if (gapAt >= 0) return null;
      gapAt = count;
      at += 1;
    }
  }
  return joinGroups(count, gapAt);
}

function joinGroups(count: number, gapAt: number): [number, number, number, number] | null {
  // "::" stands for at least one group.
  if (gapAt < 0 ? count !== 8 : count > 7) return null;
  const words: [number, number, number, number] = [0, 0, 0, 0];
  for (let index = 0; index < count; index += 1) {
    const place = gapAt >= 0 && index >= gapAt ? 8 - count + index : index;
    const word = place >> 1;
    words[word] = (words[word] as number) + (groups[index] as number) * ((place & 1) === 0 ? 65_536 : 1);
  }
  return words;
}
