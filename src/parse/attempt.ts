// From the wire form of an attempt to the canonical one. The schema has said that types and lengths are right; here is what a
// schema cannot say.
//
// What the caller writes (address, times, the account's id) is read strictly, because an error there is a mistake in the
// caller's program and silence would hide it. What a browser writes is read leniently, because an error there would let
// whoever signs in decide whether the question can be asked.
import type { Attempt, BehaviorClaim, TypingSample } from '../domain/attempt.ts';
import { parseDevice, parseIdentifier } from './device-claim.ts';
import { parseIpAddress } from './ip-address.ts';
import { parseTime } from './rfc3339.ts';
import type { ScoreRequest } from './score-request.ts';

/** Live attempts may be this far from our clock: clocks that are synchronised at all agree within seconds. */
export const liveWindowMs = 5 * 60_000;
/** Keys of one rhythm that are looked at. */
const typingKeysMax = 256;
const dwellMsMax = 60_000;
const flightMsMin = -10_000;
const flightMsMax = 600_000;
const formMsMax = 86_400_000;

export interface ParseContext {
  readonly tenant: string;
  /** Wall time, epoch milliseconds. */
  readonly nowMs: number;
  /** Used when the caller sent none. */
  readonly attemptId: string;
  /** History may be loaded: any past time is taken. Otherwise only times within `liveWindowMs` of now. */
  readonly anyPast?: boolean;
}

/** What can be wrong with a request that has the right shape. Codes are those of the problem list of the HTTP door. */
export interface AttemptFault {
  readonly ok: false;
  readonly field: string;
  readonly message: string;
  readonly code: 'invalid_field' | 'time_out_of_range';
}

export type ParsedAttempt = { readonly ok: true; readonly attempt: Attempt } | AttemptFault;

/** Takes a body that `isScoreRequest` accepted. Never throws. */
export function parseAttempt(body: ScoreRequest, context: ParseContext): ParsedAttempt {
  const ip = parseIpAddress(body.ip);
  if (ip === null) return fault('ip', 'must be one IPv4 or IPv6 address, without leading zeros, prefix length or zone');
  const identityFault = faultOfIdentifiers(body);
  if (identityFault !== null) return identityFault;

  const occurredAtMs = timeOr(body.occurred_at, context.nowMs);
  const createdAtMs = timeOr(body.user.created_at, null);
  const changedAtMs = timeOr(body.user.credential_changed_at, null);
  const startedAtMs = timeOr(body.session?.started_at, null);
  if (Number.isNaN(occurredAtMs)) return fault('occurred_at', notTime);
  if (Number.isNaN(createdAtMs)) return fault('user.created_at', notTime);
  if (Number.isNaN(changedAtMs)) return fault('user.credential_changed_at', notTime);
  if (Number.isNaN(startedAtMs)) return fault('session.started_at', notTime);
  const timeFault = faultOfTime(occurredAtMs, context);
  if (timeFault !== null) return timeFault;

  const { user, credential, session, client } = body;
  const sessionId = session?.id;
  return {
    ok: true,
    attempt: {
      tenant: context.tenant,
      attemptId: body.attempt_id ?? context.attemptId,
      occurredAtMs,
      user: {
        id: user.id,
        createdAtMs,
        mfaEnrolled: user.mfa_enrolled ?? null,
        roles: user.roles ?? noRoles,
        credentialChangedAtMs: changedAtMs,
      },
      ip,
      credential: { method: credential?.method ?? null, result: credential?.result ?? 'success', breached: credential?.breached ?? null },
      device: parseDevice(body.device),
      session: sessionId === undefined || sessionId === null ? null : { id: sessionId, startedAtMs },
      behavior: parseBehavior(body.behavior),
      network: { rttMs: body.network?.rtt_ms ?? null, ja4: parseIdentifier(body.network?.ja4) },
      client: { id: client?.id ?? null, sensitivity: client?.sensitivity ?? 'normal' },
    },
  };
}

const noRoles: readonly string[] = [];
const notTime = 'must be an RFC 3339 time with an offset, such as 2026-11-22T10:00:00Z';
const notIdentifier = 'must be text without control characters or broken surrogate pairs';

/** NaN when the text is not a time. */
function timeOr<T>(text: string | null | undefined, otherwise: T): number | T {
  return text === undefined || text === null ? otherwise : (parseTime(text) ?? Number.NaN);
}

function faultOfTime(occurredAtMs: number, context: ParseContext): AttemptFault | null {
  const { nowMs, anyPast = false } = context;
  if (occurredAtMs > nowMs + liveWindowMs) return fault('occurred_at', 'must not be in the future', 'time_out_of_range');
  if (anyPast) return occurredAtMs < 0 ? fault('occurred_at', 'must not be before 1970', 'time_out_of_range') : null;
  if (occurredAtMs >= nowMs - liveWindowMs) return null;
  return fault('occurred_at', 'must be within five minutes of now; older attempts need a key with the scope backfill', 'time_out_of_range');
}

/** Two different ids must stay different once they are bytes, and no id may break a line somewhere. */
function faultOfIdentifiers(body: ScoreRequest): AttemptFault | null {
  if (!isIdentifier(body.user.id)) return fault('user.id', notIdentifier);
  const session = body.session?.id;
  if (session !== undefined && session !== null && !isIdentifier(session)) return fault('session.id', notIdentifier);
  const client = body.client?.id;
  if (client !== undefined && client !== null && !isIdentifier(client)) return fault('client.id', notIdentifier);
  return null;
}

export function isIdentifier(value: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what this refuses.
  return !/[\x00-\x1f\x7f]/.test(value) && value.isWellFormed() && value !== '';
}

function fault(field: string, message: string, code: AttemptFault['code'] = 'invalid_field'): AttemptFault {
  return { ok: false, field, message, code };
}

function parseBehavior(behavior: ScoreRequest['behavior']): BehaviorClaim | null {
  if (behavior === undefined || behavior === null) return null;
  const pointer = behavior.pointer;
  const moves = pointer?.moves ?? null;
  const formMs = behavior.form_ms ?? null;
  return {
    typing: parseTyping(behavior.typing),
    pointer:
      pointer === undefined || pointer === null
        ? null
        : { moves: moves !== null && moves >= 0 ? moves : null, touch: pointer.touch ?? null },
    pasted: behavior.pasted ?? null,
    autofilled: behavior.autofilled ?? null,
    assistive: behavior.assistive ?? null,
    formMs: formMs !== null && formMs >= 0 && formMs <= formMsMax ? formMs : null,
  };
}

/** Null without a single held key, and null as a whole when one number is impossible: a rhythm with a hole is another rhythm. */
function parseTyping(typing: NonNullable<ScoreRequest['behavior']>['typing']): TypingSample | null {
  if (typing === undefined || typing === null) return null;
  const dwellMs = (typing.dwell_ms ?? []).slice(0, typingKeysMax);
  const flightMs = (typing.flight_ms ?? []).slice(0, typingKeysMax);
  if (dwellMs.length === 0) return null;
  for (const dwell of dwellMs) if (!(dwell >= 0 && dwell <= dwellMsMax)) return null;
  for (const flight of flightMs) if (!(flight >= flightMsMin && flight <= flightMsMax)) return null;
  return { dwellMs, flightMs };
}
