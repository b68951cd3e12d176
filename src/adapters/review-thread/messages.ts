// What the service's main thread and its review thread say to each other. Logins travel as they are: a structured clone of one costs the
// sender 17 µs among others and 28 alone, its JSON text or the bytes of a stored record between a fifth and a half more.
import type { CaseName, LoginDone, NumberedLogin, ReviewSample } from '../../ports/case/flagged-logins.ts';

export type ToReview =
  | { readonly kind: 'logins'; readonly logins: readonly NumberedLogin[] }
  /** Answered by "forgotten" with the same number. */
  | { readonly kind: 'forget'; readonly number: number; readonly tenant: string; readonly account: string }
  /** Answers "flush" with the same number; not ok: it cannot be made durable now. */
  | { readonly kind: 'flushed'; readonly number: number; readonly ok: boolean }
  | { readonly kind: 'close' };

export type FromReview =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly done: readonly LoginDone[] }
  | { readonly kind: 'told'; readonly told: readonly CaseName[] }
  | { readonly kind: 'forgotten'; readonly number: number }
  /** All that was assessed so far be durable: what the thread reads of the store is what is durable. Answered by "flushed". */
  | { readonly kind: 'flush'; readonly number: number }
  /** Null: the store does not answer; that the thread says so shows that it lives. */
  | { readonly kind: 'sample'; readonly sample: ReviewSample | null }
  | { readonly kind: 'problem'; readonly sentence: string };
