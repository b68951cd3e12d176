// Reads the identity provider's JSON. It is the operator's own, and still taken at no word: what is not of its form is not there.
import { type AccountFacts, accountStatuses } from '../../ports/case/account-facts.ts';
import { parseTime } from '../../parse/rfc3339.ts';

const textLengthMax = 200;
const rolesMax = 50;

/** Null for what is no JSON object. Unknown members are passed over. */
export function readAccountFacts(text: string): AccountFacts | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const member = (name: string): unknown => (Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined);
  const status = member('status');
  const enrolled = member('mfa_enrolled');
  const roles = member('roles');
  return {
    status: accountStatuses.find((known) => known === status) ?? null,
    displayName: textOf(member('display_name')),
    department: textOf(member('department')),
    createdAtMs: timeOf(member('created_at')),
    credentialChangedAtMs: timeOf(member('credential_changed_at')),
    mfaEnrolled: typeof enrolled === 'boolean' ? enrolled : null,
    roles: Array.isArray(roles) ? roles.slice(0, rolesMax).flatMap((role) => textOf(role) ?? []) : [],
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value.slice(0, textLengthMax) : null;
}

function timeOf(value: unknown): number | null {
  return typeof value === 'string' ? parseTime(value) : null;
}
