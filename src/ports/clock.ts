// Port: time. Everything that needs "now" takes a Clock, so that replay and simulation stay possible.

export interface Clock {
  /** Wall time, epoch milliseconds. May jump. */
  nowMs(): number;
  /** Milliseconds from an arbitrary origin with sub-millisecond resolution. Never goes back. */
  monotonicMs(): number;
}
