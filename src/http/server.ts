// The door: puts routes, guards, limits and the form of every refusal together. Knows no store and no model.
//
// Settings that differ from Fastify's and Node's defaults are those that a public port needs: every wait is bounded, bodies
// are small, and what is not understood is refused in one form.
import rateLimit from '@fastify/rate-limit';
import Fastify, {
  LogController,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type onRequestHookHandler,
} from 'fastify';
import { StorageFailure } from '../domain/case/failure.ts';
import { parseIpAddress } from '../parse/ip-address.ts';
import { answerProblem } from './answer.ts';
import { type ApiKey, createKeyring } from './request/api-key.ts';
import { type Admitted, requireScope } from './request/authenticate.ts';
import { type BodyClock, createBodyClock } from './socket/body-clock.ts';
import {
  answerClientError,
  type ConnectionEvents,
  type ConnectionLimits,
  createHttpServer,
  defaultConnectionLimits,
} from './socket/connection.ts';
import type { Dependencies } from './dependencies.ts';
import { attemptBytesMax, type BatchLimits, type Door } from './door.ts';
import { readJson } from './request/json-body.ts';
import { createRefusalLog, type LogOptions, type RefusalLog } from './log.ts';
import { Problem } from './problem.ts';
import { describeRoutes, serveReference } from './reference.ts';
import { batchRoute } from './route/batch.ts';
import { campaignRoutes } from './route/cases/campaigns.ts';
import { listRoutes } from './route/cases/list.ts';
import { streamRoute } from './route/cases/stream.ts';
import { workRoutes } from './route/cases/work.ts';
import { assetRoutes } from './route/context/assets.ts';
import { operationRoutes } from './route/operation.ts';
import { auditRoutes } from './route/operator/audit.ts';
import { jobRoutes } from './route/operator/jobs.ts';
import { readRoutes } from './route/read.ts';
import { recordRoutes } from './route/record.ts';
import { scoreRoute } from './route/score.ts';
import { createStreamPlaces, defaultStreamLimits, type StreamLimits, type StreamPlaces } from './stream/places.ts';

export interface ServerOptions {
  readonly version: string;
  /** Address to listen on. Without keys it must be a loopback address. */
  readonly host: string;
  /** Null: no keys are configured. */
  readonly keys: readonly ApiKey[] | null;
  readonly budgetMs: number;
  /** Requests per minute and key, 0 = off. */
  readonly rateLimitPerMinute: number;
  readonly metrics: boolean;
  readonly log: LogOptions;
  readonly connections?: Partial<ConnectionLimits>;
  readonly batch?: Partial<BatchLimits>;
  readonly streams?: Partial<StreamLimits>;
}

const defaultBatchLimits: BatchLimits = { concurrency: 64, linesMax: 1_000_000, idleMs: 30_000 };

/** Ready to listen or to be injected into. Throws when it would serve strangers without keys. */
export async function createServer(dependencies: Dependencies, options: ServerOptions): Promise<FastifyInstance> {
  if (options.keys === null && !isLoopback(options.host))
    throw new Error(`Without API keys the service listens on a loopback address only, not on ${options.host}.`);
  const keyring = options.keys === null ? null : createKeyring(options.keys);
  const limits = { ...defaultConnectionLimits, ...options.connections };
  const { metrics, clock } = dependencies;
  const events: ConnectionEvents = { refused: (code) => metrics.refused(code), dropped: () => metrics.connectionDropped() };
  const app = createApp(limits, events, options.log);
  const bodyClock = createBodyClock(
    limits,
    () => clock.monotonicMs(),
    (request) => answerClientError({ code: 'ERR_HTTP_REQUEST_TIMEOUT' }, request.socket, events),
  );
  app.addHook('onClose', async () => bodyClock.close());
  admitRequests(app, dependencies, bodyClock);
  const log = createRefusalLog(app.log, options.log, clock);
  answerRefusals(app, (request, problem) => {
    bodyClock.arrived(request.raw);
    metrics.refused(problem.code);
    log(request, problem);
  });
  await describeRoutes(app, options.version, keyring !== null);
  const limiter = await createLimiter(app, options);
  const door: Door = {
    ...dependencies,
    app,
    budgetMs: options.budgetMs,
    batch: { ...defaultBatchLimits, ...options.batch },
    guard: (scope) => [requireScope(scope, keyring), ...limiter],
  };
  scoreRoute(door);
  batchRoute(door, bodyClock);
  recordRoutes(door);
  readRoutes(door);
  listRoutes(door);
  campaignRoutes(door);
  workRoutes(door);
  streamRoute(door, openStreamPlaces(app, options, metrics));
  assetRoutes(door);
  auditRoutes(door);
  jobRoutes(door);
  operationRoutes(door, { metrics: options.metrics });
  await serveReference(app);
  await app.ready();
  return app;
}

/** Streams end before the server waits for its connections to end. */
function openStreamPlaces(app: FastifyInstance, options: ServerOptions, metrics: Dependencies['metrics']): StreamPlaces {
  const places = createStreamPlaces(app.server, { ...defaultStreamLimits, ...options.streams });
  app.addHook('preClose', async () => places.close());
  metrics.gauge({
    name: 'portcullis_explanation_streams',
    help: 'Explanations that are being followed now.',
    read: () => [{ labels: {}, value: places.taken() }],
  });
  return places;
}

export function isLoopback(host: string): boolean {
  const address = parseIpAddress(host);
  if (address === null) return host === 'localhost';
  return address.version === 4 ? (address.words[0] as number) >>> 24 === 127 : address.text === '::1';
}

/** Longest part of a path: an identifier of 256 characters, each percent-encoded. */
const pathPartLengthMax = 3 * 256;

function createApp(limits: ConnectionLimits, events: ConnectionEvents, log: LogOptions): FastifyInstance {
  const prefix = Math.trunc(performance.timeOrigin).toString(36);
  let count = 0;
  const app = Fastify({
    serverFactory: (handler) => createHttpServer(handler, limits, events),
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    maxRequestsPerSocket: limits.maxRequestsPerSocket,
    requestTimeout: 0,
    bodyLimit: attemptBytesMax,
    routerOptions: { maxParamLength: pathPartLengthMax },
    // Ours, so that nobody writes into our log through a header.
    requestIdHeader: false,
    genReqId: () => `${prefix}-${(count++).toString(36)}`,
    logger: log.level === 'silent' ? false : { level: log.level, ...(log.stream === undefined ? {} : { stream: log.stream }) },
    logController: new LogController({ disableRequestLogging: true }),
    // Answers are finished texts; the schemas of responses are for the reader.
    schemaController: { compilersFactory: { buildValidator: noValidator, buildSerializer: () => () => JSON.stringify } },
    // While stopping, what still arrives on an open connection gets its verdict, and the connection closes.
    return503OnClosing: false,
    // A child logger for each request would cost more than reading its body.
    childLoggerFactory: (logger) => logger,
    clientErrorHandler: (error, socket) => answerClientError(error, socket, events),
    // Before routing no hook has run, so this counts by itself.
    frameworkErrors: (error, request, reply) => {
      const problem = problemOf(error);
      request.admitted = untouched(0);
      events.refused(problem.code);
      answerProblem(reply as FastifyReply, problem);
    },
  });
  app.decorateRequest('admitted', null as never);
  return app;
}

/** Routes bring their own checks and write their own answers: Fastify's makers of both would be loaded for nothing, eighty
 * modules at each start. */
function noValidator(): never {
  throw new Error('A route that has a schema for what it is sent must bring its own validatorCompiler.');
}

/** Notes the first touch of each request, and reads JSON bodies strictly. */
function admitRequests(app: FastifyInstance, { clock }: Dependencies, bodyClock: BodyClock): void {
  app.addHook('onRequest', (request, _reply, done) => {
    const startedMs = clock.monotonicMs();
    request.admitted = untouched(startedMs);
    const { headers } = request.raw;
    if (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined) bodyClock.await(request.raw, startedMs);
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    bodyClock.arrived(request.raw);
    request.admitted.bytes = body as Buffer;
    // A refusal travels as the body, because an error here would also close a connection that is in good order.
    done(null, readJson(body as Buffer));
  });
}

function untouched(startedMs: number): Admitted {
  return { caller: null, startedMs, bytes: null };
}

/** Refusals are counted and logged here rather than in a hook after each answer, which the hot path would pay for. */
function answerRefusals(app: FastifyInstance, refused: RefusalLog): void {
  const refuse = (reply: FastifyReply, problem: Problem): FastifyReply => {
    refused(reply.request, problem);
    return answerProblem(reply, problem);
  };
  app.setErrorHandler((error: FastifyError | Problem, request, reply) => {
    const problem = problemOf(error);
    if (problem.code === 'internal')
      app.log.error({ err: error, requestId: request.id, route: request.routeOptions.url }, 'a request failed');
    return refuse(reply, problem);
  });
  const routes: { readonly pattern: RegExp; readonly method: string }[] = [];
  app.addHook('onRoute', (route) => {
    const pattern = new RegExp(`^${route.url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:[a-z]+/g, '[^/]+')}$`);
    for (const method of [route.method].flat()) routes.push({ pattern, method });
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.raw.url?.split('?', 1)[0] ?? '';
    const allowed = [...new Set(routes.filter((route) => route.pattern.test(path)).map((route) => route.method))];
    if (allowed.length === 0) return refuse(reply, new Problem('not_found', 'See /docs for what there is.'));
    const allow = allowed.join(', ');
    return refuse(reply, new Problem('method_not_allowed', `This path takes ${allow}.`, null, { allow }));
  });
}

const problemsOfFastify: Readonly<Record<string, () => Problem>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => new Problem('too_large', `The body may have ${attemptBytesMax} bytes.`),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    new Problem('unsupported_media_type', 'Send application/json, or application/x-ndjson to /v1/score/batch.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => new Problem('invalid_http', 'The body is not as long as its Content-Length says.'),
  FST_ERR_BAD_URL: () => new Problem('invalid_url', 'The path holds a broken percent-encoding.'),
  FST_ERR_MAX_PARAM_LENGTH: () => new Problem('invalid_url', 'A part of the path is too long.'),
};

/** What we did not foresee is our failure, and nothing of it is shown. */
function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  // Its sentence is the operator's: it may name a path.
  if (error instanceof StorageFailure)
    return new Problem('cases_unavailable', 'Send the request again; what was done by then is not done twice.', null, {
      'retry-after': '2',
    });
  const { code = '', statusCode = 500 } = error as { readonly code?: string; readonly statusCode?: number };
  const known = problemsOfFastify[code];
  if (known !== undefined) return known();
  if (statusCode >= 400 && statusCode < 500) return new Problem('invalid_http', 'The request could not be read.');
  return new Problem('internal', 'Something failed on our side. The request may be sent again.');
}

/** Counts by key and, without keys, by address (IPv6 by /64). Runs after the caller is known, so strangers create no counters. */
async function createLimiter(app: FastifyInstance, options: ServerOptions): Promise<onRequestHookHandler[]> {
  const keys = options.keys ?? [];
  const general = options.rateLimitPerMinute;
  if (general === 0 && !keys.some((key) => (key.ratePerMinute ?? 0) > 0)) return [];
  await app.register(rateLimit, {
    global: false,
    timeWindow: 60_000,
    // One counter for each key and room to spare; without keys only loopback addresses can call.
    cache: Math.max(1024, keys.length * 2),
    keyGenerator: callerName,
    max: (request) => {
      const rate = request.admitted.caller?.ratePerMinute ?? general;
      return rate === 0 ? Number.POSITIVE_INFINITY : rate;
    },
    addHeadersOnExceeding: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    errorResponseBuilder: (_request, context) =>
      new Problem('rate_limited', `At most ${context.max} requests a minute; try again in ${context.after}.`),
  });
  return [app.rateLimit() as onRequestHookHandler];
}

function callerName(request: FastifyRequest): string {
  const caller = request.admitted.caller;
  if (caller !== null && caller.keyId !== 'keyless') return `key ${caller.keyId}`;
  return `ip ${parseIpAddress(request.ip)?.host ?? 'unknown'}`;
}
