// Opens cases, many in one transaction, and goes on trying while the store cannot: a login is let go only when its case stands, when
// nothing can ever come of it, or when its user was erased meanwhile. The most urgent are opened first, so that a flood of others costs
// them nothing of their minutes.
//
// What waits here is bounded by whoever hands logins over, who keeps each until it is told that it is done (see intake.ts).
import { StorageFailure } from '../../domain/case/failure.ts';
import { tierOf, tierRank, tiers } from '../../domain/case/tier.ts';
import type { CaseStore, Opening } from '../../ports/case/case-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { LoginDone, NumberedLogin } from '../../ports/case/flagged-logins.ts';
import { type OpeningParts, openingOf } from './opening.ts';

export interface OpenerOptions extends OpeningParts {
  readonly store: CaseStore;
  readonly clock: Clock;
  readonly onDone: (done: readonly LoginDone[]) => void;
  /** A case that was not there before stands now. */
  readonly onOpened: (opening: Opening) => void;
  /** One sentence for the operator about a login that never becomes a case. */
  readonly onProblem: (sentence: string) => void;
}

/** As many as the store's thread takes in one transaction. */
const batchMax = 32;
const retryFromMs = 250;
const retryMaxMs = 30_000;

export class Opener {
  readonly #options: OpenerOptions;
  /** By tier, most urgent first; in the order of arrival within each. */
  #queues: NumberedLogin[][] = tiers.map(() => []);
  #running: Promise<void> | null = null;
  #stopped = false;
  #wake: (() => void) | null = null;
  #failures = 0;

  constructor(options: OpenerOptions) {
    this.#options = options;
  }

  /** Not under way yet. */
  get waiting(): number {
    return this.#queues.reduce((sum, queue) => sum + queue.length, 0);
  }

  take(logins: readonly NumberedLogin[]): void {
    for (const each of logins) this.#queues[placeOf(each)]?.push(each);
    this.#running ??= this.#run();
  }

  /** Resolves when no login of that account is waiting or being stored; none of those that waited is opened. */
  async forget(tenant: string, account: string): Promise<void> {
    const isOthers = ({ login }: NumberedLogin): boolean => login.tenant !== tenant || login.visit.account !== account;
    const dropTheirs = (): void => {
      this.#queues = this.#queues.map((queue) => queue.filter(isOthers));
    };
    dropTheirs();
    await this.#storing;
    // What the store refused meanwhile waits again.
    dropTheirs();
  }

  /** Resolves when what is being stored is; the rest is left to whoever keeps it. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#running;
  }

  #storing: Promise<void> | null = null;

  async #run(): Promise<void> {
    // Those of one message, and those of messages that are there already, belong together.
    await Promise.resolve();
    while (this.waiting > 0 && !this.#stopped) {
      this.#storing = this.#store(this.#mostUrgent());
      await this.#storing;
      this.#storing = null;
      if (this.#failures > 0) await this.#pause(Math.min(retryMaxMs, retryFromMs * 2 ** Math.min(this.#failures - 1, 20)));
    }
    this.#running = null;
  }

  #mostUrgent(): NumberedLogin[] {
    const batch: NumberedLogin[] = [];
    for (const queue of this.#queues) batch.push(...queue.splice(0, batchMax - batch.length));
    return batch;
  }

  /** Never rejects. What could not be stored now is at the front of the queue again. */
  async #store(batch: readonly NumberedLogin[]): Promise<void> {
    const { store, clock, onDone, onOpened } = this.#options;
    const openings: Opening[] = [];
    const kept: NumberedLogin[] = [];
    const ended: LoginDone[] = [];
    for (const each of batch) {
      const opening = openingOf(each.login, clock.nowMs(), this.#options);
      if (opening === null) {
        ended.push({ number: each.number, kind: 'impossible', tier: null });
        continue;
      }
      openings.push(opening);
      kept.push(each);
    }
    try {
      const opened = await store.open(openings);
      for (const [i, { kind }] of opened.entries()) {
        const opening = openings[i] as Opening;
        ended.push({ number: (kept[i] as NumberedLogin).number, kind: kind === 'erased' ? 'impossible' : kind, tier: opening.made.tier });
        if (kind === 'opened') onOpened(opening);
      }
      this.#failures = 0;
    } catch (error) {
      await this.#refused(kept, error, ended);
    }
    if (ended.length > 0) onDone(ended);
  }

  async #refused(batch: readonly NumberedLogin[], error: unknown, ended: LoginDone[]): Promise<void> {
    // Any other trouble is the store's, and passes or is repaired; "failed" is about what was sent, so the others need not wait for it.
    const isTheirs = error instanceof StorageFailure ? error.trouble === 'failed' : true;
    if (!isTheirs) {
      this.#failures++;
      for (const each of batch.toReversed()) this.#queues[placeOf(each)]?.unshift(each);
      return;
    }
    const [only] = batch;
    if (batch.length === 1 && only !== undefined) {
      ended.push({ number: only.number, kind: 'impossible', tier: null });
      this.#options.onProblem(`A flagged login cannot become a case and is left out: ${String((error as Error).message)}`);
      return;
    }
    for (const each of batch) await this.#store([each]);
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.alarm(delayMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}

/** What is no case by its verdict and level is refused when it is its turn. */
function placeOf({ login }: NumberedLogin): number {
  const tier = tierOf(login.assessment.verdict, login.assessment.level);
  return tier === null ? tiers.length - 1 : tierRank(tier);
}
