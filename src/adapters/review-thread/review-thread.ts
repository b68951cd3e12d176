// The review side's thread, seen from where logins are scored: it is started, given flagged logins, and started again when it ends
// unasked. What happens in it, an endless loop or memory that fills included, ends there and never here.
import { Worker } from 'node:worker_threads';
import type { Clock } from '../../ports/clock.ts';
import type { CaseName, LoginCourier, LoginDone, NumberedLogin, ReviewSample } from '../../ports/case/flagged-logins.ts';
import type { FromReview, ToReview } from './messages.ts';

export interface ReviewThreadOptions {
  /** The module that runs in the thread. */
  readonly entry: URL;
  /** For the entry, as `workerData`. */
  readonly data: unknown;
  readonly clock: Clock;
  /** Memory of the thread's own objects; beyond it the thread ends. */
  readonly memoryMb: number;
  /** A thread is there and takes logins. */
  readonly onReady: (courier: LoginCourier) => void;
  /** It is gone with all that it had. */
  readonly onGone: () => void;
  readonly onDone: (done: readonly LoginDone[]) => void;
  readonly onTold: (told: readonly CaseName[]) => void;
  /** Resolves when all that was assessed so far is durable; rejects when it cannot be made so. */
  readonly onFlush: () => Promise<void>;
  /** One sentence for the operator: once when the thread is lost, once when it is back, and what it says itself. */
  readonly onProblem: (sentence: string) => void;
}

/** Copying so many costs the main thread about half a millisecond; the next ones go in the next turn of the loop. */
const loginsPerMessage = 32;
const restartFromMs = 1000;
const restartMaxMs = 60_000;
/** A thread that lived so long did not end because of how it was started. */
const soundAfterMs = 60_000;
/** It says something every few seconds; one that is silent for so long hangs. */
const silenceMaxMs = 60_000;
const closeMaxMs = 5000;

export class ReviewThread implements LoginCourier {
  readonly #options: ReviewThreadOptions;
  #worker: Worker | null = null;
  #ready = false;
  #startedMs = 0;
  #heardMs = 0;
  #restarts = 0;
  #failures = 0;
  #trouble: string | null = null;
  #sample: ReviewSample | null = null;
  #outgoing: NumberedLogin[] = [];
  #scheduled = false;
  #forgetting = new Map<number, () => void>();
  #next = 1;
  #closing: PromiseWithResolvers<void> | null = null;
  #cancel = (): void => undefined;

  constructor(options: ReviewThreadOptions) {
    this.#options = options;
  }

  start(): void {
    const { entry, data, clock, memoryMb } = this.#options;
    this.#startedMs = clock.monotonicMs();
    this.#heardMs = this.#startedMs;
    const worker = new Worker(entry, {
      workerData: data,
      name: 'review',
      // What this process was started with (heap sizes, preloaded modules) is not meant for this thread.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    this.#worker = worker;
    let cause = 'it ended unasked';
    worker.on('message', (message: FromReview) => this.#received(message));
    worker.on('error', (error: Error) => {
      cause = error.message.replaceAll(/\s+/g, ' ').slice(0, 200);
    });
    worker.on('exit', () => this.#ended(cause));
    this.#watch(worker);
  }

  /** Null while all is well. */
  get trouble(): string | null {
    return this.#trouble;
  }

  /** Since the first start. */
  get restarts(): number {
    return this.#restarts;
  }

  /** The newest; null before the first and while there is no thread. */
  get sample(): ReviewSample | null {
    return this.#sample;
  }

  deliver(each: NumberedLogin): void {
    this.#outgoing.push(each);
    this.#schedule();
  }

  /** Resolves when the thread has nothing of the account any more, or is gone with all that it had. */
  forget(tenant: string, account: string): Promise<void> {
    this.#outgoing = this.#outgoing.filter(({ login }) => login.tenant !== tenant || login.visit.account !== account);
    if (this.#worker === null || !this.#ready) return Promise.resolve();
    const number = this.#next++;
    return new Promise((resolve) => {
      this.#forgetting.set(number, resolve);
      this.#post({ kind: 'forget', number, tenant, account });
    });
  }

  /** What is being stored is stored; what waits is left to the next start. */
  close(): Promise<void> {
    if (this.#closing === null) {
      this.#closing = Promise.withResolvers<void>();
      this.#cancel();
      const worker = this.#worker;
      if (worker === null) this.#closing.resolve();
      else {
        this.#post({ kind: 'close' });
        this.#cancel = this.#options.clock.alarm(closeMaxMs, () => void worker.terminate());
      }
    }
    return this.#closing.promise;
  }

  #schedule(): void {
    if (this.#scheduled || !this.#ready || this.#outgoing.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#ready) return;
      this.#post({ kind: 'logins', logins: this.#outgoing.splice(0, loginsPerMessage) });
      this.#schedule();
    });
  }

  #post(message: ToReview): void {
    this.#worker?.postMessage(message);
  }

  #received(message: FromReview): void {
    this.#heardMs = this.#options.clock.monotonicMs();
    if (message.kind === 'done') this.#options.onDone(message.done);
    else if (message.kind === 'told') this.#options.onTold(message.told);
    else if (message.kind === 'sample') this.#sample = message.sample;
    else if (message.kind === 'problem') this.#options.onProblem(message.sentence);
    else if (message.kind === 'flush') this.#flush(message.number);
    else if (message.kind === 'forgotten') {
      this.#forgetting.get(message.number)?.();
      this.#forgetting.delete(message.number);
    } else this.#began();
  }

  #flush(number: number): void {
    const answer = (ok: boolean): void => this.#post({ kind: 'flushed', number, ok });
    this.#options.onFlush().then(
      () => answer(true),
      () => answer(false),
    );
  }

  #began(): void {
    this.#ready = true;
    if (this.#trouble !== null) {
      this.#trouble = null;
      this.#options.onProblem('Cases are opened again.');
    }
    if (this.#closing === null) this.#options.onReady(this);
  }

  /** Ends a thread that hangs; it is started again like any other that ended. */
  #watch(worker: Worker): void {
    this.#cancel = this.#options.clock.alarm(silenceMaxMs, () => {
      if (this.#worker !== worker || this.#closing !== null) return;
      if (this.#options.clock.monotonicMs() - this.#heardMs < silenceMaxMs) return this.#watch(worker);
      void worker.terminate();
    });
  }

  #ended(cause: string): void {
    const { clock, onGone, onProblem } = this.#options;
    this.#worker = null;
    this.#ready = false;
    this.#sample = null;
    this.#outgoing = [];
    this.#cancel();
    for (const resolve of this.#forgetting.values()) resolve();
    this.#forgetting.clear();
    onGone();
    if (this.#closing !== null) return this.#closing.resolve();
    if (clock.monotonicMs() - this.#startedMs >= soundAfterMs) this.#failures = 0;
    const waitMs = Math.min(restartMaxMs, restartFromMs * 2 ** Math.min(this.#failures++, 20));
    if (this.#trouble === null) {
      this.#trouble = `The thread that opens cases was lost (${cause}) and is started again; flagged logins wait.`;
      onProblem(this.#trouble);
    }
    this.#restarts++;
    this.#cancel = clock.alarm(waitMs, () => this.start());
  }
}
