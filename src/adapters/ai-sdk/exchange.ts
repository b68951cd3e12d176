// One request and its answer as the connection saw them, noted before the SDK looks: what status came, how long to wait, how much was
// read. Failures are told apart by this, because the SDK reports one and the same fault in different ways from provider to provider.

export interface Exchange {
  /** Whether a request left; false: the SDK refused to make one. */
  isSent: boolean;
  /** Null until an answer began. */
  status: number | null;
  /** What the answer's headers ask for. */
  retryAfterMs: number | null;
  /** More came than an answer can be long, and the connection was given up. */
  isTooLong: boolean;
  /** At least one piece of the answer was in the provider's protocol. */
  isUnderstood: boolean;
  /** Some of the answer's text came. */
  hasText: boolean;
}

export function newExchange(): Exchange {
  return { isSent: false, status: null, retryAfterMs: null, isTooLong: false, isUnderstood: false, hasText: false };
}

/** Nobody waits longer than that for one explanation; a header may say anything. */
const retryAfterMsMax = 3_600_000;

/** `retry-after-ms` (OpenAI, Azure) or `retry-after`, seconds or a date (RFC 9110, 10.2.3). Null when there is none that can be read. */
export function retryAfterMs(header: (name: string) => string | null, nowMs: number): number | null {
  const exact = header('retry-after-ms');
  const usual = header('retry-after');
  const ms =
    exact !== null && /^\s*\d+(\.\d+)?\s*$/.test(exact) ? Number(exact) : usual === null ? Number.NaN : fromRetryAfter(usual, nowMs);
  return Number.isFinite(ms) ? Math.min(retryAfterMsMax, Math.max(0, Math.ceil(ms))) : null;
}

/** NaN when it is neither. A date begins with the day of the week; without that, JavaScript takes almost anything for a date. */
function fromRetryAfter(text: string, nowMs: number): number {
  if (/^\s*\d+(\.\d+)?\s*$/.test(text)) return Number(text) * 1000;
  return /^\s*[A-Z][a-z]+, /.test(text) ? Date.parse(text) - nowMs : Number.NaN;
}
