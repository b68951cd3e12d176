// What a setting is. Everything else about settings (environment names, file keys, checks, the manual page) derives from
// the one declaration of each, so that code and manual cannot disagree.

interface DeclarationBase {
  /** One or two sentences for the manual: what it does and what to mind. */
  readonly sentence: string;
  /** Never printed, and may come from a file named by the environment name with "_FILE" behind it. */
  readonly secret?: true;
}

export type Declaration = DeclarationBase &
  (
    | { readonly type: 'integer' | 'number'; readonly unit: string; readonly default: number; readonly min: number; readonly max: number }
    | { readonly type: 'switch'; readonly default: boolean }
    | { readonly type: 'choice'; readonly default: string; readonly choices: readonly string[] }
    | { readonly type: 'text' | 'path'; readonly default: string | null; readonly whenAbsent?: string; readonly lengthMin?: number }
    | { readonly type: 'paths'; readonly default: readonly string[]; readonly whenAbsent: string }
  );

/** The value that a declaration gives: numbers stay numbers, a setting without default may be null. */
export type ValueOf<D extends Declaration> = D extends { type: 'integer' | 'number' }
  ? number
  : D extends { type: 'switch' }
    ? boolean
    : D extends { type: 'choice'; choices: readonly (infer C)[] }
      ? C
      : D extends { type: 'paths' }
        ? readonly string[]
        : D extends { default: string }
          ? string
          : string | null;

export type Raw = string | number | boolean | readonly unknown[];
export type Reading = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly wanted: string };

/** What would be right, as the end of "must be ...". */
export function wanted(declaration: Declaration): string {
  switch (declaration.type) {
    case 'integer':
      return `a whole number from ${declaration.min} to ${declaration.max} (${declaration.unit})`;
    case 'number':
      return `a number from ${declaration.min} to ${declaration.max} (${declaration.unit})`;
    case 'switch':
      return 'on or off';
    case 'choice':
      return `one of ${declaration.choices.join(', ')}`;
    case 'paths':
      return 'a list of file paths, separated by commas';
    case 'path':
      return 'a path';
    case 'text':
      return declaration.lengthMin === undefined ? 'text' : `text of at least ${declaration.lengthMin} characters`;
  }
}

const switchWords = new Map([
  ['on', true],
  ['true', true],
  ['1', true],
  ['yes', true],
  ['off', false],
  ['false', false],
  ['0', false],
  ['no', false],
]);

/** Reads one raw value by its declaration. Text from the environment and typed values from a file give the same result. */
export function readValue(declaration: Declaration, raw: Raw): Reading {
  const value = convert(declaration, raw);
  return value === undefined ? { ok: false, wanted: wanted(declaration) } : { ok: true, value };
}

function convert(declaration: Declaration, raw: Raw): unknown {
  if (declaration.type === 'paths') return convertPaths(raw);
  if (typeof raw === 'object') return undefined;
  const text = String(raw).trim();
  switch (declaration.type) {
    case 'integer':
    case 'number': {
      // Number('') is 0 and Number('0x1F') is 31: neither is what somebody meant.
      const shape = declaration.type === 'integer' ? /^-?\d+$/ : /^-?\d+(\.\d+)?$/;
      const value = shape.test(text) ? Number(text) : Number.NaN;
      return value >= declaration.min && value <= declaration.max ? value : undefined;
    }
    case 'switch':
      return switchWords.get(text.toLowerCase());
    case 'choice':
      return declaration.choices.includes(text) ? text : undefined;
    case 'text':
    case 'path':
      return text.length > 0 && text.length >= (declaration.lengthMin ?? 0) && !text.includes('\0') ? text : undefined;
  }
}

function convertPaths(raw: Raw): readonly string[] | undefined {
  const parts = Array.isArray(raw) ? raw : String(raw).split(',');
  const paths = parts.map((part) => (typeof part === 'string' ? part.trim() : ''));
  return paths.every((path) => path.length > 0 && !path.includes('\0')) ? paths : undefined;
}
