// Load on a server under measurement: people drawn at random, as in a real crowd, each with the body that is always theirs.
import autocannon from 'autocannon';
import { testRandom } from '../../test/support/ports.ts';
import { bodyOf } from './attempts.ts';
import type { ServerProcess } from './server-process.ts';

export interface Round {
  readonly answered: number;
  readonly perSecond: number;
  /** CPU of all threads of the server per answered request. */
  readonly cpuMicros: number;
  readonly latencyMsMax: number;
  readonly failed: number;
}

export interface LoadOptions {
  /** People to draw from; those that the store was filled with. */
  readonly profiles: number;
  readonly connections: number;
  readonly seconds: number;
}

/** Sends one round; `rate` is in requests per second, null for as many as are answered. */
export type Load = (server: ServerProcess, rate: number | null) => Promise<Round>;

export function createLoad({ profiles, connections, seconds }: LoadOptions): Load {
  // Made once: making one costs more than answering it.
  const bodies = Array.from({ length: profiles }, (_, person) => Buffer.from(JSON.stringify(bodyOf(person))));
  // One for all rounds: a crowd that came back in the same order each time would find its last changes not yet folded.
  const random = testRandom(1);
  return async (server, rate) => {
    const setupRequest = (request: autocannon.Request): autocannon.Request => ({
      ...request,
      body: bodies[Math.floor(random.uniform() * profiles)] as Buffer,
    });
    const requests = [{ method: 'POST' as const, path: '/v1/score', headers: { 'content-type': 'application/json' }, setupRequest }];
    const cpuBefore = server.cpuMicros();
    const result = await autocannon({
      url: server.url,
      connections,
      duration: seconds,
      requests,
      ...(rate === null ? {} : { overallRate: rate, ignoreCoordinatedOmission: true }),
    });
    const cpu = server.cpuMicros() - cpuBefore;
    const answered = result['2xx'];
    return {
      answered,
      perSecond: answered / result.duration,
      cpuMicros: cpu / answered,
      latencyMsMax: result.latency.max,
      failed: result.non2xx + result.errors + result.timeouts,
    };
  };
}

/** Until the code that matters is compiled: the compiler works beside the service for its first thirty thousand answers, for a third of
 * what they cost, and then has done. */
const warmAnswers = 40_000;

export async function warm(server: ServerProcess, load: Load): Promise<void> {
  for (let answered = 0; answered < warmAnswers; ) answered += (await load(server, null)).answered;
}
