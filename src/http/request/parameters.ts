// Query parameters, declared once: what the reference says of each and how its text is read. Strict: what is not known, given twice or not
// understood is refused by name with what would be right, because a filter that was silently ignored shows the wrong list.
import type { FastifyRequest } from 'fastify';
import type { TSchema } from 'typebox';
import { parseTime } from '../../parse/rfc3339.ts';
import { Type } from '../../parse/wire-schema.ts';
import { Problem } from '../problem.ts';

export type Reading<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly must: string };

export interface Parameter<Value> {
  readonly schema: TSchema;
  /** `must` goes on with what would be right: "must be ...". */
  readonly read: (text: string) => Reading<Value>;
}

type Declared = Readonly<Record<string, Parameter<unknown>>>;
type ValuesOf<Spec extends Declared> = { readonly [Name in keyof Spec]?: Spec[Name] extends Parameter<infer Value> ? Value : never };

export interface Parameters<Values> {
  /** For the `querystring` of a route. */
  readonly schema: TSchema;
  /** Throws a Problem. */
  read(request: FastifyRequest): Values;
}

export function parametersOf<Spec extends Declared>(spec: Spec): Parameters<ValuesOf<Spec>> {
  const names = Object.keys(spec);
  const known = names.length === 0 ? 'This path takes no query parameters' : `Known here are ${names.join(', ')}`;
  return {
    schema: Type.Object(Object.fromEntries(names.map((name) => [name, Type.Optional((spec[name] as Parameter<unknown>).schema)]))),
    read(request) {
      const values: Record<string, unknown> = Object.create(null);
      for (const [name, text] of pairsOf(request.raw.url ?? '')) {
        const parameter = Object.hasOwn(spec, name) ? spec[name] : undefined;
        if (parameter === undefined) throw refusal(name, `is not known. ${known}.`);
        if (name in values) throw refusal(name, 'is given twice.');
        const reading = parameter.read(text);
        if (!reading.ok) throw refusal(name, `${reading.must}.`);
        values[name] = reading.value;
      }
      return values as ValuesOf<Spec>;
    },
  };
}

/** For routes that take none. */
export const noParameters = parametersOf({});

function pairsOf(url: string): (readonly [string, string])[] {
  const at = url.indexOf('?');
  if (at < 0) return [];
  const parts = url.slice(at + 1).split('&');
  return parts
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      return equals < 0 ? ([decoded(part), ''] as const) : ([decoded(part.slice(0, equals)), decoded(part.slice(equals + 1))] as const);
    });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new Problem('invalid_parameter', 'The query holds a broken percent-encoding.');
  }
}

function refusal(name: string, sentence: string): Problem {
  const shown = name.slice(0, 64).replace(/[^\x21-\x7e]/g, '?');
  return new Problem('invalid_parameter', `The query parameter ${shown} ${sentence}`, shown);
}

function right<Value>(value: Value): Reading<Value> {
  return { ok: true, value };
}

function wrong(must: string): Reading<never> {
  return { ok: false, must };
}

export function oneOf<Value extends string>(values: readonly Value[], description: string): Parameter<Value> {
  return {
    schema: Type.String({ enum: [...values], description }),
    read(text) {
      const value = values.find((each) => each === text);
      return value === undefined ? wrong(`must be one of ${values.join(', ')}`) : right(value);
    },
  };
}

/** Any of some words, with commas between. */
export function anyOf<Value extends string>(values: readonly Value[], description: string): Parameter<readonly Value[]> {
  return {
    schema: Type.String({
      description: `${description} One or more of \`${values.join('`, `')}\`, with commas between.`,
      examples: [values[0]],
    }),
    read(text) {
      const chosen = text.split(',').map((part) => values.find((each) => each === part));
      const found = chosen.filter((each) => each !== undefined);
      return found.length === chosen.length
        ? right([...new Set(found)])
        : wrong(`must be one or more of ${values.join(', ')}, with commas between`);
    },
  };
}

export function wholeNumber(minimum: number, maximum: number, description: string): Parameter<number> {
  return {
    schema: Type.Integer({ minimum, maximum, description }),
    read(text) {
      const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
      return value >= minimum && value <= maximum ? right(value) : wrong(`must be a whole number from ${minimum} to ${maximum}`);
    },
  };
}

export function trueOrFalse(description: string): Parameter<boolean> {
  return {
    schema: Type.Boolean({ description }),
    read: (text) => (text === 'true' || text === 'false' ? right(text === 'true') : wrong('must be true or false')),
  };
}

export function moment(description: string): Parameter<number> {
  return {
    schema: Type.String({ format: 'date-time', description, examples: ['2026-11-22T10:00:00Z'] }),
    read(text) {
      const atMs = parseTime(text);
      return atMs === null ? wrong('must be an RFC 3339 time with an offset, such as 2026-11-22T10:00:00Z (write + as %2B)') : right(atMs);
    },
  };
}

/** Any text. `fits` refuses with what would be right, or null. */
export function someText(
  lengthMax: number,
  description: string,
  options: { readonly examples?: readonly string[]; readonly fits?: (text: string) => string | null } = {},
): Parameter<string> {
  const { examples, fits } = options;
  return {
    schema: Type.String({ minLength: 1, maxLength: lengthMax, description, ...(examples === undefined ? {} : { examples }) }),
    read(text) {
      if (text === '' || text.length > lengthMax || !text.isWellFormed()) return wrong(`must have 1 to ${lengthMax} characters`);
      const must = fits?.(text) ?? null;
      return must === null ? right(text) : wrong(must);
    },
  };
}

/** The longest one names an application by up to 768 bytes. */
const cursorLengthMax = 1024;

/** The next page of a list. */
export const cursorParameter = someText(cursorLengthMax, 'From `next_cursor` of the page before, with the same filter and order.');
export const badCursor = (): Problem =>
  refusal(
    'cursor',
    'must be the next_cursor of a page of this list, asked for with the same filter and order; or leave it out for the first page.',
  );
