// One part of a case's page: what it is and of when, or why it is not there. No part waits longer than its limit, and none fails the page.
import type { Clock } from '../../ports/clock.ts';

/** late: not there within its limit; unavailable: its source failed; the others are facts about it. */
export type PartAbsence = 'late' | 'unavailable' | 'unknown' | 'invalid' | 'not_configured' | 'not_sent' | 'record_gone';

export type Part<T> =
  | { readonly kind: 'here'; readonly asOfMs: number; readonly value: T }
  | { readonly kind: 'absent'; readonly cause: PartAbsence };

export function here<T>(asOfMs: number, value: T): Part<T> {
  return { kind: 'here', asOfMs, value };
}

export function absentPart(cause: PartAbsence): Part<never> {
  return { kind: 'absent', cause };
}

/** Never rejects. What the maker throws, at once or later, is `unavailable`. */
export function partWithin<T>(make: () => Part<T> | Promise<Part<T>>, limitMs: number, clock: Clock): Promise<Part<T>> {
  return new Promise((resolve) => {
    const cancel = clock.alarm(limitMs, () => resolve(absentPart('late')));
    const end = (part: Part<T>): void => {
      cancel();
      resolve(part);
    };
    Promise.try(make).then(end, () => end(absentPart('unavailable')));
  });
}
