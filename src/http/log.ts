// What is logged of requests: refusals only, with what we know of them ourselves. Never bodies, keys, paths as sent, user ids
// or user agents, so that neither a secret nor a line of somebody else's making gets into the log.
//
// A flood of bad requests must not become a flood of log lines: above a rate they are only counted.
import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import type { Clock } from '../ports/clock.ts';
import type { Problem } from './problem.ts';

export interface LogOptions {
  readonly level: 'silent' | 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace';
  /** Standard output when absent. */
  readonly stream?: { write(line: string): void };
}

const linesPerSecondMax = 20;
/** Refusals that say that somebody tries what they may not do. */
const suspicious: ReadonlySet<string> = new Set(['unauthenticated', 'missing_scope', 'foreign_origin', 'rate_limited']);

export type RefusalLog = (request: FastifyRequest, problem: Problem) => void;

export function createRefusalLog(logger: FastifyBaseLogger, options: LogOptions, clock: Pick<Clock, 'monotonicMs'>): RefusalLog {
  let second = 0;
  let lines = 0;
  let unlogged = 0;
  return (request, problem) => {
    if (options.level === 'silent') return;
    const now = Math.trunc(clock.monotonicMs() / 1000);
    if (now !== second) {
      if (unlogged > 0) logger.warn({ refusals: unlogged }, 'refusals not logged one by one');
      second = now;
      lines = 0;
      unlogged = 0;
    }
    if (++lines > linesPerSecondMax) {
      unlogged++;
      return;
    }
    const caller = request.admitted.caller;
    const line = {
      requestId: request.id,
      method: request.method,
      route: request.is404 ? null : request.routeOptions.url,
      status: problem.statusCode,
      code: problem.code,
      key: caller?.keyId ?? null,
      tenant: caller?.tenant ?? null,
    };
    if (suspicious.has(problem.code)) logger.warn(line, 'refused');
    else logger.info(line, 'refused');
  };
}
