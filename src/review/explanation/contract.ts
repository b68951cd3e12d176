// What a model may answer: findings that cite evidence, one sentence each, and next checks from the fixed list. Direction and strength are
// not asked for, because code knows them; a model that says them anyway is held to it.
//
// The shape is checked here, on every element, whatever a provider promises of its structured output; what a sentence says is the
// validator's business.
import type { JsonValue } from '../../domain/json.ts';
import { type Direction, type Strength, strengths } from '../../domain/explanation/finding.ts';
import { type NextCheckId, nextCheckIds } from '../../domain/explanation/next-checks.ts';
import type { PromptCase } from './prompt.ts';
import { type JsonFault, parseStrictJson } from './strict-json.ts';

export interface ProposedFinding {
  readonly kind: 'finding';
  /** "case_1"; whether there is such a case is for the validator. */
  readonly caseId: string;
  readonly evidence: readonly string[];
  readonly sentence: string;
  /** Null unless the model said it. */
  readonly direction: Direction | null;
  readonly strength: Strength | null;
}

export interface ProposedCheck {
  readonly kind: 'check';
  readonly caseId: string;
  readonly check: NextCheckId;
}

/** Why an element of the answer was not even looked at. */
export type Malformed = JsonFault | 'too_long' | 'shape';
export interface MalformedElement {
  readonly kind: 'malformed';
  readonly why: Malformed;
}

export type Proposed = ProposedFinding | ProposedCheck | MalformedElement;

/** A sentence has at most 240 characters; every one of them may be escaped as \uXXXX, and a dozen ids take the rest. */
export const elementLengthMax = 4_096;
export const evidencePerFindingMax = 12;
export const findingsPerCaseMax = 12;
export const checksPerCaseMax = 3;
const idLengthMax = 80;
/** Longer ones are malformed; those between the validator's limit and this are dropped by its rule, which says more. */
const sentenceLengthMax = 600;

/**
 * The JSON schema of an answer. With cases, it names every case and evidence id, which a server that decodes by grammar then enforces;
 * without, it is the same for all calls of a release, which a provider that compiles schemas keeps.
 */
export function answerSchema(cases: readonly PromptCase[] | null): JsonValue {
  const caseIds = cases === null ? {} : { enum: cases.map((one) => one.id) };
  const evidenceIds = cases === null ? {} : { enum: [...new Set(cases.flatMap((one) => citable(one)))] };
  const finding = {
    case: { type: 'string', ...caseIds },
    evidence: { type: 'array', items: { type: 'string', ...evidenceIds } },
    sentence: { type: 'string' },
  };
  const check = { case: { type: 'string', ...caseIds }, check: { type: 'string', enum: [...nextCheckIds] } };
  return closed({ findings: { type: 'array', items: closed(finding) }, next_checks: { type: 'array', items: closed(check) } });
}

function closed(properties: Readonly<Record<string, JsonValue>>): JsonValue {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

function citable(one: PromptCase): string[] {
  return one.story.reasons.flatMap((reason) => reason.items.map((item) => item.id));
}

/** One element of `findings`, as text. */
export function readFinding(text: string): ProposedFinding | MalformedElement {
  const parsed = parseStrictJson(text);
  if (!parsed.ok) return { kind: 'malformed', why: parsed.fault };
  const element = fieldsOf(parsed.value, ['case', 'evidence', 'sentence'], ['direction', 'strength']);
  if (element === null) return misshapen;
  const { case: caseId, evidence, sentence, direction, strength } = element;
  if (!isId(caseId) || !isText(sentence, sentenceLengthMax) || !isIdList(evidence)) return misshapen;
  if (!isOneOf(direction, directions) || !isOneOf(strength, strengths)) return misshapen;
  return { kind: 'finding', caseId, evidence, sentence, direction: direction ?? null, strength: strength ?? null };
}

/** One element of `next_checks`, as text. */
export function readCheck(text: string): ProposedCheck | MalformedElement {
  const parsed = parseStrictJson(text);
  if (!parsed.ok) return { kind: 'malformed', why: parsed.fault };
  const element = fieldsOf(parsed.value, ['case', 'check'], []);
  if (element === null || !isId(element['case']) || element['check'] === undefined || !isOneOf(element['check'], nextCheckIds))
    return misshapen;
  return { kind: 'check', caseId: element['case'], check: element['check'] };
}

const directions = ['raises', 'lowers'] as const;
const misshapen: MalformedElement = { kind: 'malformed', why: 'shape' };

type Fields = Readonly<Partial<Record<string, JsonValue>>>;

/** Null unless it is an object with all the required fields and nothing that is neither required nor optional. */
function fieldsOf(value: JsonValue, required: readonly string[], optional: readonly string[]): Fields | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const names = Object.keys(value);
  const known = names.every((name) => required.includes(name) || optional.includes(name));
  return known && required.every((name) => names.includes(name)) ? (value as Fields) : null;
}

function isText(value: JsonValue | undefined, lengthMax: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= lengthMax;
}

function isId(value: JsonValue | undefined): value is string {
  return isText(value, idLengthMax);
}

function isIdList(value: JsonValue | undefined): value is readonly string[] {
  return Array.isArray(value) && value.length <= evidencePerFindingMax && value.every(isId);
}

function isOneOf<const T extends string>(value: JsonValue | undefined, allowed: readonly T[]): value is T | undefined {
  return value === undefined || (allowed as readonly JsonValue[]).includes(value);
}
