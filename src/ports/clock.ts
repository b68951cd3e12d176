// Port: time. Everything that needs "now" or a later moment takes a Clock, so that replay and simulation stay possible.

export interface Clock {
  /** Wall time, epoch milliseconds. May jump. */
  nowMs(): number;
  /** Milliseconds from an arbitrary origin with sub-millisecond resolution. Never goes back. */
  monotonicMs(): number;
  /** Calls `ring` once after about `delayMs`, unless the returned function cancels it first. Cheap: one per request is fine. */
  alarm(delayMs: number, ring: () => void): () => void;
}
