// What is told of a case while it is being explained is kept as a numbered list, which a reader follows. How much of it is kept.

/** The highest honest count: the template, then some attempts with a dozen findings each. A worker that loops must not fill the disk. */
export const tellingsMax = 512;
export const tellingBytesMax = 64 * 1024;
/** The kind that ends a telling: it always has a place, so that no reader waits for it in vain, and nothing comes after it. */
export const lastKind = 'done';

/** What is there of a case. */
export interface Told {
  readonly count: number;
  /** One of the last kind is there. */
  readonly isOver: boolean;
  readonly isKnown: (key: string) => boolean;
}

/**
 * Those of `made` that are new and have a place, in order. Where the list is full the others are left out, and only one of the last kind is
 * taken. After that one nothing is: a worker that slept while another did its work has nothing more to say.
 */
export function tellingsToKeep<T extends { readonly key: string; readonly kind: string }>(
  { count, isOver, isKnown }: Told,
  made: readonly T[],
): T[] {
  const kept: T[] = [];
  if (isOver) return kept;
  for (const one of made) {
    if (isKnown(one.key) || kept.some((other) => other.key === one.key)) continue;
    const places = one.kind === lastKind ? tellingsMax : tellingsMax - 1;
    if (count + kept.length < places) kept.push(one);
    if (one.kind === lastKind) break;
  }
  return kept;
}
