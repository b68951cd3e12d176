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
  const scan = new AnswerScan(Math.max(1, caseCount) * (findingsPerCaseMax + checksPerCaseMax));
  return {
    push: (piece) => scan.push(piece),
    get ended() {
      return scan.ended;
    },
    finish: () => scan.ended ?? (scan.isBefore() ? 'absent' : 'truncated'),
  };
}

class AnswerScan {
  ended: AnswerEnd | null = null;
  #state: State = 'before';
  #read = 0;
  #elements = 0;
  #key = '';
  #array: ArrayName | null = null;
  readonly #seen = new Set<string>();
  readonly #value = createValueScanner();
  readonly #elementsMax: number;
  #out: Proposed[] = [];

  constructor(elementsMax: number) {
    this.#elementsMax = elementsMax;
  }

  push(piece: string): readonly Proposed[] {
    this.#out = [];
    for (let i = 0; i < piece.length && this.ended === null; i++) {
      if (++this.#read > answerLengthMax) this.ended = 'too_long';
      else this.#take(piece[i] as string);
    }
    return this.#out;
  }

  isBefore(): boolean {
    return this.#state === 'before';
  }

  #malformed(why: Malformed): void {
    this.#out.push({ kind: 'malformed', why });
  }

  /** Prose may hold a brace, so until an array has begun, what looked like the answer is only text before it. */
  #broken(character: string): void {
    if (this.#seen.size > 0) this.ended = 'broken';
    else {
      this.#state = 'before';
      this.#before(character);
    }
  }

  #before(character: string): void {
    if (character !== '{') return;
    this.#state = 'key';
    this.#key = '';
  }

  #endOfKey(): void {
    const known = Object.hasOwn(readers, this.#key);
    if (!known) this.#malformed('shape');
    else if (this.#seen.has(this.#key)) this.#malformed('duplicate_key');
    this.#array = known && !this.#seen.has(this.#key) ? (this.#key as ArrayName) : null;
    this.#state = 'colon';
  }

  #startOfValue(character: string): void {
    if (this.#array !== null && character === '[') {
      this.#seen.add(this.#array);
      this.#state = 'element_or_end';
      return;
    }
    if (this.#array !== null) this.#malformed('shape');
    this.#state = 'in_value';
    this.#value.start(false);
    this.#scanValue(character);
  }

  #scanValue(character: string): void {
    const end = this.#value.take(character);
    if (end === 'open') return;
    this.#state = 'root_comma';
    if (end === 'before_this') this.#rootComma(character);
  }

  #startOfElement(character: string): void {
    if (++this.#elements > this.#elementsMax) {
      this.ended = 'too_long';
      return;
    }
    this.#state = 'element';
    this.#value.start(true);
    this.#scanElement(character);
  }

  #scanElement(character: string): void {
    const end = this.#value.take(character);
    if (end === 'open') return;
    this.#out.push(
      this.#value.fault === null ? readers[this.#array as ArrayName](this.#value.text()) : { kind: 'malformed', why: this.#value.fault },
    );
    this.#state = 'comma_or_end';
    if (end === 'before_this') this.#commaOrEnd(character);
  }

  #commaOrEnd(character: string): void {
    if (character === ']') this.#state = 'root_comma';
    else if (character === ',') this.#state = 'element_or_end';
    else if (!blank.test(character)) this.#broken(character);
  }

  #rootComma(character: string): void {
    if (character === '}') this.#closeRoot();
    else if (character === ',') this.#state = 'key';
    else if (!blank.test(character)) this.#broken(character);
  }

  /** An object without either list is something else that was said before the answer. */
  #closeRoot(): void {
    if (this.#seen.size > 0) this.ended = 'complete';
    else this.#state = 'before';
  }

  #inKey(character: string): void {
    if (character === '"') this.#endOfKey();
    else if (this.#key.length >= rootKeyLengthMax) this.#broken(character);
    else this.#key += character;
  }

  #take(character: string): void {
    switch (this.#state) {
      case 'before':
        return this.#before(character);
      case 'in_key':
        return this.#inKey(character);
      case 'in_value':
        return this.#scanValue(character);
      case 'element':
        return this.#scanElement(character);
      case 'comma_or_end':
        return this.#commaOrEnd(character);
      case 'root_comma':
        return this.#rootComma(character);
      default:
        if (!blank.test(character)) this.#takeFirst(this.#state, character);
    }
  }

  /** The first character that is no blank where something must begin. */
  #takeFirst(at: 'key' | 'colon' | 'value' | 'element_or_end', character: string): void {
    if (at === 'value') this.#startOfValue(character);
    else if (at === 'element_or_end') {
      if (character === ']') this.#state = 'root_comma';
      else this.#startOfElement(character);
    } else if (at === 'colon') {
      if (character === ':') this.#state = 'value';
      else this.#broken(character);
    } else if (character === '"') {
      this.#state = 'in_key';
      this.#key = '';
    } else if (character === '}') this.#closeRoot();
    else this.#broken(character);
  }
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
