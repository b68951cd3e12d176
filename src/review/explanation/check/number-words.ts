// Numbers written as words, up to the thousands: "twelve", "twenty-one", "three hundred and five", "a dozen".

const small: Readonly<Record<string, number>> = Object.fromEntries(
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'
    .split(' ')
    .map((word, value) => [word, value]),
);
const tens: Readonly<Record<string, number>> = Object.fromEntries(
  'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ').map((word, i) => [word, (i + 2) * 10]),
);
const scales: Readonly<Record<string, number>> = { hundred: 100, thousand: 1_000, million: 1_000_000 };
const whole: Readonly<Record<string, number>> = { once: 1, twice: 2, thrice: 3, dozen: 12 };

export interface NumberWords {
  readonly value: number;
  /** How many of the words it took. */
  readonly words: number;
}

/** The number at the start of these words, hyphens taken apart; null when there is none. "zero" is a negator's business. */
export function readNumberWords(words: readonly string[]): NumberWords | null {
  const article = words[0] === 'a' || words[0] === 'half';
  if (article) return words[0] === 'a' && isScale(words[1]) ? read(words, 1, 1) : null;
  return read(words, 0, 0);
}

function isScale(word: string | undefined): boolean {
  return word !== undefined && (Object.hasOwn(scales, word) || word === 'dozen');
}

function read(words: readonly string[], start: number, first: number): NumberWords | null {
  let total = 0;
  let group = first;
  let at = start;
  for (; at < words.length; at++) {
    const word = words[at] as string;
    const added = valueOf(word);
    if (added !== null) group += added;
    else if (Object.hasOwn(whole, word)) return { value: (group === 0 ? 1 : group) * (whole[word] as number), words: at + 1 };
    else if (word === 'hundred' && group > 0) group *= 100;
    else if (Object.hasOwn(scales, word) && group > 0) {
      total += group * (scales[word] as number);
      group = 0;
    } else if (!(word === 'and' && at > start && isScale(words[at - 1]) && valueOf(words[at + 1] ?? '') !== null)) break;
  }
  return at === start || (total === 0 && group === 0) ? null : { value: total + group, words: at };
}

/** "twenty-one" as one word, too. */
function valueOf(word: string): number | null {
  const [first = '', second] = word.split('-');
  if (second !== undefined)
    return Object.hasOwn(tens, first) && Object.hasOwn(small, second) ? (tens[first] as number) + (small[second] as number) : null;
  return small[word] ?? tens[word] ?? null;
}
