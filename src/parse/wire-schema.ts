// Writes JSON schemas whose TypeScript types follow from them, and compiles a schema into a check.
//
// The types are typebox's and so is the compiler. What writes the schemas is not: typebox's own loads some four hundred more
// modules at every start, for a type language of which we need eight words. A schema made here is plain JSON.
import type { Static, TArray, TBoolean, TInteger, TNumber, TObject, TOptional, TProperties, TSchema, TString, TUnsafe } from 'typebox';
import { Compile } from 'typebox/schema';

// Beside the schemas and not in them, because a reader of the reference has no use for it.
const optional = new WeakSet<object>();

function objectOf<Properties extends TProperties>(properties: Properties, options: object = {}): TObject<Properties> {
  const required = Object.keys(properties).filter((name) => !optional.has(properties[name] as TSchema));
  return written({ type: 'object', ...(required.length === 0 ? {} : { required }), properties, ...options });
}

function optionalOf<Schema extends TSchema>(schema: Schema): TOptional<Schema> {
  const copy = { ...schema };
  optional.add(copy);
  return written(copy);
}

/** A schema says more to the compiler of TypeScript than it holds: the type of the values that it describes. */
function written<Schema extends TSchema>(schema: object): Schema {
  return schema as Schema;
}

export const Type = {
  Object: objectOf,
  Optional: optionalOf,
  /** For what the other words cannot say: any JSON schema, with the type of its values. */
  Unsafe: <Value>(schema: object): TUnsafe<Value> => written<TUnsafe<Value>>(schema),
  String: (options: object = {}): TString => written<TString>({ type: 'string', ...options }),
  Number: (options: object = {}): TNumber => written<TNumber>({ type: 'number', ...options }),
  Integer: (options: object = {}): TInteger => written<TInteger>({ type: 'integer', ...options }),
  Boolean: (options: object = {}): TBoolean => written<TBoolean>({ type: 'boolean', ...options }),
  Array: <Item extends TSchema>(items: Item, options: object = {}): TArray<Item> =>
    written<TArray<Item>>({ type: 'array', items, ...options }),
};

export interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: object;
  readonly message: string;
}

export interface Validator<Value> {
  /** About two microseconds for an attempt. */
  check(value: unknown): value is Value;
  /** All that is wrong. Call it only when `check` said no: it is slow. */
  errors(value: unknown): readonly SchemaError[];
}

export function compileSchema<Schema extends TSchema>(schema: Schema): Validator<Static<Schema>> {
  const validator = Compile(schema);
  return {
    check: (value): value is Static<Schema> => validator.Check(value),
    errors: (value) => validator.Errors(value)[1],
  };
}
