// Typing rhythm of one account, learnt from good logins.
export interface TypingProfile {
  count: number;
  mean: number[];
  deviation: number[];
}

export function learnTyping(profile: TypingProfile | null, sample: { readonly dwellMs: readonly number[]; readonly flightMs: readonly number[] }): TypingProfile {
  return profile ?? { count: sample.dwellMs.length > 0 ? 1 : 0, mean: [], deviation: [] };
}
