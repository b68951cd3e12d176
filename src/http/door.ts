// What every route file is given: the use cases, the guards of the door and its limits.
import type { FastifyInstance, RouteShorthandOptions } from 'fastify';
import type { Scope } from './request/api-key.ts';
import type { Dependencies } from './dependencies.ts';

export interface Door extends Dependencies {
  readonly app: FastifyInstance;
  /** Most milliseconds that one answer may take. */
  readonly budgetMs: number;
  readonly batch: BatchLimits;
  /** Hooks that find the caller, check the scope and count the request against the caller's rate. */
  readonly guard: (scope: Scope) => NonNullable<RouteShorthandOptions['onRequest']>;
}

export interface BatchLimits {
  readonly concurrency: number;
  readonly linesMax: number;
  /** Milliseconds without a byte from the sender after which the batch is ended. */
  readonly idleMs: number;
}

/** Bytes of one attempt, and of one line of a batch. */
export const attemptBytesMax = 16 * 1024;
