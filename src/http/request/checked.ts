// What the handlers check of a request beyond its JSON: the body against its schema, the parts of the path, and who acts.
import type { Static, TSchema } from 'typebox';
import { firstFault } from '../../parse/score-request.ts';
import { compileSchema, type Validator } from '../../parse/wire-schema.ts';
import type { Caller } from './api-key.ts';
import { Problem } from '../problem.ts';

export function fieldProblem(field: string, message: string): Problem {
  return new Problem('invalid_field', sentence(field, message), field);
}

export function sentence(field: string, message: string): string {
  return field === '' ? `The body ${message}.` : `${field} ${message}.`;
}

/** The body, if it has the form. Throws the Problem. */
export function checked<T>(body: unknown, validator: Validator<T>): T {
  if (body instanceof Problem) throw body;
  if (validator.check(body)) return body;
  const { field, message } = firstFault(validator.errors(body));
  throw fieldProblem(field, message);
}

/** The same for a route that is called by people: its schema is compiled at the first call, which no start waits for. */
export function bodyReader<Schema extends TSchema>(schema: Schema): (body: unknown) => Static<Schema> {
  let validator: Validator<Static<Schema>> | null = null;
  return (body) => checked(body, (validator ??= compileSchema(schema)));
}

export function checkedId(id: string, lengthMax: number): string {
  if (id.length === 0 || id.length > lengthMax || !id.isWellFormed()) throw fieldProblem('id', `must have 1 to ${lengthMax} characters`);
  return id;
}

export const actorNameLengthMax = 64;

/**
 * Who acts, as the audit names them: the key, and the person behind it as the caller says. The name gives no rights. A key's id has no
 * slash, so nobody can pass for another key.
 */
export function actorOf(caller: Caller, name: string | null | undefined): string {
  if (name === undefined || name === null) return caller.keyId;
  const inert = /^[\p{L}\p{M}\p{N}._@+' -]+$/u.test(name) && name.length <= actorNameLengthMax && name.trim() === name;
  if (!inert)
    throw fieldProblem(
      'by',
      `must be a name of 1 to ${actorNameLengthMax} letters, digits, blanks and . _ @ + ' -, without a blank at either end`,
    );
  return `${caller.keyId}/${name}`;
}
