// Port: features to exact additive contributions. Failures are values; the caller falls back to rules.

export interface Contributions {
  /** Log-odds of an attempt about which nothing speaks either way. */
  readonly base: number;
  /** Log-odds per reason group, in schema order, centred on genuine logins. base + sum = log-odds. The receiver's to change. */
  readonly groups: Float64Array;
}

export interface ScorerIdentity {
  /** "login-risk/2026-11-22". */
  readonly name: string;
  readonly schemaHash: string;
}

export interface Scorer {
  readonly identity: ScorerIdentity;
  /** True when scoring blocks this thread: then no timer could ring during it, so callers need not set one. */
  readonly inProcess: boolean;
  /**
   * Contributions of one row, which the caller must not change until the promise settles. Never rejects: null when the
   * runtime failed. Rows of one loop turn are scored in one call.
   */
  score(features: Float32Array): Promise<Contributions | null>;
  /** Position of a log-odds among genuine logins, in [0, 1): monotone, never 1. */
  rank(logOdds: number): number;
  close(): Promise<void>;
}
