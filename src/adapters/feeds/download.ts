// Fetches one file over HTTP for the feeds tool: only if it changed, never more than its size limit, never longer than its time
// limit, never from inside the operator's network unless allowed. Every way it can go wrong is a value with a clause that
// says what happened; nothing is thrown.
import { Agent, request } from 'undici';
import { isIP } from 'node:net';
import { isPublicAddress, lookupPublic } from './public-address.ts';

export interface DownloadRequest {
  readonly url: string;
  /** Validators of the copy at hand; null to fetch in any case. */
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly bytesMax: number;
  /** For everything together: connecting, redirects, the body. */
  readonly timeoutMs: number;
  /** Permits loopback and private addresses: for a mirror of the operator's own, and for tests. */
  readonly isPrivateAllowed: boolean;
}

export type DownloadResult =
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'body'; readonly bytes: Buffer; readonly etag: string | null; readonly lastModified: string | null }
  /** `problem` is one clause without a full stop. */
  | { readonly kind: 'failed'; readonly problem: string };

const redirectsMax = 5;
const redirectStatuses = new Set([301, 302, 303, 307, 308]);
// A validator goes back to the server in a header and into a state file; a real one is short and printable.
const validatorLengthMax = 512;

/** Never rejects. */
export async function download(wanted: DownloadRequest): Promise<DownloadResult> {
  const agent = new Agent({
    connect: { timeout: wanted.timeoutMs, ...(wanted.isPrivateAllowed ? {} : { lookup: lookupPublic }) },
    headersTimeout: wanted.timeoutMs,
    bodyTimeout: wanted.timeoutMs,
  });
  const signal = AbortSignal.timeout(wanted.timeoutMs);
  try {
    return await follow(wanted, agent, signal);
  } catch (error) {
    return failed(signal.aborted ? `it took longer than ${wanted.timeoutMs / 1000} s` : causeOf(error));
  } finally {
    await agent.destroy();
  }
}

async function follow(wanted: DownloadRequest, agent: Agent, signal: AbortSignal): Promise<DownloadResult> {
  let url = parseUrl(wanted.url, null);
  for (let hop = 0; hop <= redirectsMax; hop += 1) {
    if (url === null) return failed('the address is not an http or https URL');
    const problem = refusal(url, wanted.isPrivateAllowed);
    if (problem !== null) return failed(problem);
    const response = await request(url, { method: 'GET', dispatcher: agent, signal, headers: headersOf(wanted) });
    const { statusCode, headers, body } = response;
    // The agent is destroyed at the end, but until then an unread body may still fail.
    body.on('error', () => undefined);
    if (redirectStatuses.has(statusCode)) {
      const location = headerOf(headers['location']);
      const next = location === null ? null : parseUrl(location, url);
      if (next === null) return failed(`it answered ${statusCode} with no usable address`);
      if (url.protocol === 'https:' && next.protocol === 'http:') return failed('it redirects from https to http');
      body.destroy();
      url = next;
      continue;
    }
    if (statusCode === 304 && (wanted.etag !== null || wanted.lastModified !== null)) return { kind: 'unchanged' };
    if (statusCode !== 200) return failed(`it answered ${statusCode}`);
    const encoding = headerOf(headers['content-encoding']);
    if (encoding !== null && encoding !== 'identity')
      return failed(`it answered in the encoding "${encoding.slice(0, 20)}", which was not asked for`);
    if (Number(headerOf(headers['content-length']) ?? 0) > wanted.bytesMax) return failed(tooLarge(wanted));
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of body as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > wanted.bytesMax) return failed(tooLarge(wanted));
      chunks.push(chunk);
    }
    return {
      kind: 'body',
      bytes: Buffer.concat(chunks),
      etag: validatorOf(headers['etag']),
      lastModified: validatorOf(headers['last-modified']),
    };
  }
  return failed(`it redirects more than ${redirectsMax} times`);
}

function headersOf(wanted: DownloadRequest): Record<string, string> {
  return {
    'user-agent': 'portcullis-feeds',
    accept: 'text/plain, text/csv, */*;q=0.5',
    'accept-encoding': 'identity',
    ...(wanted.etag === null ? {} : { 'if-none-match': wanted.etag }),
    ...(wanted.lastModified === null ? {} : { 'if-modified-since': wanted.lastModified }),
  };
}

function parseUrl(text: string, base: URL | null): URL | null {
  const url = URL.parse(text, base?.href);
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:') ? url : null;
}

/** Names are checked when they are resolved; an address in the URL is never resolved, so it is checked here. */
function refusal(url: URL, isPrivateAllowed: boolean): string | null {
  const host = url.hostname.replace(/^\[(.*)\]$/u, '$1');
  if (isPrivateAllowed || isIP(host) === 0 || isPublicAddress(host)) return null;
  return `${host} is not a public address (allow_private permits it)`;
}

function tooLarge(wanted: DownloadRequest): string {
  return `it is larger than ${Math.floor(wanted.bytesMax / 1024)} KiB`;
}

function headerOf(value: string | string[] | undefined): string | null {
  return (Array.isArray(value) ? value[0] : value) ?? null;
}

function validatorOf(value: string | string[] | undefined): string | null {
  const text = headerOf(value);
  return text !== null && text.length <= validatorLengthMax && /^[\x20-\x7e]+$/u.test(text) ? text : null;
}

function failed(problem: string): DownloadResult {
  return { kind: 'failed', problem };
}

function causeOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { message?: string } };
  const text = message === undefined || message === '' ? (cause?.message ?? String(error)) : message;
  return `the connection failed: ${text.split('\n')[0]?.slice(0, 200) ?? ''}`;
}
