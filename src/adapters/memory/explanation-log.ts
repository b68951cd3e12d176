// The log of what is told, in memory, kept with its cases.
import { StorageFailure } from '../../domain/case/failure.ts';
import { lastKind, tellingBytesMax, tellingsToKeep } from '../../domain/case/telling.ts';
import type { ExplanationLog, NewTelling, Telling } from '../../ports/case/explanation-log.ts';

/** What the log needs of the case store. */
export interface MemoryTellings {
  /** Null when there is no such case. */
  tellingsOf(tenant: string, caseId: string): Telling[] | null;
}

export function createMemoryExplanationLog(cases: MemoryTellings): ExplanationLog {
  return {
    async append(tenant, caseId, tellings) {
      const stored = cases.tellingsOf(tenant, caseId);
      return stored === null ? null : addTellings(stored, tellings);
    },
    async after(tenant, caseId, sequence, limit) {
      const stored = cases.tellingsOf(tenant, caseId);
      return stored === null ? null : stored.filter((each) => each.sequence > sequence).slice(0, Math.max(0, limit));
    },
  };
}

/** The number of the last one that is there now. */
export function addTellings(stored: Telling[], made: readonly NewTelling[]): number {
  if (made.some(({ body }) => Buffer.byteLength(body) > tellingBytesMax))
    throw new StorageFailure('failed', `What is told of a case has more than ${tellingBytesMax} bytes.`);
  const isKnown = (key: string): boolean => stored.some((other) => other.key === key);
  const told = { count: stored.length, isOver: stored.at(-1)?.kind === lastKind, isKnown };
  for (const { key, kind, body, atMs } of tellingsToKeep(told, made)) stored.push({ sequence: stored.length + 1, key, kind, body, atMs });
  return stored.length;
}
