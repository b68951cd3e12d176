// Where flagged logins leave the scoring path: kept until their cases stand, handed to whoever opens them, and given up to the log
// of assessments when too many wait.
//
// A courier carries them to the thread that opens cases. It may vanish at any time with all that it carries; the next one is given
// everything that was not acknowledged. Opening is idempotent by assessment, so a login may be handed over twice.
import type { FlaggedLogin } from '../../domain/case/flagged.ts';
import { tierOf, tiers } from '../../domain/case/tier.ts';
import type { Clock } from '../../ports/clock.ts';
import type { FlaggedLogins, LoginCourier, LoginDone } from '../../ports/case/flagged-logins.ts';

export interface IntakeOptions {
  readonly clock: Clock;
  /** Logins kept at most; 4 KB each, up to 16 with the longest texts that a browser may send. */
  readonly waitingMax?: number;
}

export interface IntakeCounts {
  /** By tier, in order of urgency. */
  readonly opened: readonly number[];
  /** Their case was there already. */
  readonly already: number;
  /** Will never be a case. */
  readonly impossible: number;
  /** Did not fit and were left to the log. */
  readonly overflowed: number;
}

/**
 * Of the room so much is kept for critical and high ones, which are few and have minutes: a flood of others, which is found again in the log
 * one by one, must not make them wait behind it.
 */
const urgentPart = 1 / 8;

interface Waiting {
  readonly login: FlaggedLogin;
  readonly sinceMs: number;
}

export class Intake implements FlaggedLogins {
  readonly #clock: Clock;
  readonly #waitingMax: number;
  /** In the order in which they came. */
  readonly #waiting = new Map<number, Waiting>();
  #courier: LoginCourier | null = null;
  #next = 1;
  #missedSinceMs: number | null = null;
  #opened = tiers.map(() => 0);
  #already = 0;
  #impossible = 0;
  #overflowed = 0;

  constructor({ clock, waitingMax = 2048 }: IntakeOptions) {
    this.#clock = clock;
    this.#waitingMax = waitingMax;
  }

  offer(login: FlaggedLogin): void {
    if (this.#waiting.size >= this.#roomFor(login)) {
      this.#overflowed++;
      this.#missedSinceMs ??= this.#clock.nowMs();
      return;
    }
    this.#keep(login, this.#clock.nowMs());
  }

  /** A login found among stored assessments; until it is done, nothing after `sinceMs` counts as settled. The caller asks for room first. */
  offerOlder(login: FlaggedLogin, sinceMs: number): void {
    this.#keep(login, sinceMs);
  }

  #roomFor({ assessment }: FlaggedLogin): number {
    const tier = tierOf(assessment.verdict, assessment.level);
    const isUrgent = tier === 'critical' || tier === 'high';
    return isUrgent ? this.#waitingMax : this.#waitingMax - Math.floor(this.#waitingMax * urgentPart);
  }

  #keep(login: FlaggedLogin, sinceMs: number): void {
    const number = this.#next++;
    this.#waiting.set(number, { login, sinceMs });
    this.#courier?.deliver({ number, login });
  }

  /** Null: there is nobody to carry. A new one is handed everything that waits. */
  connect(courier: LoginCourier | null): void {
    this.#courier = courier;
    if (courier === null) return;
    for (const [number, { login }] of this.#waiting) courier.deliver({ number, login });
  }

  acknowledge(done: readonly LoginDone[]): void {
    for (const { number, kind, tier } of done) {
      if (!this.#waiting.delete(number)) continue;
      if (kind === 'opened' && tier !== null) this.#opened[tiers.indexOf(tier)] = (this.#opened[tiers.indexOf(tier)] as number) + 1;
      else if (kind === 'already') this.#already++;
      else this.#impossible++;
    }
  }

  /** Lets go of what waits of the account. What the courier carries already is its receiver's to forget. */
  forget(tenant: string, account: string): void {
    for (const [number, { login }] of this.#waiting)
      if (login.tenant === tenant && login.visit.account === account) this.#waiting.delete(number);
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** How many found among older assessments may be offered now: half of the room is for logins that come in. */
  get roomForOlder(): number {
    return Math.max(0, Math.floor(this.#waitingMax / 2) - this.#waiting.size);
  }

  /** Age of the one that waits longest; 0 when none does. */
  get oldestAgeMs(): number {
    return Math.max(0, this.#clock.nowMs() - this.#oldestMs());
  }

  /** Since when logins were not taken, null when all were. */
  get missedSinceMs(): number | null {
    return this.#missedSinceMs;
  }

  /** Whoever looks for the missed ones takes the mark off before looking. */
  takeMissed(): number | null {
    const since = this.#missedSinceMs;
    this.#missedSinceMs = null;
    return since;
  }

  missed(sinceMs: number): void {
    this.#missedSinceMs = Math.min(sinceMs, this.#missedSinceMs ?? sinceMs);
  }

  /** Every login flagged before then has its case, as far as it came through here. */
  get settledUntilMs(): number {
    return Math.min(this.#oldestMs(), this.#missedSinceMs ?? Number.POSITIVE_INFINITY);
  }

  /** Now when nothing waits. */
  #oldestMs(): number {
    let oldestMs = this.#clock.nowMs();
    for (const { sinceMs } of this.#waiting.values()) oldestMs = Math.min(oldestMs, sinceMs);
    return oldestMs;
  }

  get counts(): IntakeCounts {
    return { opened: [...this.#opened], already: this.#already, impossible: this.#impossible, overflowed: this.#overflowed };
  }
}
