// Tells a reader what is in the log of a case, from where it was, and then what comes.
//
// The log is the only source: no event is handed from writer to reader, so a reader who was away, who is slow or who meets another process
// hears the same. A reader holds nothing either: what its socket did not take is read again from the log when there is room. So a slow
// reader costs one paragraph of memory and slows nobody.
import { lastKind } from '../../domain/case/telling.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExplanationLog, Telling } from '../../ports/case/explanation-log.ts';
import type { ExplanationNews } from '../../ports/case/explanation-news.ts';
import { type EventStream, frameOf, heartbeat } from './event-stream.ts';
import type { StreamLimits } from './places.ts';

export interface TellingOf {
  readonly tenant: string;
  readonly caseId: string;
}

interface TellPorts {
  readonly log: ExplanationLog;
  readonly news: ExplanationNews;
  readonly clock: Clock;
  /** What an event carries, as JSON on one line. */
  readonly dataOf: (telling: Telling) => string;
}

/**
 * Where a reader goes on. `reset`: what it said it had is not in the log, so it begins anew and must forget what it has. `over`: it has had
 * everything. Null: there is no such case.
 */
export type Start = { readonly sequence: number; readonly reset: boolean; readonly over: boolean } | null;

/** `lastEventId` as the reader sent it; undefined or empty: it has nothing yet. */
export async function startOf({ tenant, caseId }: TellingOf, lastEventId: string | undefined, log: ExplanationLog): Promise<Start> {
  const had = lastEventId === undefined || lastEventId === '' ? null : lastEventId;
  const sequence = had !== null && /^[1-9]\d{0,8}$/.test(had) ? Number(had) : 0;
  const [met] = (await log.after(tenant, caseId, Math.max(0, sequence - 1), 1)) ?? [null];
  if (met === null) return null;
  if (sequence > 0 && met?.sequence === sequence) return { sequence, reset: false, over: met.kind === lastKind };
  return { sequence: 0, reset: had !== null, over: false };
}

/** Read at a time. */
const pageSize = 16;

/** Resolves when the stream has ended, by its last word or because the reader is gone. Rejects when the log fails. */
export async function tell(what: TellingOf, from: number, stream: EventStream, limits: StreamLimits, ports: TellPorts): Promise<void> {
  const { log, news, clock, dataOf } = ports;
  let sequence = from;
  let isFresh = true;
  let spokenMs = clock.monotonicMs();
  const wake = (): void => {
    isFresh = true;
    stream.stir();
  };
  const stopListening = news.listen(what.tenant, what.caseId, wake);
  try {
    while (stream.isOpen()) {
      if (stream.isFull()) {
        await stream.stirred();
      } else if (isFresh) {
        isFresh = false;
        const page = await log.after(what.tenant, what.caseId, sequence, pageSize);
        if (page === null) return stream.end(frameOf({ event: 'gone', id: '', data: '{}' }));
        const told = writePage(page, stream, dataOf);
        const last = page[told - 1];
        if (last !== undefined) {
          sequence = last.sequence;
          spokenMs = clock.monotonicMs();
        }
        if (last?.kind === lastKind) return stream.end('');
        // The reader was full, or there were more than a page.
        if (told < page.length || page.length === pageSize) isFresh = true;
      } else {
        await quietly(stream, wake, limits, clock);
        if (clock.monotonicMs() - spokenMs < limits.heartbeatMs || stream.isFull()) continue;
        stream.write(heartbeat);
        spokenMs = clock.monotonicMs();
      }
    }
  } finally {
    stopListening();
  }
}

/** How many of them the reader took. */
function writePage(page: readonly Telling[], stream: EventStream, dataOf: TellPorts['dataOf']): number {
  let told = 0;
  for (const telling of page) {
    if (!stream.isOpen() || stream.isFull()) break;
    stream.write(frameOf({ event: telling.kind, id: String(telling.sequence), data: dataOf(telling) }));
    told++;
    if (telling.kind === lastKind) break;
  }
  return told;
}

/** Until something happens, or it is time to look all the same. */
async function quietly(stream: EventStream, wake: () => void, limits: StreamLimits, clock: Clock): Promise<void> {
  const cancel = clock.alarm(limits.pollMs, wake);
  await stream.stirred();
  cancel();
}
