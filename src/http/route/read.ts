// GET /v1/assessments/{id}, GET and DELETE /v1/users/{id}: what is kept, and forgetting it.
import { answerPrivateJson } from '../answer.ts';
import type { Caller } from '../request/api-key.ts';
import { storedAssessmentJson } from '../assessment-json.ts';
import { checkedId } from '../request/checked.ts';
import type { Door } from '../door.ts';
import { refusals } from '../reference.ts';
import { Problem } from '../problem.ts';
import { userJson } from '../user-json.ts';
import { assessmentParamsSchema, erasedSchema, storedAssessmentSchema, userParamsSchema, userSchema } from '../wire.ts';

interface ById {
  readonly Params: { readonly id: string };
}

export function readRoutes(door: Door): void {
  const { app, useCases } = door;
  const validatorCompiler = () => () => true;

  app.get<ById>(
    '/v1/assessments/:id',
    {
      onRequest: door.guard('read'),
      validatorCompiler,
      schema: {
        operationId: 'readAssessment',
        tags: ['Reading'],
        summary: 'Read an assessment back',
        params: assessmentParamsSchema,
        response: { 200: storedAssessmentSchema, ...refusals(400, 401, 403, 'unknown_assessment', 'rate_limited') },
      },
    },
    async (request, reply) => {
      const { tenant } = request.admitted.caller as Caller;
      const stored = await useCases.readAssessment(tenant, checkedId(request.params.id, 64));
      if (stored === null)
        throw new Problem('unknown_assessment', 'There is no such assessment, or it was removed after its retention time.');
      return answerPrivateJson(reply, storedAssessmentJson(stored));
    },
  );

  app.get<ById>(
    '/v1/users/:id',
    {
      onRequest: door.guard('admin'),
      validatorCompiler,
      schema: {
        operationId: 'describeUser',
        tags: ['Reading'],
        summary: 'What is remembered of an account',
        params: userParamsSchema,
        response: { 200: userSchema, ...refusals(400, 401, 403, 'unknown_user', 'rate_limited') },
      },
    },
    async (request, reply) => {
      const { tenant } = request.admitted.caller as Caller;
      const userId = checkedId(request.params.id, 256);
      const profile = await useCases.describeUser(tenant, userId);
      if (profile === null) throw new Problem('unknown_user', 'Nothing is remembered of this user.');
      return answerPrivateJson(reply, JSON.stringify(userJson(userId, profile)));
    },
  );

  app.delete<ById>(
    '/v1/users/:id',
    {
      onRequest: door.guard('admin'),
      validatorCompiler,
      schema: {
        operationId: 'eraseUser',
        tags: ['Reading'],
        summary: 'Forget an account',
        description:
          'Removes the profile, the assessments and the cases of the account. May be repeated, and must be after a 503: then the cases are still there. Where several processes share a data directory, repeat it a few seconds later: a login that another one answered in the second before may be stored after the first time. That the account was erased is remembered for seven days, as a keyed digest, so that no case of it comes back.',
        params: userParamsSchema,
        response: { 200: erasedSchema, ...refusals(400, 401, 403, 'rate_limited', 'cases_unavailable') },
      },
    },
    async (request, reply) => {
      const { tenant, keyId } = request.admitted.caller as Caller;
      const { profile, assessments, cases } = await useCases.eraseUser(tenant, checkedId(request.params.id, 256), keyId);
      return answerPrivateJson(reply, JSON.stringify({ erased: profile || assessments + cases > 0, assessments, cases }));
    },
  );
}
