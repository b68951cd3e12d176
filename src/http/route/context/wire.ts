// The wire forms of what operators tell about their applications.
import type { Static, TSchema } from 'typebox';
import { assetLengthMax, assetSensitivities } from '../../../domain/asset.ts';
import { Type } from '../../../parse/wire-schema.ts';
import { nullable, oneOf, open, textOrNull } from '../../wire.ts';

const clientId = Type.String({
  minLength: 1,
  maxLength: assetLengthMax.clientId,
  description: 'The application, as logins name it in `client.id`.',
  examples: ['web'],
});

type OptionalText = ReturnType<typeof Type.Optional<ReturnType<typeof nullable<string>>>>;
const optionalText = (maxLength: number, description: string, example: string): OptionalText =>
  Type.Optional(nullable<string>({ type: ['string', 'null'], maxLength, description, examples: [example] }));

const sensitivity = {
  enum: [...assetSensitivities, null],
  type: ['string', 'null'],
  description: 'How much a takeover would cost there, for analysts. Verdicts follow the policy’s `clients` and the login, not this.',
};

export const assetRequestSchema = Type.Object(
  {
    client_id: clientId,
    name: optionalText(assetLengthMax.name, 'What people call it.', 'Payroll'),
    owner: optionalText(assetLengthMax.owner, 'Whom to call about it.', 'hr-systems@example.com'),
    sensitivity: Type.Optional(nullable<(typeof assetSensitivities)[number]>(sensitivity)),
    environment: optionalText(assetLengthMax.environment, 'Where it runs.', 'production'),
    note: optionalText(assetLengthMax.note, 'For analysts; may have line breaks.', 'Holds bank details of all staff.'),
    changed_at: Type.Optional(
      nullable<string>({
        type: ['string', 'null'],
        maxLength: 40,
        description:
          'When this became true in your inventory, RFC 3339 with an offset; now, when not sent. The latest change stands, in whatever order they arrive.',
        examples: ['2026-11-22T10:00:00Z'],
      }),
    ),
  },
  {
    additionalProperties: false,
    description: 'All that is known of one application: what is left out is not known. Sending the same again changes nothing.',
  },
);
export type AssetRequest = Static<typeof assetRequestSchema>;

export const assetParamsSchema = Type.Object({ id: clientId });

export const assetKeptSchema = open('What became of it.', {
  client_id: Type.String(),
  result: oneOf(
    ['stored', 'already', 'outdated'],
    '`stored`: it stands now. `already`: it did before. `outdated`: a later change stands, and this one was passed over.',
  ),
  changed_at: Type.String({ format: 'date-time', description: 'Of the change that stands now.' }),
});

const assetFields: Record<string, TSchema> = {
  client_id: Type.String({ description: 'As logins name it in `client.id`.' }),
  name: textOrNull('What people call it.'),
  owner: textOrNull('Whom to call about it.'),
  sensitivity: nullable<string>(sensitivity),
  environment: textOrNull('Where it runs.'),
  note: textOrNull('For analysts. Show it as plain text.'),
  changed_at: Type.String({ format: 'date-time', description: 'When this became true in the inventory.' }),
  by: Type.String({ description: 'The key that told us.' }),
};
export const assetListSchema = open('A page of applications, by client id.', {
  assets: Type.Array(open('An application.', assetFields)),
  next_cursor: textOrNull('For the parameter `cursor`; null on the last page.'),
});
