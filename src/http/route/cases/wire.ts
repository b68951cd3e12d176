// The wire forms of cases, campaigns, explanations and feedback. Answers are described for the reader of the reference page; what leaves
// the service is written field by field in case-json.ts.
import type { TSchema } from 'typebox';
import { labels, levels, outcomes, verdicts } from '../../../domain/assessment.ts';
import { caseStates, commentLengthMax } from '../../../domain/case/case.ts';
import { explanationSources, opinions } from '../../../domain/case/explanation.ts';
import { linkKinds, relationKinds } from '../../../domain/case/link.ts';
import { tiers } from '../../../domain/case/tier.ts';
import { Type } from '../../../parse/wire-schema.ts';
import { actorNameLengthMax } from '../../request/checked.ts';
import { assessmentSchema, nullable, oneOf, open, textOrNull } from '../../wire.ts';
import { caseIdLengthMax } from './guard.ts';

const time = (description: string): TSchema => Type.String({ format: 'date-time', description });
const anything = (description: string): TSchema => nullable<object>({ type: ['object', 'null'], additionalProperties: true, description });
const openOrNull = (description: string, properties: Record<string, TSchema>): TSchema =>
  nullable<object>({ type: ['object', 'null'], properties, description });

export const caseParamsSchema = Type.Object({
  id: Type.String({ minLength: 1, maxLength: caseIdLengthMax, description: 'The `case_id` of an assessment, or the `id` of a list.' }),
});
export const campaignParamsSchema = Type.Object({
  id: Type.String({ minLength: 1, maxLength: caseIdLengthMax, description: 'The `campaign_id` of a case, or the `id` of a list.' }),
});

const by = Type.Optional(
  nullable<string>({
    type: ['string', 'null'],
    maxLength: actorNameLengthMax,
    description: 'The person behind the API key, for the audit, where it is recorded as `key/name`. It gives no rights.',
    examples: ['ada'],
  }),
);
const comment = Type.Optional(
  nullable<string>({
    type: ['string', 'null'],
    maxLength: commentLengthMax,
    description: 'For other analysts.',
    examples: ['Called the user.'],
  }),
);

export const resolveRequestSchema = Type.Object(
  {
    label: oneOf(
      labels,
      'What the login truly was. It teaches the account at once: `genuine` makes its place and device known, `takeover` unlearns them.',
    ),
    comment,
    by,
  },
  { additionalProperties: false, description: 'An analyst’s word on a case. Sending the same again changes nothing.' },
);

export const byRequestSchema = Type.Object({ by }, { additionalProperties: false, description: 'May be left out.' });

export const feedbackRequestSchema = Type.Object(
  {
    opinion: oneOf(opinions, 'Whether it helped, did not, or says something untrue.'),
    finding: Type.Optional(
      nullable<string>({
        type: ['string', 'null'],
        minLength: 1,
        maxLength: 128,
        description: 'The `id` of the finding that it is about; the explanation as a whole, when not sent.',
        examples: ['k3Jw0aXq'],
      }),
    ),
    version: Type.Optional(
      nullable<number>({
        type: ['integer', 'null'],
        minimum: 1,
        description: 'The version that was read; the standing one, when not sent.',
      }),
    ),
    comment,
    by,
  },
  { additionalProperties: false, description: 'The same person on the same finding of the same version replaces what they said before.' },
);

const loginFields = open('The login as it was sent. An attacker may have written any of it: show it as plain text.', {
  user_id: Type.String(),
  ip: Type.String(),
  user_agent: textOrNull(''),
  accept_language: textOrNull(''),
  device_id: textOrNull(''),
  client_id: textOrNull('The application that was signed in to.'),
  organisation: textOrNull('Who runs the network of the address.'),
  country: textOrNull('ISO 3166-1.'),
  region: textOrNull(''),
  city: textOrNull(''),
});

const caseFields: Record<string, TSchema> = {
  id: Type.String({ description: 'Identifies the case.' }),
  assessment_id: Type.String({ description: 'The assessment that it came of.' }),
  state: oneOf(caseStates, '`reopened` is open again after somebody had resolved it.'),
  tier: oneOf(tiers, 'How soon somebody should look at it.'),
  verdict: oneOf(verdicts, 'What the caller was told to do.'),
  level: oneOf(levels, 'How strange the login was.'),
  score: Type.Number({ minimum: 0, maximum: 1, description: 'Position among genuine logins.' }),
  codes: Type.Array(Type.String(), { description: 'Codes of the reasons, most important first.' }),
  occurred_at: time('When the login happened.'),
  opened_at: time('When it became a case.'),
  campaign_id: textOrNull('The campaign that it belongs to, if it shares enough with others.'),
  login: loginFields,
  resolution: openOrNull('Null while nobody has resolved it, and after a reopening.', {
    label: oneOf(labels, ''),
    comment: Type.String(),
    by: Type.String({ description: 'The key, or `key/name`.' }),
    at: time(''),
  }),
  reopening: openOrNull('The last one; null when there was none.', { by: Type.String(), at: time('') }),
};

export const caseSchema = open('One flagged login, as a list shows it.', caseFields);
const nextCursor = textOrNull('For the parameter `cursor`; null on the last page.');
export const caseListSchema = open('A page of cases.', { cases: Type.Array(caseSchema), next_cursor: nextCursor });

const explanationFields: Record<string, TSchema> = {
  version: Type.Integer({ description: '1, 2, 3 within a case.' }),
  source: oneOf(explanationSources, 'Who wrote it. Words of a model were checked against the evidence before they were stored.'),
  final: Type.Boolean({ description: 'Whether it will not be replaced.' }),
  at: time('When it was stored.'),
  body: anything(
    'Headline, findings with their evidence, what is reassuring, what is unknown, what to check next. Null where it cannot be read.',
  ),
};
export const explanationSchema = open('An explanation of the case.', explanationFields);

const campaignFields: Record<string, TSchema> = {
  id: Type.String({ description: 'Identifies the campaign; stays valid when it becomes part of a larger one.' }),
  first_at: time('Of its earliest login.'),
  last_at: time('Of its latest login.'),
  cases: Type.Integer({ description: 'Logins in it.' }),
  open_cases: Type.Integer({ description: 'Those that nobody has resolved.' }),
  accounts: Type.Integer({ description: 'Accounts that were tried.' }),
  tier: oneOf(tiers, 'The most urgent of its cases.'),
  shared_by: Type.Array(
    open('How many of its cases came in by what.', { kind: oneOf(linkKinds, 'What they share.'), cases: Type.Integer() }),
  ),
};
export const campaignSchema = open('Cases that share what strangers do not share by chance.', campaignFields);
export const campaignListSchema = open('A page of campaigns, newest first.', {
  campaigns: Type.Array(campaignSchema),
  next_cursor: nextCursor,
});

export const casePageSchema = open('Everything that is known of a case.', {
  ...caseFields,
  assessment: assessmentSchema,
  outcomes: nullable<object>({
    type: ['array', 'null'],
    items: oneOf(outcomes, ''),
    description: 'What happened after the login; null when the assessment is no longer kept.',
  }),
  label: textOrNull('What the assessment is labelled now, whoever said so.'),
  explanations: Type.Array(explanationSchema, { description: 'The one that stands is first, then the others, newest first.' }),
  related: Type.Array(
    open('A case that shares something with it.', { shared: oneOf(relationKinds, 'The most telling thing they share.'), case: caseSchema }),
  ),
  campaign: openOrNull('The campaign that it belongs to.', campaignFields),
  context: anything('What else helps to judge it, each part with its own time; a part that is missing says why.'),
});

export const caseChangeSchema = open('What became of it.', {
  changed: Type.Boolean({ description: 'False when it was so before.' }),
  profile: oneOf(
    ['taught', 'withdrawn', 'already', 'relabelled', 'forgotten', 'overtaken'],
    'What the account’s profile learnt: `taught` the label or had it `withdrawn`; it was so `already`; it was `relabelled` through /v1/labels since, and that stands; the assessment is `forgotten`; or somebody else changed the case meanwhile (`overtaken`).',
  ),
  case: caseSchema,
});

const feedbackFields: Record<string, TSchema> = {
  version: Type.Integer({ description: 'Of the explanation.' }),
  finding: textOrNull('Id of the finding; null: the explanation as a whole.'),
  opinion: oneOf(opinions, ''),
  comment: Type.String(),
  by: Type.String({ description: 'The key, or `key/name`.' }),
  at: time(''),
};
export const feedbackSchema = open('What somebody thinks of an explanation.', feedbackFields);
export const feedbackListSchema = open('All feedback on the case, in the order of arrival.', { feedback: Type.Array(feedbackSchema) });
