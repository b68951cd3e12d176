// The way from the main thread to the store's: requests of one loop turn, and all that come while the store is busy, travel as one message
// and are one transaction. The busier, the larger the batches, and the cheaper each request.
//
// Bounded: beyond a limit of waiting work a request is refused at once, because a caller that is told can slow down or shed, and
// memory that fills cannot. If the thread ends unasked, everything under way is refused, and the next request starts a new one.
import { Worker } from 'node:worker_threads';
import { StorageFailure } from '../../domain/case/failure.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Reply, Request } from './batch.ts';
import type { OperationName, Operations } from './operations.ts';
import type { FromThread, ThreadData, ToThread } from './thread.ts';

export interface ChannelOptions extends ThreadData {
  readonly clock: Clock;
  readonly onProblem: (sentence: string) => void;
  /** Work that may wait; an opening or a job counts one each. */
  readonly waitingMax: number;
}

interface Waiting {
  readonly request: Request;
  readonly weight: number;
  readonly settle: (reply: Reply) => void;
}

/**
 * Requests of one transaction: enough to make commits cheap. Copying an opening to the thread costs the main one about 25 µs, so these hold
 * up a login that is being scored by less than a millisecond.
 */
const batchMax = 32;
/** A thread that ended is not started again sooner: a broken disk must not become a loop. */
const restartAfterMs = 1000;

export class Channel {
  readonly #options: ChannelOptions;
  #worker: Worker | null = null;
  #ready = false;
  #starting: PromiseWithResolvers<void> | null = null;
  #startedMs = Number.NEGATIVE_INFINITY;
  #queue: Waiting[] = [];
  #underWay = new Map<number, Waiting>();
  #next = 1;
  #weight = 0;
  #scheduled = false;
  #closing: PromiseWithResolvers<void> | null = null;
  #trouble: string | null = null;

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  /** What the last request met with, null when it went well. */
  get trouble(): string | null {
    return this.#trouble;
  }

  get waiting(): number {
    return this.#weight;
  }

  /** Resolves when the database is open; rejects with the one sentence that says why it is not. */
  start(): Promise<void> {
    this.#starting = Promise.withResolvers<void>();
    this.#startThread();
    return this.#starting.promise;
  }

  call<Name extends OperationName>(name: Name, args: Parameters<Operations[Name]>, weight = 1): Promise<ReturnType<Operations[Name]>> {
    return new Promise((resolve, reject) => {
      if (this.#closing !== null) return reject(new StorageFailure('unavailable', 'The case database is closed.'));
      if (this.#weight + weight > this.#options.waitingMax && this.#weight > 0)
        return reject(
          new StorageFailure('overloaded', `More than ${this.#options.waitingMax} requests are waiting for the case database.`),
        );
      this.#weight += weight;
      const settle = (reply: Reply): void => {
        this.#weight -= weight;
        if (reply.ok) resolve(reply.value as ReturnType<Operations[Name]>);
        else reject(new StorageFailure(reply.trouble, reply.sentence));
        this.#noted(reply);
      };
      this.#queue.push({ request: { number: this.#next++, name, args }, weight, settle });
      this.#schedule();
    });
  }

  /** Serves what is waiting, then ends the thread. */
  close(): Promise<void> {
    if (this.#closing === null) {
      this.#closing = Promise.withResolvers<void>();
      if (this.#worker === null) this.#finish();
      else this.#schedule();
    }
    return this.#closing.promise;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#send();
    });
  }

  #send(): void {
    if (this.#worker === null) return this.#restart();
    if (!this.#ready || this.#underWay.size > 0) return;
    const batch = this.#queue.splice(0, batchMax);
    if (batch.length > 0) {
      for (const each of batch) this.#underWay.set(each.request.number, each);
      // While an answer is awaited the process must not end; while nothing is, it may.
      this.#worker.ref();
      this.#post({ kind: 'requests', requests: batch.map(({ request }) => request) }, batch);
    } else if (this.#closing !== null) {
      this.#worker.ref();
      this.#worker.postMessage({ kind: 'close' } satisfies ToThread);
    } else {
      this.#worker.unref();
    }
  }

  /** What cannot be copied to another thread (a function in an object) is its sender's fault, not the store's. */
  #post(message: ToThread, batch: readonly Waiting[]): void {
    try {
      this.#worker?.postMessage(message);
    } catch (error) {
      const refused = batch.length === 1 ? batch : [];
      this.#underWay.clear();
      for (const { request, settle } of refused)
        settle({
          number: request.number,
          ok: false,
          trouble: 'failed',
          sentence: `A request cannot be sent: ${(error as Error).message}.`,
        });
      // One by one, to find which it was.
      if (refused.length === 0) for (const each of batch) this.#resend(each);
      this.#schedule();
    }
  }

  #resend(each: Waiting): void {
    try {
      structuredClone(each.request);
      this.#queue.push(each);
    } catch (error) {
      each.settle({
        number: each.request.number,
        ok: false,
        trouble: 'failed',
        sentence: `A request cannot be sent: ${(error as Error).message}.`,
      });
    }
  }

  #startThread(): void {
    const { file, auditKey, busyMs, clock } = this.#options;
    this.#startedMs = clock.monotonicMs();
    this.#ready = false;
    const worker = new Worker(new URL('./thread.ts', import.meta.url), {
      workerData: { file, auditKey, busyMs } satisfies ThreadData,
      name: 'cases',
      // What this process was started with (preloaded modules, heap sizes) is not meant for this thread, and would slow its start.
      execArgv: [],
      // The store's thread needs no more; a runaway is stopped before the machine is.
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    });
    this.#worker = worker;
    let failure = new StorageFailure('unavailable', 'The thread of the case database ended.');
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'unusable') failure = new StorageFailure(message.trouble, message.sentence);
      else this.#received(message);
    });
    worker.on('error', (error: Error) => {
      failure = new StorageFailure('unavailable', `The thread of the case database failed: ${error.message}.`);
    });
    worker.on('exit', () => this.#ended(worker, failure));
  }

  #received(message: Exclude<FromThread, { kind: 'unusable' }>): void {
    if (message.kind === 'ready') {
      this.#ready = true;
      this.#starting?.resolve();
      this.#starting = null;
    } else {
      for (const reply of message.replies) {
        const waiting = this.#underWay.get(reply.number);
        this.#underWay.delete(reply.number);
        waiting?.settle(reply);
      }
    }
    this.#send();
  }

  #ended(worker: Worker, failure: StorageFailure): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    const first = this.#starting;
    this.#starting = null;
    if (first !== null) first.reject(failure);
    else if (this.#closing === null && this.#trouble === null) {
      this.#trouble = failure.message;
      this.#options.onProblem(failure.message);
    }
    this.#refuseAll(failure.message);
    if (this.#closing !== null) this.#finish();
  }

  #restart(): void {
    if (this.#closing !== null) return this.#refuseAll('The case database is closed.');
    if (this.#queue.length === 0) return;
    if (this.#options.clock.monotonicMs() - this.#startedMs < restartAfterMs)
      return this.#refuseAll('The case database is unavailable and is about to be opened again.');
    this.#startThread();
  }

  #refuseAll(sentence: string): void {
    const refused = [...this.#underWay.values(), ...this.#queue];
    this.#underWay = new Map();
    this.#queue = [];
    for (const { request, settle } of refused) settle({ number: request.number, ok: false, trouble: 'unavailable', sentence });
  }

  #finish(): void {
    this.#refuseAll('The case database is closed.');
    this.#closing?.resolve();
  }

  /** Says once that something is wrong, and once that it is well again; a refused request of a caller is neither. */
  #noted(reply: Reply): void {
    const wrong = !reply.ok && reply.trouble !== 'failed' && reply.trouble !== 'overloaded' && this.#closing === null;
    if (wrong && this.#trouble === null) {
      this.#trouble = reply.sentence;
      this.#options.onProblem(reply.sentence);
    } else if (reply.ok && this.#trouble !== null) {
      this.#trouble = null;
      this.#options.onProblem('The case database works again.');
    }
  }
}
