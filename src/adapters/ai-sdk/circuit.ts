// The circuit breaker of one model: asks it no more once more than half of its recent calls failed, and after a wait lets one call
// through to see. The waits double until it works again.
//
// cockatiel reads the wall clock to see whether the wait is over, and takes no other. The length of the wait however is ours to say, and it
// may be said anew at each look: for ever while our clock has not come so far, over once it has. So tests need not wait, and a wall clock
// that jumps changes nothing.
import {
  CircuitState,
  CountBreaker,
  circuitBreaker,
  handleWhenResult,
  type IBackoff,
  type IBackoffFactory,
  type IHalfOpenAfterBackoffContext,
} from 'cockatiel';
import type { Clock } from '../../ports/clock.ts';

/** `unknown`: the call ended before it could tell, because its caller went away. */
export type CallResult =
  | { readonly kind: 'worked' }
  | { readonly kind: 'failed'; readonly retryAfterMs: number | null }
  | { readonly kind: 'unknown' };

export interface Circuit {
  /** Null while calls are refused. Whoever was let in must say how it ended, once. */
  enter(): ((result: CallResult) => void) | null;
  available(): boolean;
  /** Until the next call is let in; 0 when it would be now or when that depends on a call under way. */
  waitMs(): number;
}

export interface CircuitOptions {
  readonly clock: Clock;
  /** After the last call that counted; once, not again when a try fails. */
  readonly onSuspended: (waitMs: number) => void;
  readonly onBack: () => void;
}

/** Of so many calls are the failures counted; few enough that a model that broke is noticed within a minute of a quiet tier. */
const windowCalls = 20;
const callsMin = 5;
const shareMax = 0.5;
export const firstWaitMs = 5_000;
export const longestWaitMs = 300_000;

type Wait = IBackoff<IHalfOpenAfterBackoffContext>;

export function createCircuit({ clock, onSuspended, onBack }: CircuitOptions): Circuit {
  let dueMs = 0;
  let isTold = false;

  function wait(lastMs: number): IBackoffFactory<IHalfOpenAfterBackoffContext> {
    return {
      next({ result }): Wait {
        const reported = 'value' in result ? (result.value as CallResult) : null;
        const grown = lastMs === 0 ? firstWaitMs : reported?.kind === 'unknown' ? lastMs : 2 * lastMs;
        const asked = reported?.kind === 'failed' ? (reported.retryAfterMs ?? 0) : 0;
        const waitMs = Math.min(longestWaitMs, Math.max(grown, asked));
        const until = clock.monotonicMs() + waitMs;
        dueMs = until;
        return {
          get duration() {
            return clock.monotonicMs() >= until ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
          },
          next: (context) => wait(waitMs).next(context),
        };
      },
    };
  }

  const policy = circuitBreaker(
    handleWhenResult((result) => (result as CallResult).kind !== 'worked'),
    { breaker: new CountBreaker({ threshold: shareMax, size: windowCalls, minimumNumberOfCalls: callsMin }), halfOpenAfter: wait(0) },
  );
  policy.onBreak(() => {
    if (isTold) return;
    isTold = true;
    onSuspended(waitMs());
  });
  policy.onReset(() => {
    isTold = false;
    onBack();
  });

  function waitMs(): number {
    return policy.state === CircuitState.Open ? Math.max(0, dueMs - clock.monotonicMs()) : 0;
  }

  /** A second call while one is trying would wait for the first one's end. */
  function available(): boolean {
    return policy.state === CircuitState.Closed || (policy.state === CircuitState.Open && waitMs() === 0);
  }

  return {
    available,
    waitMs,
    enter() {
      if (!available()) return null;
      const end = Promise.withResolvers<CallResult>();
      // A caller who went away says nothing of a model that works; of one that is being tried, it says that nobody knows yet.
      const isTry = policy.state !== CircuitState.Closed;
      // Rejects for what is not counted, and for nothing else.
      policy.execute(() => end.promise).catch(() => undefined);
      return (result) => {
        if (result.kind === 'unknown' && !isTry) end.reject(new NotCounted());
        else end.resolve(result);
      };
    },
  };
}

/** Neither a success nor a failure. */
class NotCounted extends Error {}
