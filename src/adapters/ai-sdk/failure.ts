// From everything that a connection, a provider or the SDK can throw, to one of the port's failures and one sentence for an operator.
//
// The connection's own account (exchange.ts) goes first: a status decides whatever the SDK makes of it. The texts of the SDK's errors are
// not used, because some quote the answer; a provider's own message is quoted (quote.ts).
import type { CallFailure } from '../../ports/case/explainer-model.ts';
import type { Exchange } from './exchange.ts';
import { quotable, type Withheld } from './quote.ts';

export interface Trouble {
  readonly failure: CallFailure;
  readonly detail: string;
  readonly retryAfterMs: number | null;
}

export function trouble(failure: CallFailure, detail: string, retryAfterMs: number | null = null): Trouble {
  return { failure, detail, retryAfterMs };
}

/** `error` is whatever was thrown or came as an error of the stream. */
export function troubleOf(error: unknown, exchange: Exchange, withheld: Withheld): Trouble {
  if (exchange.isTooLong) return trouble('garbled', 'More came than an answer can be long.');
  if (!exchange.isSent) return trouble('rejected', `The request could not be made${quoted(messageOf(error), withheld)}.`);
  if (exchange.status === null) return trouble('unreachable', `No connection${quoted(causeOf(error), withheld)}.`);
  if (exchange.status < 200 || exchange.status > 299) return ofStatus(exchange.status, error, exchange, withheld);
  const said = saidInStream(error);
  if (said !== null) return ofStream(said, exchange, withheld);
  if (isConnectionError(error)) return exchange.hasText ? withinAnswer : beforeAnswer;
  if (isMissingEnd(error)) return endedEarly(exchange);
  return notTheProtocol;
}

const notTheProtocol = trouble('garbled', 'What came is not in this provider’s protocol.');
const withinAnswer = trouble('cut', 'The connection ended within the answer.');
const beforeAnswer = trouble('unreachable', 'The connection ended before an answer began.');

/** The stream ended in good order, but its provider had not said that it ends. Without a single piece it was another page. */
export function endedEarly(exchange: Exchange): Trouble {
  if (exchange.hasText) return withinAnswer;
  return exchange.isUnderstood ? beforeAnswer : notTheProtocol;
}

function ofStatus(status: number, error: unknown, exchange: Exchange, withheld: Withheld): Trouble {
  const failure = failureOfStatus(status);
  const hint = status >= 300 && status < 400 ? '; the base URL must be the address that it redirects to' : '';
  return trouble(failure, `The provider answered ${status}${quoted(messageOf(error), withheld)}${hint}.`, exchange.retryAfterMs);
}

/** 408 is a server that gave up waiting, 424 Bedrock's word for a model that failed: both pass. */
function failureOfStatus(status: number): CallFailure {
  if (status === 429) return 'rate_limited';
  return status >= 500 || status === 408 || status === 424 ? 'overloaded' : 'rejected';
}

interface Said {
  readonly status: number | null;
  /** Type and code as the provider spells them, in one string. */
  readonly kind: string;
  readonly message: string;
}

const rateLimitKinds = /rate_?limit|throttl|quota|too_?many_?requests/i;
const rejectedKinds = /invalid_?request|authentication|permission|not_?found|validation|invalid_?prompt|content_?policy|context_?length/i;

function ofStream({ status, kind, message }: Said, exchange: Exchange, withheld: Withheld): Trouble {
  const failure = failureOfKind(status, kind);
  const named = /^[\w.\s-]{1,60}$/.test(kind) ? ` ${kind.trim()}` : '';
  return trouble(failure, `The provider reported${named} in its answer${quoted(message, withheld)}.`, exchange.retryAfterMs);
}

/** What nobody has a name for is the provider's fault until it is known better: another try may be of use. */
function failureOfKind(status: number | null, kind: string): CallFailure {
  if (rateLimitKinds.test(kind)) return 'rate_limited';
  if (status !== null && status >= 400) return failureOfStatus(status);
  return rejectedKinds.test(kind) ? 'rejected' : 'overloaded';
}

/** Null unless it is an error that the provider itself put into its stream. */
function saidInStream(error: unknown): Said | null {
  if (typeof error === 'string') return { status: null, kind: '', message: error };
  if (typeof error !== 'object' || error === null) return null;
  const { type, code, statusCode, message } = error as Record<string, unknown>;
  const status = typeof statusCode === 'number' && statusCode >= 400 ? statusCode : null;
  // The SDK's own findings (a piece that is no JSON, a missing end) are Errors without a status.
  if (error instanceof Error && status === null && error.name !== 'AI_StreamProviderError') return null;
  if (typeof message !== 'string' && typeof type !== 'string') return null;
  const kind = [...new Set([type, code].filter((word) => typeof word === 'string' || typeof word === 'number'))].join(' ');
  return { status: status ?? statusIn(code), kind, message: typeof message === 'string' ? message : '' };
}

/** llama.cpp and vLLM write the status as the code. */
function statusIn(code: unknown): number | null {
  return typeof code === 'number' && code >= 400 && code < 600 ? code : null;
}

const connectionCodes = /^(UND_ERR_|ECONN|EPIPE|ETIMEDOUT|ENET|EHOST|EAI_|ENOTFOUND|ERR_TLS|ERR_SSL|ERR_STREAM_PREMATURE_CLOSE|HPE_)/;

function isConnectionError(error: unknown): boolean {
  return chainOf(error).some(({ code, message }) => connectionCodes.test(code) || message === 'terminated');
}

/** As the SDK says it of an event stream, and of Bedrock's frames. */
function isMissingEnd(error: unknown): boolean {
  const [{ name, message } = { name: '', message: '' }] = chainOf(error);
  if (name === 'AI_InvalidResponseDataError' || name === 'AI_NoOutputGeneratedError') return true;
  return message.startsWith('Incomplete Amazon Bedrock event-stream frame');
}

interface Link {
  readonly name: string;
  readonly message: string;
  readonly code: string;
}

/** An error and its causes, of which nothing is known. */
function chainOf(error: unknown): Link[] {
  const chain: Link[] = [];
  let at = error;
  while (typeof at === 'object' && at !== null && chain.length < 8) {
    const { name, message, code, cause } = at as Record<string, unknown>;
    chain.push({ name: textIn(name), message: textIn(message), code: textIn(code) });
    at = cause;
  }
  return chain;
}

function textIn(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function messageOf(error: unknown): string {
  return chainOf(error)[0]?.message ?? '';
}

/** The innermost reason: "connect ECONNREFUSED 127.0.0.1:1". */
function causeOf(error: unknown): string {
  return chainOf(error).findLast(({ message }) => message !== '')?.message ?? '';
}

function quoted(message: string, withheld: Withheld): string {
  const text = quotable(message, withheld);
  return text === null ? '' : ` ("${text}")`;
}
