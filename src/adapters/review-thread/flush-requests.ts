// What the review thread waits for from the one that scores: that all assessments so far are durable.

export class FlushRequests {
  readonly #tell: (number: number) => void;
  readonly #waiting = new Map<number, PromiseWithResolvers<void>>();
  #next = 1;
  #over = false;

  /** Told the number of each request. */
  constructor(tell: (number: number) => void) {
    this.#tell = tell;
  }

  /** Rejects when it cannot be done, or when nobody answers any more. */
  ask(): Promise<void> {
    if (this.#over) return Promise.reject(refusal());
    const number = this.#next++;
    const request = Promise.withResolvers<void>();
    this.#waiting.set(number, request);
    this.#tell(number);
    return request.promise;
  }

  answered(number: number, ok: boolean): void {
    const request = this.#waiting.get(number);
    this.#waiting.delete(number);
    if (ok) request?.resolve();
    else request?.reject(refusal());
  }

  /** So that nobody waits at the end for a disk that does not answer. */
  giveUp(): void {
    this.#over = true;
    for (const number of this.#waiting.keys()) this.answered(number, false);
  }
}

function refusal(): Error {
  return new Error('What was assessed is not durable yet.');
}
