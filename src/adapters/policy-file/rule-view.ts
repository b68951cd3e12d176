// What rule expressions see of an attempt: the declared variables, each always present and of one type, so that an expression
// that passed the type check at load has no missing value to stumble over. Unknown text is "", an unknown network is 0, and
// an unknown flag is false; `user.mfa_known` tells "not enrolled" from "not sent".
import type { RuleInput } from '../../domain/policy/document.ts';

/** Name, CEL type and meaning of every variable; the environment and docs/policy.md are made from this. */
export const variables = [
  ['score', 'double', 'Position among genuine logins, 0 to 1.'],
  ['level', 'string', '"low", "medium", "high" or "critical", by the document’s level bounds.'],
  ['reasons', 'list<string>', 'Codes of the reasons named in the answer, most important first.'],
  ['user', 'User', '`user.id`, `user.roles` (list), `user.mfa_enrolled` and `user.mfa_known` (false when the caller did not say).'],
  ['ip', 'string', 'Address in canonical text; `ip.inRange("198.51.100.0/24")` asks for a range.'],
  ['asn', 'int', 'Autonomous system number, 0 when unknown.'],
  ['asn_class', 'string', '"hosting", "isp", "mobile", "business", "education", "government" or "unknown".'],
  ['country', 'string', 'ISO 3166-1 code, "" when unknown.'],
  ['device', 'Device', '`device.id`, "" when not sent.'],
  ['method', 'string', 'Credential method, "" when not sent.'],
  ['result', 'string', '"success" or "failure" of the credential.'],
  ['breached', 'bool', 'The password is known to be breached; false when not sent.'],
  ['client', 'Client', '`client.id`, "" when not sent.'],
  ['sensitivity', 'string', '"low", "normal" or "high": the document’s for this client, else the caller’s.'],
  ['lists', 'list<string>', 'Kinds of lists the address is on: "tor", "vpn", "proxy", "relay", "hosting", "cdn", "blocklist".'],
  ['degraded', 'bool', 'Something that should have been known was late or missing.'],
  ['decided_by', 'string', '"model", or "rules" when the model could not answer.'],
  [
    'occurred_at',
    'google.protobuf.Timestamp',
    'Time of the attempt; `occurred_at.hourIn("Europe/Berlin")` is its hour there, `.weekdayIn(...)` its day (0 = Sunday).',
  ],
  ['hour', 'int', 'Hour of the attempt in UTC, 0 to 23.'],
] as const;

export class User {
  readonly id: string;
  readonly roles: readonly string[];
  readonly mfa_enrolled: boolean;
  readonly mfa_known: boolean;

  constructor(id: string, roles: readonly string[], enrolled: boolean | null) {
    this.id = id;
    this.roles = roles;
    this.mfa_enrolled = enrolled === true;
    this.mfa_known = enrolled !== null;
  }
}

export class Device {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}

export class Client {
  readonly id: string;

  constructor(id: string) {
    this.id = id;
  }
}

const hourMs = 3_600_000;

/** Getters, because a rule looks at two or three of these and the rest need not be made (whole numbers are bigint in CEL). */
export class RuleView {
  readonly #input: RuleInput;

  constructor(input: RuleInput) {
    this.#input = input;
  }

  get score(): number {
    return this.#input.score;
  }
  get level(): string {
    return this.#input.level;
  }
  get reasons(): readonly string[] {
    return this.#input.codes;
  }
  get user(): User {
    const { userId, roles, mfaEnrolled } = this.#input.context;
    return new User(userId, roles, mfaEnrolled);
  }
  get ip(): string {
    return this.#input.context.ip;
  }
  get asn(): bigint {
    return BigInt(this.#input.context.asn ?? 0);
  }
  get asn_class(): string {
    return this.#input.context.asnClass;
  }
  get country(): string {
    return this.#input.context.country ?? '';
  }
  get device(): Device {
    return new Device(this.#input.context.deviceId ?? '');
  }
  get method(): string {
    return this.#input.context.method ?? '';
  }
  get result(): string {
    return this.#input.context.result;
  }
  get breached(): boolean {
    return this.#input.context.breached === true;
  }
  get client(): Client {
    return new Client(this.#input.context.clientId ?? '');
  }
  get sensitivity(): string {
    return this.#input.sensitivity;
  }
  get lists(): readonly string[] {
    return this.#input.context.lists;
  }
  get degraded(): boolean {
    return this.#input.degraded;
  }
  get decided_by(): string {
    return this.#input.decidedBy;
  }
  get occurred_at(): Date {
    return new Date(this.#input.context.occurredAtMs);
  }
  get hour(): bigint {
    const hours = Math.floor(this.#input.context.occurredAtMs / hourMs);
    return BigInt(((hours % 24) + 24) % 24);
  }
}
