// Account facts from the identity provider's own HTTP interface: one GET per account, kept for the length of an investigation.
//
// Where it asks is the operator's word alone: the address is a template of the settings, checked at the start; a user id fills its place
// percent-encoded and can change neither host nor path; redirects are not followed. Over the network only by https, since the answer and
// the key are personal data.
import { LRUCache } from 'lru-cache';
import { Agent, request } from 'undici';
import type { AccountFactsAnswer, AccountFactsSource } from '../../ports/case/account-facts.ts';
import type { Clock } from '../../ports/clock.ts';
import { readAccountFacts } from './read-facts.ts';
import { accountFactsUrlProblem, accountUrl, namesTenant } from './url.ts';

export interface HttpAccountFactsOptions {
  /** "https://idp.example.com/users/{user_id}"; `{tenant}` where several tenants are served. */
  readonly urlTemplate: string;
  readonly bearer: string | null;
  /** The only tenant that is answered, unless the template names the tenant: another tenant's user may have the same id. */
  readonly tenant: string;
  readonly clock: Clock;
  /** How long facts are kept. */
  readonly keptMs: number;
  readonly timeoutMs: number;
}

const bytesMax = 64 * 1024;
const keptMax = 10_000;
/** Long enough that a provider in trouble is not asked by every page, short enough that nobody waits for it to be asked again. */
const failureKeptMs = 15_000;
const idLengthMax = 512;

/** Throws a RangeError of one sentence when the template may not be used. */
export function createHttpAccountFacts(options: HttpAccountFactsOptions): AccountFactsSource {
  const { urlTemplate, tenant: only, clock, keptMs } = options;
  const problem = accountFactsUrlProblem(urlTemplate);
  if (problem !== null) throw new RangeError(`The URL of the account facts cannot be used: ${problem}.`);
  const agent = new Agent({ connections: 4, connect: { timeout: options.timeoutMs } });
  // The cache takes a start at 0 for none, and would keep such an entry for ever.
  const kept = new LRUCache<string, AccountFactsAnswer>({
    max: keptMax,
    ttl: keptMs,
    perf: { now: () => clock.monotonicMs() + 1 },
    ttlResolution: 0,
  });
  const underWay = new Map<string, Promise<AccountFactsAnswer>>();

  async function ask(key: string, tenant: string, userId: string): Promise<AccountFactsAnswer> {
    const answer = await fetchFacts(accountUrl(urlTemplate, tenant, userId), agent, options);
    kept.set(key, answer, answer.kind === 'facts' ? {} : { ttl: failureKeptMs });
    return answer;
  }

  return {
    async of(tenant, userId) {
      const absent = (cause: 'not_configured' | 'unknown'): AccountFactsAnswer => ({ kind: 'absent', cause, asOfMs: clock.nowMs() });
      if (!namesTenant(urlTemplate) && tenant !== only) return absent('not_configured');
      if (!isAskable(userId) || !isAskable(tenant)) return absent('unknown');
      const key = `${tenant}\0${userId}`;
      const known = kept.get(key);
      if (known !== undefined) return known;
      let asking = underWay.get(key);
      if (asking === undefined) {
        asking = ask(key, tenant, userId).finally(() => underWay.delete(key));
        underWay.set(key, asking);
      }
      return asking;
    },
    close: () => agent.destroy(),
  };
}

function isAskable(id: string): boolean {
  return id !== '' && id.length <= idLengthMax && id !== '.' && id !== '..' && id.isWellFormed();
}

async function fetchFacts(url: string, agent: Agent, { bearer, clock, timeoutMs }: HttpAccountFactsOptions): Promise<AccountFactsAnswer> {
  const controller = new AbortController();
  const cancel = clock.alarm(timeoutMs, () => controller.abort());
  const absent = (cause: 'unknown' | 'invalid' | 'unavailable' | 'late'): AccountFactsAnswer => ({
    kind: 'absent',
    cause,
    asOfMs: clock.nowMs(),
  });
  try {
    const headers = { accept: 'application/json', ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }) };
    const { statusCode, body } = await request(url, { dispatcher: agent, signal: controller.signal, headers });
    if (statusCode !== 200) {
      body.on('error', () => undefined).destroy();
      return absent(statusCode === 404 ? 'unknown' : 'unavailable');
    }
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of body as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > bytesMax) return absent('invalid');
      pieces.push(piece);
    }
    const facts = readAccountFacts(Buffer.concat(pieces).toString('utf8'));
    return facts === null ? absent('invalid') : { kind: 'facts', facts, asOfMs: clock.nowMs() };
  } catch {
    return absent(controller.signal.aborted ? 'late' : 'unavailable');
  } finally {
    cancel();
  }
}
