// What is logged of requests: refusals only, with what we know of them ourselves. Never bodies, keys, paths as sent, user ids
// or user agents, so that neither a secret nor a line of somebody else's making gets into the log.
//
// A flood of bad requests must not become a flood of log lines: above a rate they are only counted.
import type { FastifyInstance } from 'fastify';
import type { Metrics } from '../telemetry/metrics.ts';

export interface LogOptions {
  readonly level: 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
  /** Standard output when absent. */
  readonly stream?: { write(line: string): void };
}

const linesPerSecondMax = 20;
/** Refusals that say that somebody tries what they may not do. */
const suspicious: ReadonlySet<string> = new Set(['unauthenticated', 'missing_scope', 'foreign_origin', 'rate_limited']);

export function logRefusals(app: FastifyInstance, metrics: Metrics, options: LogOptions): void {
  let second = 0;
  let lines = 0;
  let unlogged = 0;
  app.addHook('onResponse', (request, reply, done) => {
    done();
    const refusal = request.admitted.refusal;
    if (refusal === null) return;
    metrics.refused(refusal);
    if (options.level === 'silent') return;
    const now = Math.trunc(performance.now() / 1000);
    if (now !== second) {
      if (unlogged > 0) app.log.warn({ refusals: unlogged }, 'refusals not logged one by one');
      second = now;
      lines = 0;
      unlogged = 0;
    }
    if (++lines > linesPerSecondMax) {
      unlogged++;
      return;
    }
    const line = {
      requestId: request.id,
      method: request.method,
      route: request.is404 ? null : request.routeOptions.url,
      status: reply.statusCode,
      code: refusal,
      key: request.admitted.caller?.keyId ?? null,
      tenant: request.admitted.caller?.tenant ?? null,
      elapsedMs: Math.round(reply.elapsedTime * 1000) / 1000,
    };
    if (suspicious.has(refusal)) app.log.warn(line, 'refused');
    else app.log.info(line, 'refused');
  });
}
