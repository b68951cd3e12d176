// Sends what the routes decided. The header texts are complete, so that Fastify has nothing to work out on the hot path.
import type { FastifyReply } from 'fastify';
import { type Problem, problemContentType, problemDocument } from './problem.ts';

const jsonContentType = 'application/json; charset=utf-8';

/** `json` is the finished text. */
export function answerJson(reply: FastifyReply, json: string): FastifyReply {
  reply.header('content-type', jsonContentType);
  return reply.send(json);
}

/** For answers about people, which no proxy should keep. */
export function answerPrivateJson(reply: FastifyReply, json: string): FastifyReply {
  reply.header('cache-control', 'no-store');
  return answerJson(reply, json);
}

export function answerProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  reply.code(problem.statusCode);
  for (const [name, value] of Object.entries(problem.headers)) reply.header(name, value);
  reply.header('content-type', problemContentType);
  return reply.send(JSON.stringify(problemDocument(problem)));
}
