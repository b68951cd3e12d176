// Reads an answer while it streams in and gives each finding as soon as its last bracket has come. It trusts nothing: text around the
// object, code fences, HTML, a cut, endless spaces, bottomless nesting and elements of any size cost bounded memory and time linear in what
// is read, and what was whole before things went wrong stays.
import {
  checksPerCaseMax,
  elementLengthMax,
  findingsPerCaseMax,
  type Malformed,
  type MalformedElement,
  type Proposed,
  readCheck,
  readFinding,
} from './contract.ts';
import { jsonDepthMax } from './strict-json.ts';

/**
 * complete    the object was closed
 * truncated   it was not
 * absent      there was none
 * broken      no JSON from some point on
 * too_long    more text or more elements than an answer has
 */
export type AnswerEnd = 'complete' | 'truncated' | 'absent' | 'broken' | 'too_long';

export interface AnswerReader {
  /** What was completed by this piece, in order. Never throws. */
  push(piece: string): readonly Proposed[];
  /** Not null once nothing that follows can matter: the caller may hang up. */
  readonly ended: AnswerEnd | null;
  /** How it ended, when nothing more comes. */
  finish(): AnswerEnd;
}

/** About four times the longest sensible answer to eight cases, blanks and reasoning aloud included. */
export const answerLengthMax = 131_072;
const rootKeyLengthMax = 40;

const readers = { findings: readFinding, next_checks: readCheck } as const;
type ArrayName = keyof typeof readers;

type State = 'before' | 'key' | 'in_key' | 'colon' | 'value' | 'element_or_end' | 'element' | 'comma_or_end' | 'in_value' | 'root_comma';

const blank = /[ \t\r\n]/;

export function createAnswerReader(caseCount: number): AnswerReader {
  let state: State = 'before';
  let ended: AnswerEnd | null = null;
  let read = 0;
  let elements = 0;
  let key = '';
  let array: ArrayName | null = null;
  const seen = new Set<string>();
  const value = createValueScanner();
  const elementsMax = Math.max(1, caseCount) * (findingsPerCaseMax + checksPerCaseMax);
  let out: Proposed[] = [];

  function malformed(why: Malformed): void {
    out.push({ kind: 'malformed', why });
  }

  /** Prose may hold a brace, so until an array has begun, what looked like the answer is only text before it. */
  function broken(character: string): void {
    if (seen.size > 0) ended = 'broken';
    else {
      state = 'before';
      before(character);
    }
  }

  function before(character: string): void {
    if (character !== '{') return;
    state = 'key';
    key = '';
  }

  function endOfKey(): void {
    const known = Object.hasOwn(readers, key);
    if (!known) malformed('shape');
    else if (seen.has(key)) malformed('duplicate_key');
    array = known && !seen.has(key) ? (key as ArrayName) : null;
    state = 'colon';
  }

  function startOfValue(character: string): void {
    if (array !== null && character === '[') {
      seen.add(array);
      state = 'element_or_end';
      return;
    }
    if (array !== null) malformed('shape');
    state = 'in_value';
    value.start(false);
    scanValue(character);
  }

  function scanValue(character: string): void {
    const end = value.take(character);
    if (end === 'open') return;
    state = 'root_comma';
    if (end === 'before_this') rootComma(character);
  }

  function startOfElement(character: string): void {
    if (++elements > elementsMax) {
      ended = 'too_long';
      return;
    }
    state = 'element';
    value.start(true);
    scanElement(character);
  }

  function scanElement(character: string): void {
    const end = value.take(character);
    if (end === 'open') return;
    out.push(value.fault === null ? readers[array as ArrayName](value.text()) : { kind: 'malformed', why: value.fault });
    state = 'comma_or_end';
    if (end === 'before_this') commaOrEnd(character);
  }

  function commaOrEnd(character: string): void {
    if (character === ']') state = 'root_comma';
    else if (character === ',') state = 'element_or_end';
    else if (!blank.test(character)) broken(character);
  }

  function rootComma(character: string): void {
    if (character === '}') closeRoot();
    else if (character === ',') state = 'key';
    else if (!blank.test(character)) broken(character);
  }

  /** An object without either list is something else that was said before the answer. */
  function closeRoot(): void {
    if (seen.size > 0) ended = 'complete';
    else state = 'before';
  }

  function inKey(character: string): void {
    if (character === '"') endOfKey();
    else if (key.length >= rootKeyLengthMax) broken(character);
    else key += character;
  }

  function take(character: string): void {
    switch (state) {
      case 'before':
        return before(character);
      case 'in_key':
        return inKey(character);
      case 'in_value':
        return scanValue(character);
      case 'element':
        return scanElement(character);
      case 'comma_or_end':
        return commaOrEnd(character);
      case 'root_comma':
        return rootComma(character);
      default:
        if (!blank.test(character)) takeFirst(state, character);
    }
  }

  /** The first character that is no blank where something must begin. */
  function takeFirst(at: 'key' | 'colon' | 'value' | 'element_or_end', character: string): void {
    if (at === 'value') startOfValue(character);
    else if (at === 'element_or_end') {
      if (character === ']') state = 'root_comma';
      else startOfElement(character);
    } else if (at === 'colon') {
      if (character === ':') state = 'value';
      else broken(character);
    } else if (character === '"') {
      state = 'in_key';
      key = '';
    } else if (character === '}') closeRoot();
    else broken(character);
  }

  return {
    push(piece) {
      out = [];
      for (let i = 0; i < piece.length && ended === null; i++) {
        if (++read > answerLengthMax) ended = 'too_long';
        else take(piece[i] as string);
      }
      return out;
    },
    get ended() {
      return ended;
    },
    finish() {
      return ended ?? (state === 'before' ? 'absent' : 'truncated');
    },
  };
}

/** Whether a value goes on, ended with this character, or had ended before it (a number has no bracket of its own). */
type Scan = 'open' | 'with_this' | 'before_this';

interface ValueScanner {
  /** Unkept values are only skipped. */
  start(kept: boolean): void;
  take(character: string): Scan;
  readonly fault: MalformedElement['why'] | null;
  text(): string;
}

/** Finds where one JSON value ends, by brackets and quotes alone; whether it is one is found out by whoever parses it. */
function createValueScanner(): ValueScanner {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let kept = false;
  let begun = false;
  let text = '';
  let fault: MalformedElement['why'] | null = null;

  function keep(character: string): void {
    if (!kept || fault !== null) return;
    if (depth > jsonDepthMax) fault = 'too_deep';
    else if (text.length >= elementLengthMax) fault = 'too_long';
    else text += character;
  }

  function inText(character: string): Scan {
    if (escaped) escaped = false;
    else if (character === '\\') escaped = true;
    else if (character === '"') inString = false;
    keep(character);
    return depth === 0 && !inString ? 'with_this' : 'open';
  }

  return {
    start(keeping) {
      depth = 0;
      inString = false;
      escaped = false;
      kept = keeping;
      begun = false;
      text = '';
      fault = null;
    },
    take(character) {
      if (inString) return inText(character);
      if (depth === 0 && begun && /[,\]}\s]/.test(character)) return 'before_this';
      begun = true;
      if (character === '"') inString = true;
      else if (character === '{' || character === '[') depth++;
      else if (character === '}' || character === ']') depth--;
      keep(character);
      if (depth < 0) return 'with_this';
      return depth === 0 && (character === '}' || character === ']') ? 'with_this' : 'open';
    },
    get fault() {
      return fault;
    },
    text: () => text,
  };
}
