// Reads fields of a plain value and refuses what does not fit, with the place in the document: an unknown key is most often a
// misspelt one, and a policy that silently lacks a rule is worse than none.

/** Its message is one clause, for instance 'rules[2].when must be text'. Thrown while reading, caught by readPolicy. */
export class PolicyProblem extends Error {
  override readonly name = 'PolicyProblem';
}

export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown, path: string, known: readonly string[]): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new PolicyProblem(`${path} must be a mapping of ${known.join(', ')}`);
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) throw new PolicyProblem(`${at(path, key)} is not known; ${path} may have ${known.join(', ')}`);
  }
  return value as Fields;
}

export function at(path: string, key: string): string {
  return path === documentPath ? key : `${path}.${key}`;
}

export const documentPath = 'the document';

export function itemsOf(value: unknown, path: string, countMax: number): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new PolicyProblem(`${path} must be a list`);
  if (value.length > countMax) throw new PolicyProblem(`${path} has ${value.length} entries, more than ${countMax}`);
  return value;
}

export function textOf(value: unknown, path: string, lengthMax: number): string {
  if (typeof value !== 'string' || value.length === 0) throw new PolicyProblem(`${path} must be text`);
  if (value.length > lengthMax) throw new PolicyProblem(`${path} is longer than ${lengthMax} characters`);
  return value;
}

export function choiceOf<const T extends string>(value: unknown, path: string, choices: readonly T[]): T {
  const choice = choices.find((item) => item === value);
  if (choice === undefined) throw new PolicyProblem(`${path} must be ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`);
  return choice;
}

/** A share of genuine logins, 0 to 1. */
export function shareOf(value: unknown, path: string): number {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1)) throw new PolicyProblem(`${path} must be a number from 0 to 1`);
  return value;
}

/** "2027-01-31" (start of that day, UTC) or a full RFC 3339 time, as epoch milliseconds. */
export function instantOf(value: unknown, path: string): number {
  const wanted = `${path} must be a date like 2027-01-31 or a time like 2027-01-31T18:00:00Z`;
  const match = typeof value === 'string' ? /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}:\d{2}(\.\d{1,3})?(Z|[+-]\d{2}:\d{2}))?$/.exec(value) : null;
  const day = match === null ? Number.NaN : Date.parse(`${match[1]}T00:00:00Z`);
  // 30 February parses as 2 March in some engines: a date that does not come back as written is none.
  if (match === null || !Number.isFinite(day) || new Date(day).toISOString().slice(0, 10) !== match[1]) throw new PolicyProblem(wanted);
  const instantMs = match[2] === undefined ? day : Date.parse(match[0]);
  if (!Number.isFinite(instantMs)) throw new PolicyProblem(wanted);
  return instantMs;
}
