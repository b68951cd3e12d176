// How a true finding is made: a pattern says which evidence it needs and how a person would write it; what is told of a reason gives the
// evidence as words.
import type { StoryItem, StoryReason } from '../../../src/review/explanation/story.ts';

export type Pick = <T>(options: readonly T[]) => T;

/** The evidence of one reason as words; null where it is unknown. */
export interface Told {
  readonly reason: StoryReason;
  /** A count or measure with its unit, in one of the ways people write it. */
  num(key: string): string;
  raw(key: string): number;
  name(key: string): string;
  flag(key: string): boolean;
  token(key: string): string;
  has(...keys: string[]): boolean;
  pick: Pick;
}

export interface Pattern {
  readonly name: string;
  readonly signal: string;
  readonly codes?: readonly string[];
  readonly keys: readonly string[];
  readonly when?: (told: Told) => boolean;
  readonly say: (told: Told) => string;
}

const small = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ');

export function cap(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export function told(reason: StoryReason, pick: Pick): Told {
  const find = (key: string): StoryItem | undefined => reason.items.find((item) => item.key === key);
  return {
    reason,
    pick,
    has: (...keys) => keys.every((key) => find(key) !== undefined),
    raw(key) {
      const value = find(key)?.value;
      return value?.type === 'number' ? value.readings[0]!.value : Number.NaN;
    },
    num(key) {
      const value = find(key)?.value;
      if (value?.type !== 'number') return '?';
      const { value: amount, unit } = pick(value.readings);
      const plain = amount >= 1_000 ? pick([amount.toLocaleString('en-US'), String(amount)]) : String(amount);
      if (unit === 'one_in') return `one in ${plain}`;
      if (unit === 'percent') return pick([`${plain} %`, `${plain}%`, `${plain} percent`]);
      if (unit === null && Number.isInteger(amount) && amount <= 12) return pick([plain, small[amount]!]);
      return unit === null ? plain : `${plain} ${amount === 1 ? unit.replace(/s$/, '') : unit}`;
    },
    name(key) {
      const value = find(key)?.value;
      return value?.type === 'handle' ? value.name : '?';
    },
    flag(key) {
      const value = find(key)?.value;
      return value?.type === 'flag' && value.value;
    },
    token(key) {
      const value = find(key)?.value;
      if (value?.type === 'clock') return value.value;
      return value?.type === 'tokens' ? value.values[0]! : '?';
    },
  };
}
