// What the routes of cases share.
import type { FastifyRequest } from 'fastify';
import type { CaseLook } from '../../../review/cases/read.ts';
import type { CasePorts } from '../../../review/cases/ports.ts';
import type { Caller, Scope } from '../../request/api-key.ts';
import { actorOf, checkedId } from '../../request/checked.ts';
import type { Door } from '../../door.ts';
import { Problem, type ProblemCode } from '../../problem.ts';

export interface ById {
  readonly Params: { readonly id: string };
}

export const caseIdLengthMax = 64;

/** Throws the Problem where this service keeps no cases, or cannot reach them yet. */
export async function casesOf(door: Door): Promise<CasePorts> {
  const { cases } = door.useCases;
  if (cases === null || cases === undefined) throw new Problem('cases_off', 'This service was started without cases; see its settings.');
  const ports = await cases();
  if (ports === null) throw new Problem('cases_unavailable', 'Cases are being opened. Try again.', null, { 'retry-after': '1' });
  return ports;
}

export function callerOf(request: FastifyRequest): Caller {
  return request.admitted.caller as Caller;
}

export function lookOf(request: FastifyRequest<ById>): CaseLook {
  const caller = callerOf(request);
  return { tenant: caller.tenant, caseId: checkedId(request.params.id, caseIdLengthMax), by: actorOf(caller, null) };
}

export function unknownCase(): Problem {
  return new Problem('unknown_case', 'There is no such case, or it was removed after its retention time or with its user.');
}

/** Handlers check for themselves, so that a refusal says what would be right. */
export function guarded(door: Door, scope: Scope): { onRequest: ReturnType<Door['guard']>; validatorCompiler: () => () => true } {
  return { onRequest: door.guard(scope), validatorCompiler: () => () => true };
}

const always = [401, 403, 'cases_off', 'rate_limited', 'cases_unavailable'] as const satisfies readonly (number | ProblemCode)[];
/** How any route refuses that has parameters and needs cases to be kept; what is its own comes beside it. */
export const withParameters = ['invalid_field', 'invalid_parameter', 'invalid_url', ...always] as const;
/** How a route about one case refuses that only reads, and one that has a body. */
export const reading = [...withParameters, 'unknown_case'] as const;
export const writing = [400, 413, 415, 'unknown_case', ...always] as const;
