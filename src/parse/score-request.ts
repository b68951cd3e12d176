// The wire form of one attempt, and the only place that says which fields exist and how long they may be. The HTTP door, the
// import tool and the simulator all check with this schema; the reference page is made of it.
//
// An optional field may be null, which means the same as leaving it out. Limits are wide where a browser wrote the value:
// whoever attacks a login must not be able to make the question about it invalid by sending a strange header.
import type { Static, TSchema } from 'typebox';
import { credentialMethods } from '../domain/attempt.ts';
import { ipTextLengthMax } from './ip-address.ts';
import { compileSchema, type SchemaError, Type } from './wire-schema.ts';

interface Options {
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly pattern?: string;
}

type Optional<T> = ReturnType<typeof Type.Optional<ReturnType<typeof Type.Unsafe<T | null>>>>;

function optional<T>(type: string, options: object): Optional<T> {
  return Type.Optional(Type.Unsafe<T | null>({ type: [type, 'null'], ...options }));
}

const text = (maxLength: number, options: Options): Optional<string> => optional<string>('string', { maxLength, ...options });
const truth = (description: string): Optional<boolean> => optional<boolean>('boolean', { description });
const time = (description: string): Optional<string> =>
  optional<string>('string', { maxLength: 40, description: `${description} RFC 3339 with an offset.`, examples: ['2026-11-22T10:00:00Z'] });
const amount = (minimum: number, maximum: number, description: string): Optional<number> =>
  optional<number>('number', { minimum, maximum, description });
const choice = <T extends string>(values: readonly T[], description: string): Optional<T> =>
  optional<T>('string', { enum: [...values, null], description });
const group = <P extends Record<string, TSchema>>(
  description: string,
  properties: P,
): Optional<Static<ReturnType<typeof Type.Object<P>>>> => optional('object', { description, additionalProperties: false, properties });
const numbers = (description: string): Optional<number[]> =>
  optional<number[]>('array', { maxItems: 1024, items: { type: 'number' }, description });

/** What identifies somebody or something to the caller. */
const identifierLengthMax = 256;
/** Anything a browser wrote; longer values are read as if they had not been sent. */
const browserTextLengthMax = 1024;

const user = Type.Object(
  {
    id: Type.String({
      minLength: 1,
      maxLength: identifierLengthMax,
      description: 'Your stable identifier of the account, not the name that was typed. Stored only as a keyed hash.',
      examples: ['u-1'],
    }),
    created_at: time('When the account was created.'),
    mfa_enrolled: truth('Whether the account has a second factor that it could be asked for.'),
    roles: optional<string[]>('array', {
      maxItems: 32,
      items: { type: 'string', maxLength: 64 },
      description: 'Roles that your policy may name. They never change the score, only what follows from it.',
      examples: [['admin']],
    }),
    credential_changed_at: time('When the password or a factor was last changed.'),
  },
  { additionalProperties: false, description: 'Who is signing in.' },
);

const credential = group('How the person proved who they are.', {
  method: choice(credentialMethods, 'What was used to sign in.'),
  result: choice(['success', 'failure'], 'Whether the credential was right. `success` when not sent.'),
  breached: truth('Whether the password is known from a breach.'),
});

const device = group('What the browser or app says of itself. Send what you have; nothing here is trusted on its own.', {
  id: text(browserTextLengthMax, {
    description: 'Your first-party device identifier, for instance from a long-lived cookie. At most 256 characters.',
  }),
  user_agent: text(8192, {
    description: 'The `User-Agent` header. Read up to 512 characters.',
    examples: ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'],
  }),
  accept_language: text(4096, { description: 'The `Accept-Language` header.', examples: ['de-DE,de;q=0.9,en;q=0.8'] }),
  client_hints: optional<Record<string, unknown>>('object', {
    maxProperties: 24,
    description:
      'User-agent client hints: `brands` (the list of `navigator.userAgentData` or the text of the `Sec-CH-UA` header), `mobile` (true, false, or the header `?1`) and `platform`. Others are ignored.',
    examples: [{ brands: '"Chromium";v="140", "Google Chrome";v="140"', mobile: '?0', platform: '"Windows"' }],
  }),
  timezone: text(browserTextLengthMax, {
    description: 'IANA name, from `Intl.DateTimeFormat().resolvedOptions().timeZone`.',
    examples: ['Europe/Berlin'],
  }),
  screen: text(browserTextLengthMax, { description: 'Width x height, and colour depth if known.', examples: ['1920x1080x24'] }),
  platform: text(browserTextLengthMax, { description: '`navigator.platform`.', examples: ['Win32'] }),
  fingerprint: text(browserTextLengthMax, { description: 'Hash from a fingerprinting library, if you use one. At most 256 characters.' }),
  webdriver: truth('`navigator.webdriver`.'),
});

const session = group('The session that this attempt continues, if any.', {
  id: text(identifierLengthMax, { description: 'Your identifier of the session. Stored only as a keyed hash.' }),
  started_at: time('When the session began.'),
});

const behavior = group('How the form was filled in. Times only, never keys.', {
  typing: group('Rhythm of typing the user name or password: one number for each key, in order.', {
    dwell_ms: numbers('How long each key was held down, in milliseconds.'),
    flight_ms: numbers('From letting go of one key to pressing the next, in milliseconds; negative when they overlap.'),
  }),
  pointer: group('Summary of pointer use on the form.', {
    moves: optional<number>('number', { description: 'Pointer movements seen.' }),
    touch: truth('Whether the pointer was a finger.'),
  }),
  pasted: truth('Whether the secret was pasted. Never counts as risk.'),
  autofilled: truth('Whether a password manager filled the form. Never counts as risk.'),
  assistive: truth('Whether assistive input was used. Never counts as risk.'),
  form_ms: optional<number>('number', { description: 'Milliseconds from showing the form to sending it.' }),
});

export const scoreRequestSchema = Type.Object(
  {
    attempt_id: text(128, {
      minLength: 1,
      pattern: '^[!-~]+$',
      description:
        'Makes the call safe to repeat: the same attempt_id with the same body gives the same assessment. Made up when not sent.',
      examples: ['login-7f3a'],
    }),
    occurred_at: time(
      'When the attempt happened; now, when not sent. Within five minutes of now, unless the key has the scope `backfill`.',
    ),
    user,
    ip: Type.String({
      minLength: 2,
      maxLength: ipTextLengthMax,
      description: 'The address of the person signing in, IPv4 or IPv6, not that of your proxy.',
      examples: ['203.0.113.7'],
    }),
    credential,
    device,
    session,
    behavior,
    network: group('What your edge saw of the connection.', {
      rtt_ms: amount(0, 600_000, 'Round-trip time of the connection in milliseconds.'),
      ja4: text(128, { description: 'JA4 fingerprint of the TLS handshake.' }),
    }),
    client: group('The application that is being signed in to.', {
      id: text(identifierLengthMax, { description: 'Its identifier.', examples: ['web'] }),
      sensitivity: choice(['low', 'normal', 'high'], 'How much a takeover would cost there. `normal` when not sent.'),
    }),
    deadline_ms: optional<number>('integer', {
      minimum: 1,
      maximum: 60_000,
      description: 'Milliseconds you can wait. The smaller of this and our own limit counts.',
      examples: [50],
    }),
  },
  {
    additionalProperties: false,
    description:
      'One login attempt. Only `user.id` and `ip` are required; what you do not know, leave out: absence is never evidence of risk.',
  },
);

export type ScoreRequest = Static<typeof scoreRequestSchema>;

const validator = compileSchema(scoreRequestSchema);

export interface SchemaFault {
  /** Dotted path of the field, for instance "user.id" or "behavior.typing.dwell_ms.3"; empty for the body as a whole. */
  readonly field: string;
  readonly message: string;
}

/** True when the value has the wire form. About two microseconds. */
export function isScoreRequest(value: unknown): value is ScoreRequest {
  return validator.check(value);
}

/** The first reason why a value has not the wire form. Call it only when `isScoreRequest` said so: it is slow. */
export function scoreRequestFault(value: unknown): SchemaFault {
  return firstFault(validator.errors(value));
}

/** Turns the validator's errors into one field and one sentence. Field names of the sender are cut and made printable. */
export function firstFault(errors: readonly SchemaError[]): SchemaFault {
  const error = errors.find((each) => each.keyword !== 'additionalProperties') ?? errors[0];
  if (error === undefined) return { field: '', message: 'is not valid' };
  const field = fieldOf(error.instancePath);
  const params = error.params as { requiredProperties?: readonly string[] };
  if (error.keyword === 'required') {
    return { field: [field, params.requiredProperties?.[0] ?? ''].filter((part) => part !== '').join('.'), message: 'is required' };
  }
  if (error.keyword === 'boolean') return { field, message: 'is not a field of this request' };
  return { field, message: error.message };
}

function fieldOf(pointer: string): string {
  return pointer
    .slice(1, 200)
    .replaceAll('/', '.')
    .replace(/[^\x21-\x7e]/g, '?');
}
