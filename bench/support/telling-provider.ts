// A fake provider whose model keeps the contract, in the bench's process, with an account of what it was asked and how each answer ended.
import { setTimeout as pause } from 'node:timers/promises';
import { answering, type FakeKind, type FakeRequest } from '../../test/support/fake-providers/script.ts';
import { startFakeProvider } from '../../test/support/fake-providers/server.ts';
import { testRandom } from '../../test/support/ports.ts';
import { casesIn, goodAnswer } from './good-model.ts';

/** open: still under way; whole: all of it left; cut: the client was gone before; faulty: it was made to fail. */
export type AskedEnd = 'open' | 'whole' | 'cut' | 'faulty';

export interface Asked {
  /** What each case of the prompt told, without its name. */
  readonly lines: readonly string[];
  readonly startedMs: number;
  /** Monotonic; Infinity while open. */
  endedMs: number;
  end: AskedEnd;
}

export interface TellingProvider {
  readonly baseUrl: string;
  readonly kind: FakeKind;
  readonly asked: readonly Asked[];
  readonly refusals: readonly { readonly message: string }[];
  readonly open: number;
  close(): Promise<void>;
}

export interface TellingOptions {
  readonly kind: FakeKind;
  readonly seed: number;
  /** Before the first piece, and between two pieces of twenty characters. */
  readonly firstTextMs: number;
  readonly pauseMs: number;
  /** Share of the answers that fail on purpose: half of them a 500, half dying in the middle. */
  readonly faultShare: number;
}

export async function startTellingProvider({ kind, seed, firstTextMs, pauseMs, faultShare }: TellingOptions): Promise<TellingProvider> {
  const random = testRandom(seed);
  const asked: Asked[] = [];
  let open = 0;
  const fake = await startFakeProvider(kind, {
    async script(request) {
      const entry: Asked = {
        lines: casesIn(request.text).map(({ lines }) => lines),
        startedMs: performance.now(),
        endedMs: Number.POSITIVE_INFINITY,
        end: 'open',
      };
      asked.push(entry);
      open++;
      const fault = random.uniform() < faultShare ? (random.uniform() < 0.5 ? 'status' : 'die') : null;
      noteEnd(request, (end) => {
        open--;
        entry.endedMs = performance.now();
        entry.end = fault === null ? end : 'faulty';
      });
      await pause(firstTextMs);
      if (fault === 'status') return [{ do: 'status', status: 500 }];
      const { text } = goodAnswer(request.text, Math.floor(random.uniform() * 2 ** 31));
      const steps = answering(text, { pieceLength: 20, pauseMs });
      return fault === 'die' ? [...steps.slice(0, Math.floor(steps.length * random.uniform())), { do: 'die' }] : steps;
    },
  });
  return {
    baseUrl: fake.baseUrl,
    kind,
    asked,
    refusals: fake.refusals,
    get open() {
      return open;
    },
    close: () => fake.close(),
  };
}

function noteEnd({ answered, hungUp }: FakeRequest, note: (end: 'whole' | 'cut') => void): void {
  void answered.then(() => note('whole'));
  void hungUp.then(() => note('cut'));
}
