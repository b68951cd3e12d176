// Bytes of a body to a value, refusing what two readers could read differently: broken UTF-8, a key given twice, keys that
// change what an object inherits, nesting deep enough to exhaust a stack.
//
// Duplicate keys are found by counting: in valid JSON every colon outside a string belongs to one member, so an object tree
// with fewer keys than colons has lost one. Counting costs about a microsecond for each kilobyte.
import { isUtf8 } from 'node:buffer';
import { Problem } from '../problem.ts';

/** The deepest body of the contract has four levels. */
export const depthMax = 16;

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;

/** The value, or the refusal: a value as well, because throwing on the hot path would cost more than reading the body. */
export function readJson(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return new Problem('invalid_json', 'The body is empty.');
  if (!isUtf8(bytes)) return new Problem('invalid_encoding', 'The body is not valid UTF-8.');
  const members = countMembers(bytes);
  if (members < 0) return new Problem('too_deep', `The body is nested more than ${depthMax} levels deep.`);
  let value: unknown;
  try {
    value = JSON.parse(textOf(bytes));
  } catch {
    return new Problem('invalid_json', 'The body is not valid JSON.');
  }
  const keys = countKeys(value);
  if (keys === members) return value;
  if (keys < 0) return new Problem('forbidden_key', 'The keys "__proto__", "constructor" and "prototype" are not allowed.');
  return new Problem('duplicate_key', 'A key is given more than once in the same object.', duplicateIn(textOf(bytes)));
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** Colons outside strings; -1 when brackets nest too deeply. What it says of invalid JSON does not matter. */
function countMembers(bytes: Uint8Array): number {
  let members = 0;
  let depth = 0;
  const length = bytes.length;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at] as number;
    if (byte === quote) {
      at = endOfString(bytes, at + 1);
    } else if (byte === colon) {
      members++;
    } else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > depthMax) return -1;
    } else if (byte === 0x7d || byte === 0x5d) {
      depth--;
    }
  }
  return members;
}

function endOfString(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < bytes.length) {
    const byte = bytes[at] as number;
    if (byte === quote) return at;
    at += byte === backslash ? 2 : 1;
  }
  return at;
}

/** Keys of all objects in a tree whose depth is bounded; -1 at a forbidden one. */
function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) {
      const element: unknown = value[at];
      if (typeof element !== 'object') continue;
      const inner = countKeys(element);
      if (inner < 0) return -1;
      count += inner;
    }
    return count;
  }
  // A parsed object inherits nothing enumerable, so for-in sees exactly its own keys.
  for (const key in value) {
    if (isForbidden(key)) return -1;
    count++;
    const member = (value as Record<string, unknown>)[key];
    if (typeof member !== 'object') continue;
    const inner = countKeys(member);
    if (inner < 0) return -1;
    count += inner;
  }
  return count;
}

function isForbidden(key: string): boolean {
  return (key.length === 9 || key.length === 11) && (key === '__proto__' || key === 'prototype' || key === 'constructor');
}

/** Name of a key that is given twice in valid JSON text, to name the field in the refusal. Not on the hot path. */
function duplicateIn(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]]/gs;
  for (const { 0: part, index } of text.matchAll(token)) {
    if (part === '{') open.push(new Set());
    else if (part === '[') open.push(null);
    else if (part === '}' || part === ']') open.pop();
    else if (/^\s*:/.test(text.slice(index + part.length, index + part.length + 64).replace(/^\s+/, ''))) {
      const key = JSON.parse(part) as string;
      const keys = open.at(-1);
      if (keys?.has(key) === true) return key.slice(0, 64).replace(/[^\x21-\x7e]/g, '?');
      keys?.add(key);
    }
  }
  return null;
}
