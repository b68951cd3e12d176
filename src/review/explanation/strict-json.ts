// What JSON.parse lets pass and an answer must not hold: a key twice in one object (the last would win), half of a surrogate pair, nesting
// beyond need. Looked for in the text before it is parsed, so that the parser itself is the runtime's.
import type { JsonValue } from '../../domain/json.ts';

export type JsonFault = 'syntax' | 'too_deep' | 'duplicate_key' | 'bad_text';
export type JsonResult = { readonly ok: true; readonly value: JsonValue } | { readonly ok: false; readonly fault: JsonFault };

/** An answer needs three levels. */
export const jsonDepthMax = 8;

export function parseStrictJson(text: string): JsonResult {
  if (depthOf(text) > jsonDepthMax) return { ok: false, fault: 'too_deep' };
  try {
    const value = JSON.parse(text) as JsonValue;
    if (!isWellFormed(value)) return { ok: false, fault: 'bad_text' };
    return countKeys(value) === keysWritten(text) ? { ok: true, value } : { ok: false, fault: 'duplicate_key' };
  } catch {
    return { ok: false, fault: 'syntax' };
  }
}

/** Deepest nesting, brackets within strings not counted. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  forStructure(text, (character) => {
    if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth--;
  });
  return deepest;
}

/** In valid JSON each colon outside strings belongs to one key. */
function keysWritten(text: string): number {
  let keys = 0;
  forStructure(text, (character) => {
    if (character === ':') keys++;
  });
  return keys;
}

function forStructure(text: string, visit: (character: string) => void): void {
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i] as string;
    if (!inString) {
      if (character === '"') inString = true;
      else visit(character);
    } else if (character === '\\') i++;
    else if (character === '"') inString = false;
  }
}

function isObject(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function countKeys(value: JsonValue): number {
  if (Array.isArray(value)) return value.reduce((sum: number, item: JsonValue) => sum + countKeys(item), 0);
  if (!isObject(value)) return 0;
  return Object.values(value).reduce((sum: number, item) => sum + 1 + countKeys(item), 0);
}

function isWellFormed(value: JsonValue): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (Array.isArray(value)) return value.every(isWellFormed);
  return !isObject(value) || Object.entries(value).every(([key, item]) => key.isWellFormed() && isWellFormed(item));
}
