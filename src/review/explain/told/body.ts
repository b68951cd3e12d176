// The body of a stored explanation: its one shape, how the template fills it, and a strict reader of it, because what is stored may be of
// another version or damaged. Everything in it is plain text that may be shown as it is; nothing in it is markup.
import type { StoredAssessment } from '../../../domain/assessment.ts';
import { type Direction, type Finding, type Strength, strengths, type Unknown } from '../../../domain/explanation/finding.ts';
import { explainByTemplate } from '../../../domain/explanation/template.ts';
import type { Wording } from '../../../domain/explanation/wording.ts';
import type { JsonValue } from '../../../domain/json.ts';
import { shortHash } from '../short-hash.ts';

/** Raised with every change that an older reader would not understand. */
const format = 1;

/** "partly": a model told some of it, the template the rest. */
export const bodyOrigins = ['template', 'partly', 'model'] as const;
export type BodyOrigin = (typeof bodyOrigins)[number];

/**
 * Why a model told none of it, or not all:
 *
 * no_plan           no model is configured for the tier, or none for the language
 * nothing_to_tell   no reason of this version is there to be told
 * sampled_out       of the tier only one case in so many is told by a model
 * budget            the tier's or the overall budget of the hour was spent, or kept for more urgent cases
 * deadline          it could not have been told in time
 * failed            no model gave a usable answer
 * attempts          the attempts before this one did not come to an end
 * too_few           what a model said held up in too few findings, or not on all that matters
 */
export const templateCauses = ['no_plan', 'nothing_to_tell', 'sampled_out', 'budget', 'deadline', 'failed', 'attempts', 'too_few'] as const;
export type TemplateCause = (typeof templateCauses)[number];

export interface ToldFinding extends Finding {
  /** By this feedback and the stream name it: the same evidence is the same finding. */
  readonly id: string;
  readonly origin: 'template' | 'model';
  /** The operator's name for the model; null for the template's. */
  readonly model: string | null;
  /** As the model wrote it, with handles in place of names; null for the template's. */
  readonly written: string | null;
}

export interface Tokens {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
}
export const noTokens: Tokens = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 };

export function addTokens(a: Tokens, b: Tokens): Tokens {
  return {
    input: a.input + b.input,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    output: a.output + b.output,
  };
}

export interface Provenance {
  /** The operator's names of the models whose words are in it, in the order in which they told. */
  readonly models: readonly string[];
  /** Empty where no job was made for a model. */
  readonly promptVersion: string;
  /** Of all calls for this case, also those that failed; of a call for several cases its share. */
  readonly tokens: Tokens;
  /** In the operator's currency; null where no model that was asked has a price. */
  readonly money: number | null;
  readonly calls: number;
  /** Of these calls, those that a provider did not count to the end: their share of tokens and money is told by the length of the texts. */
  readonly callsEstimated: number;
  /** Attempts of the job, the last included. */
  readonly attempts: number;
  /** Findings that were not shown, by the rule that dropped them, and elements without a shape as "malformed". */
  readonly dropped: Readonly<Record<string, number>>;
  /** Digest of the facts that were told; equal ones read the same. Empty where no model was asked. */
  readonly signature: string;
  /** Told from a kept answer, or together with an equal case, without a call of its own. */
  readonly shared: boolean;
  /** Null when a model told all that matters. */
  readonly cause: TemplateCause | null;
}

/** Where nobody worked on the case, and why. */
export function untouched(cause: TemplateCause): Provenance {
  return {
    models: [],
    promptVersion: '',
    tokens: noTokens,
    money: null,
    calls: 0,
    callsEstimated: 0,
    attempts: 0,
    dropped: {},
    signature: '',
    shared: false,
    cause,
  };
}

export interface ExplanationBody {
  readonly language: string;
  readonly headline: string;
  /** What raises the risk, strongest first. */
  readonly findings: readonly ToldFinding[];
  /** What lowers it, strongest first. */
  readonly reassuring: readonly ToldFinding[];
  readonly unknown: readonly Unknown[];
  /** Ids of domain/explanation/next-checks.ts, most useful first. */
  readonly nextChecks: readonly string[];
  readonly origin: BodyOrigin;
  /** Null for the template's words before anybody worked on the case. */
  readonly provenance: Provenance | null;
}

/** What the template needs to know of a login. */
export type Explainable = Pick<StoredAssessment, 'assessment' | 'context'>;

/** The explanation that a case has from its first moment. */
export function templateBody(record: Explainable, words: Wording): ExplanationBody {
  const { language, headline, findings, reassuring, unknown, nextChecks } = explainByTemplate(record, words);
  const told = (finding: Finding): ToldFinding => ({ ...finding, id: findingId(finding), origin: 'template', model: null, written: null });
  return {
    language,
    headline,
    findings: findings.map(told),
    reassuring: reassuring.map(told),
    unknown,
    nextChecks,
    origin: 'template',
    provenance: null,
  };
}

/** The same whoever tells it and however often: a name made of what it cites, or of its reasons where they have no evidence. */
export function findingId({ codes, evidenceIds }: Pick<Finding, 'codes' | 'evidenceIds'>): string {
  return shortHash([...(evidenceIds.length > 0 ? evidenceIds : codes)].sort().join(' '));
}

export function writeBody(body: ExplanationBody): string {
  return JSON.stringify({ format, ...body });
}

/** Null for what this version did not write. */
export function readBody(text: string): ExplanationBody | null {
  try {
    const value: unknown = JSON.parse(text);
    return bodyOf(value as JsonValue);
  } catch {
    return null;
  }
}

/** A finding as the log tells it; null for what this version did not write. */
export function readToldFinding(value: JsonValue): ToldFinding | null {
  try {
    return findingOf(value);
  } catch {
    return null;
  }
}

type Fields = Readonly<Partial<Record<string, JsonValue>>>;

function bodyOf(value: JsonValue): ExplanationBody {
  const body = fieldsOf(value);
  if (body['format'] !== format) return refuse();
  return {
    language: textOf(body['language']),
    headline: textOf(body['headline']),
    findings: listOf(body['findings'], findingOf),
    reassuring: listOf(body['reassuring'], findingOf),
    unknown: listOf(body['unknown'], (one) => {
      const { signals, sentence } = fieldsOf(one);
      return { signals: listOf(signals, textOf), sentence: textOf(sentence) };
    }),
    nextChecks: listOf(body['nextChecks'], textOf),
    origin: oneOf(bodyOrigins, body['origin']),
    provenance: body['provenance'] === null ? null : provenanceOf(body['provenance']),
  };
}

function findingOf(value: JsonValue | undefined): ToldFinding {
  const finding = fieldsOf(value);
  return {
    id: textOf(finding['id']),
    code: textOf(finding['code']),
    codes: listOf(finding['codes'], textOf),
    evidenceIds: listOf(finding['evidenceIds'], textOf),
    direction: oneOf<Direction>(['raises', 'lowers'], finding['direction']),
    strength: oneOf<Strength>(strengths, finding['strength']),
    sentence: textOf(finding['sentence']),
    origin: oneOf(['template', 'model'] as const, finding['origin']),
    model: finding['model'] === null ? null : textOf(finding['model']),
    written: finding['written'] === null ? null : textOf(finding['written']),
  };
}

function provenanceOf(value: JsonValue | undefined): Provenance {
  const fields = fieldsOf(value);
  const { money, cause } = fields;
  const dropped = Object.entries(fieldsOf(fields['dropped'])).map(([rule, count]) => [rule, numberOf(count)] as const);
  return {
    models: listOf(fields['models'], textOf),
    promptVersion: textOf(fields['promptVersion']),
    tokens: tokensOf(fields['tokens']),
    money: money === null ? null : numberOf(money),
    calls: numberOf(fields['calls']),
    // Earlier versions did not say.
    callsEstimated: numberOf(fields['callsEstimated'] ?? 0),
    attempts: numberOf(fields['attempts']),
    dropped: Object.fromEntries(dropped),
    signature: textOf(fields['signature']),
    shared: fields['shared'] === true || (fields['shared'] === false ? false : refuse()),
    cause: cause === null ? null : oneOf(templateCauses, cause),
  };
}

export function tokensOf(value: JsonValue | undefined): Tokens {
  const { input, cacheRead, cacheWrite, output } = fieldsOf(value);
  return { input: numberOf(input), cacheRead: numberOf(cacheRead), cacheWrite: numberOf(cacheWrite), output: numberOf(output) };
}

export function fieldsOf(value: JsonValue | undefined): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : refuse();
}

function listOf<T>(value: JsonValue | undefined, read: (item: JsonValue) => T): readonly T[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]).map(read) : refuse();
}

export function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : refuse();
}

export function numberOf(value: JsonValue | undefined): number {
  return typeof value === 'number' && value >= 0 ? value : refuse();
}

function oneOf<const T extends string>(allowed: readonly T[], value: JsonValue | undefined): T {
  return allowed.find((one) => one === value) ?? refuse();
}

function refuse(): never {
  throw new TypeError('not as it was written');
}
