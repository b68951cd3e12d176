// The wire forms other than the attempt: what may be reported, and what is answered. Responses are described for the reader
// of the reference page; what leaves the service is written field by field elsewhere.
import type { Static, TSchema } from 'typebox';
import { absenceCauses } from '../domain/absence.ts';
import { labels, levels, outcomes, verdicts } from '../domain/assessment.ts';
import { Type } from '../parse/wire-schema.ts';
import { problemCodes } from './problem.ts';

export const oneOf = <T extends string>(values: readonly T[], description: string): ReturnType<typeof Type.Unsafe<T>> =>
  Type.Unsafe<T>({ type: 'string', enum: [...values], description });
export const nullable = <T>(schema: object): ReturnType<typeof Type.Unsafe<T | null>> => Type.Unsafe<T | null>(schema);
export const open = (description: string, properties: Record<string, TSchema>): TSchema => Type.Object(properties, { description });

const assessmentId = Type.String({
  minLength: 1,
  maxLength: 64,
  description: 'From the answer to the attempt.',
  examples: ['0193a1b2c3d4e5f6a7b8c9'],
});
const userId = Type.String({ minLength: 1, maxLength: 256, description: 'As sent with the attempts.', examples: ['u-1'] });

export const outcomeRequestSchema = Type.Object(
  {
    assessment_id: Type.Optional(
      nullable<string>({ type: ['string', 'null'], minLength: 1, maxLength: 64, description: 'Which attempt. Either this or `user.id`.' }),
    ),
    user: Type.Optional(
      nullable<{ id: string }>({
        type: ['object', 'null'],
        required: ['id'],
        properties: { id: userId },
        additionalProperties: false,
        description: 'Whose attempt, when you did not keep the assessment_id: the newest one counts, if it is recent.',
      }),
    ),
    outcome: oneOf(outcomes, 'What happened next.'),
    occurred_at: Type.Optional(
      nullable<string>({
        type: ['string', 'null'],
        maxLength: 40,
        description: 'When, RFC 3339; now, when not sent. At most a day ago, unless the key has the scope `backfill`.',
      }),
    ),
  },
  { additionalProperties: false, description: 'What happened after an attempt. Sending it again changes nothing.' },
);
export type OutcomeRequest = Static<typeof outcomeRequestSchema>;

export const labelRequestSchema = Type.Object(
  {
    assessment_id: assessmentId,
    label: oneOf(labels, 'What the attempt truly was.'),
    by: Type.Optional(
      nullable<string>({ type: ['string', 'null'], maxLength: 128, description: 'Who says so, for instance `analyst` or `user`.' }),
    ),
  },
  { additionalProperties: false, description: 'What an attempt truly was. Overrules its outcome; the newest label counts.' },
);
export type LabelRequest = Static<typeof labelRequestSchema>;

export const assessmentParamsSchema = Type.Object({ id: assessmentId });
export const userParamsSchema = Type.Object({ id: userId });

const milliseconds = (description: string): TSchema => Type.Number({ description: `Milliseconds. ${description}` });
export const textOrNull = (description: string): TSchema => nullable<string>({ type: ['string', 'null'], description });

const assessmentFields: Record<string, TSchema> = {
  assessment_id: Type.String({ description: 'Identifies this assessment in /v1/outcomes, /v1/labels and /v1/assessments.' }),
  attempt_id: Type.String({ description: 'As sent, or as made up by us.' }),
  verdict: oneOf(verdicts, 'What to do: let in, ask for more proof, or refuse.'),
  score: Type.Number({ minimum: 0, maximum: 1, description: 'Position among genuine logins: 0.993 is riskier than 99.3 % of them.' }),
  level: oneOf(levels, 'The score in words, by the thresholds of the policy.'),
  log_odds: Type.Number({ description: 'Output of the model. Equals base_log_odds + all contributions + other_contributions.' }),
  base_log_odds: Type.Number({ description: 'Log-odds of an attempt about which nothing speaks either way.' }),
  reasons: Type.Array(
    open('Why, strongest first.', {
      code: Type.String({ description: 'Stable code, for instance NEW_DEVICE.' }),
      contribution: Type.Number({ description: 'Log-odds. Above zero: raises the risk; below: lowers it.' }),
      evidence: nullable<object>({ type: 'object', additionalProperties: true, description: 'The observed facts behind the code.' }),
    }),
  ),
  other_contributions: Type.Number({ description: 'Sum of all contributions that are not named in `reasons`.' }),
  degraded: Type.Boolean({ description: 'Whether a piece was missing through our failure and replaced by a fallback.' }),
  missing: Type.Array(
    open('What could not be observed.', {
      signal: Type.String(),
      cause: oneOf(absenceCauses, '`late` and `unavailable` are our failure.'),
    }),
  ),
  decided_by: oneOf(['model', 'rules'], 'Whether the model or the fallback rules gave the score.'),
  policy_rule: textOrNull('Name of the policy rule or list that set the verdict; null when the thresholds did.'),
  versions: open('What decided.', { model: Type.String(), features: Type.String(), policy: Type.String() }),
  budget: open('Time that was allowed and used.', {
    limit_ms: milliseconds('Allowed.'),
    elapsed_ms: milliseconds('Used until the verdict.'),
    stages_ms: open('By stage.', { gather: milliseconds(''), derive: milliseconds(''), score: milliseconds(''), decide: milliseconds('') }),
  }),
  case_id: textOrNull('Case for an analyst, if one was opened.'),
};

export const assessmentSchema = open('The whole answer to one attempt.', assessmentFields);

export const storedAssessmentSchema = open('An assessment as it was given, and what became of it.', {
  ...assessmentFields,
  occurred_at: Type.String({ description: 'When the attempt happened.' }),
  outcomes: Type.Array(oneOf(outcomes, '')),
  label: textOrNull('What it truly was, if somebody said so.'),
});

export const recordedSchema = open('What was recorded.', {
  assessment_id: textOrNull('The assessment it belongs to; null when it only counts for the user.'),
  recorded: Type.Boolean({ description: 'False when it had been recorded before.' }),
});

export const userSchema = nullable<object>({
  type: 'object',
  additionalProperties: true,
  description: 'What is remembered of the account. Addresses and devices are kept as keyed hashes, so they appear as counts.',
});
export const erasedSchema = open('What was forgotten.', {
  erased: Type.Boolean(),
  assessments: Type.Integer({ description: 'Assessments removed.' }),
  cases: Type.Integer({ description: 'Cases removed, with their explanations, feedback and jobs.' }),
});
export const readinessSchema = open('Whether full verdicts can be given.', {
  status: oneOf(['ready', 'not_ready'], ''),
  checks: Type.Array(
    open('One piece.', {
      name: Type.String(),
      ok: Type.Boolean(),
      required: Type.Boolean({ description: 'False: full verdicts are given without it, and it says nothing about `status`.' }),
      detail: Type.String(),
    }),
  ),
});

export const problemSchema = open('Why the request was refused (RFC 9457).', {
  type: Type.String({ description: 'urn:portcullis:problem: and the code.' }),
  title: Type.String(),
  status: Type.Integer(),
  code: oneOf(problemCodes, 'Stable code; the list is closed.'),
  detail: Type.String({ description: 'One sentence for a person.' }),
  field: Type.Optional(Type.String({ description: 'Dotted path of the field that is wrong.' })),
});
