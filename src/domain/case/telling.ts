// What is told of a case while it is being explained is kept as a numbered list, which a reader follows. How much of it is kept.

/** The highest honest count: the template, then some attempts with a dozen findings each. A worker that loops must not fill the disk. */
export const tellingsMax = 512;
export const tellingBytesMax = 64 * 1024;
/** The kind that ends a telling: what comes last always has a place, so that no reader waits for it in vain. */
export const lastKind = 'done';

/**
 * Those of `made` that are new and have a place, in order; `stored` and `isKnown` say what is there. Where the list is full the others are
 * left out, and only one of the last kind is taken.
 */
export function tellingsToKeep<T extends { readonly key: string; readonly kind: string }>(
  stored: number,
  isKnown: (key: string) => boolean,
  made: readonly T[],
): T[] {
  const kept: T[] = [];
  for (const one of made) {
    if (isKnown(one.key) || kept.some((other) => other.key === one.key)) continue;
    const places = one.kind === lastKind ? tellingsMax : tellingsMax - 1;
    if (stored + kept.length < places) kept.push(one);
  }
  return kept;
}
