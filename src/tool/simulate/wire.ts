// The public wire form of a simulated attempt, and what the simulation knows of it that no caller would.
import type { Outcome } from '../../domain/assessment.ts';
import type { ScoreRequest } from '../../parse/score-request.ts';
import type { Device, WireDevice } from './people/device.ts';
import type { Site } from './world/network-world.ts';

export type WireAttempt = ScoreRequest;
type Part<K extends keyof ScoreRequest> = NonNullable<ScoreRequest[K]>;
export type WireBehavior = Part<'behavior'>;

export const attackerKinds = [
  'naive',
  'vpn',
  'targeted',
  'very_targeted',
  'adaptive',
  'hijack',
  'stuffing',
  'spray',
  'bot',
  'push_fatigue',
  'guessing',
] as const;
export type AttackerKind = (typeof attackerKinds)[number];
export type AttemptKind = 'genuine' | AttackerKind;

export interface SimulatedAttempt {
  readonly atMs: number;
  readonly wire: WireAttempt;
  readonly kind: AttemptKind;
  readonly campaign: string | null;
  /** What happened next; null when the caller never says (the attempt was cut short). */
  readonly outcome: Outcome | null;
  /** False for impostors who are only tried against the victim's state: they leave no trace, so that many can be tried. */
  readonly recorded: boolean;
  /** Whether the outcome teaches the profiles. A takeover that was noticed teaches nothing. */
  readonly learned: boolean;
  /** Where it came from, for attackers who copy habits. */
  readonly site: Site;
  /** The machine, where it is the account holder's own. */
  readonly device: Device | null;
}

/** One line of the side file; line n belongs to line n of the attempts. */
export interface SidecarLine {
  readonly kind: AttemptKind;
  readonly campaign: string | null;
  readonly outcome: Outcome | null;
  readonly recorded: boolean;
  readonly learned: boolean;
}

export function sidecarOf(attempt: SimulatedAttempt): SidecarLine {
  const { kind, campaign, outcome, recorded, learned } = attempt;
  return { kind, campaign, outcome, recorded, learned };
}

/** An event of the account's own clock to the contract's time text. */
export function timeText(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** Fields that a client application of a tenant passes on. What it does not send, nobody's attempt through it has. */
export type ClientField =
  | 'device_id'
  | 'user_agent'
  | 'accept_language'
  | 'client_hints'
  | 'timezone'
  | 'screen'
  | 'platform'
  | 'fingerprint'
  | 'webdriver'
  | 'session'
  | 'typing'
  | 'form'
  | 'rtt'
  | 'ja4'
  | 'method'
  | 'mfa'
  | 'created_at'
  | 'credential_changed_at'
  | 'breached';

/** The attempt as this client would have sent it: fields outside `sends` are dropped, empty groups too. */
export function throughClient(wire: WireAttempt, sends: ReadonlySet<ClientField>): WireAttempt {
  const has = (field: ClientField): boolean => sends.has(field);
  const { user, device, credential, behavior, network } = wire;
  const result: WireAttempt = {
    ...(wire.attempt_id === undefined ? {} : { attempt_id: wire.attempt_id }),
    ...(wire.occurred_at === undefined ? {} : { occurred_at: wire.occurred_at }),
    user: {
      id: user.id,
      ...(has('created_at') && user.created_at !== undefined ? { created_at: user.created_at } : {}),
      ...(has('mfa') && user.mfa_enrolled !== undefined ? { mfa_enrolled: user.mfa_enrolled } : {}),
      ...(has('credential_changed_at') && user.credential_changed_at !== undefined
        ? { credential_changed_at: user.credential_changed_at }
        : {}),
    },
    ip: wire.ip,
    credential: {
      ...(has('method') && credential?.method !== undefined ? { method: credential.method } : {}),
      ...(credential?.result === undefined ? {} : { result: credential.result }),
      ...(has('breached') && credential?.breached !== undefined ? { breached: credential.breached } : {}),
    },
    ...(wire.client === undefined ? {} : { client: wire.client }),
  };
  const kept = keepFields(device ?? {}, deviceFields, has);
  if (Object.keys(kept).length > 0) result.device = kept;
  if (has('session') && wire.session !== undefined) result.session = wire.session;
  const keptBehavior = keepBehavior(behavior ?? {}, has);
  if (Object.keys(keptBehavior).length > 0) result.behavior = keptBehavior;
  const rtt = has('rtt') ? network?.rtt_ms : undefined;
  const ja4 = has('ja4') ? network?.ja4 : undefined;
  if (rtt !== undefined || ja4 !== undefined)
    result.network = { ...(rtt === undefined ? {} : { rtt_ms: rtt }), ...(ja4 === undefined ? {} : { ja4 }) };
  return result;
}

const deviceFields: readonly (readonly [keyof WireDevice, ClientField])[] = [
  ['id', 'device_id'],
  ['user_agent', 'user_agent'],
  ['accept_language', 'accept_language'],
  ['client_hints', 'client_hints'],
  ['timezone', 'timezone'],
  ['screen', 'screen'],
  ['platform', 'platform'],
  ['fingerprint', 'fingerprint'],
  ['webdriver', 'webdriver'],
];

function keepFields(device: WireDevice, fields: typeof deviceFields, has: (field: ClientField) => boolean): WireDevice {
  return Object.fromEntries(
    fields.filter(([name, field]) => has(field) && device[name] !== undefined).map(([name]) => [name, device[name]]),
  ) as WireDevice;
}

function keepBehavior(behavior: WireBehavior, has: (field: ClientField) => boolean): WireBehavior {
  const kept: WireBehavior = {};
  if (has('typing') && behavior.typing !== undefined) kept.typing = behavior.typing;
  if (!has('form')) return kept;
  if (behavior.pointer !== undefined) kept.pointer = behavior.pointer;
  if (behavior.pasted !== undefined) kept.pasted = behavior.pasted;
  if (behavior.autofilled !== undefined) kept.autofilled = behavior.autofilled;
  if (behavior.form_ms !== undefined) kept.form_ms = behavior.form_ms;
  return kept;
}
