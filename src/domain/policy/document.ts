// The policy as decisions use it: checked, versioned, with expressions already compiled to functions. What a person writes
// (YAML, CEL) is read by src/adapters/policy-file; nothing here knows those formats.
import type { Level, PolicyContext, Verdict } from '../assessment.ts';
import { type IpRange, IpRangeTable, parseIpWords } from './ip-range.ts';

export const sensitivities = ['low', 'normal', 'high'] as const;
export type Sensitivity = (typeof sensitivities)[number];

/** Friction budgets: 0.99 means that about 1 % of genuine logins lie above. Challenge is never above deny. */
export interface Thresholds {
  readonly challengeAbove: number;
  readonly denyAbove: number;
}

export interface LevelBounds {
  readonly mediumAbove: number;
  readonly highAbove: number;
  readonly criticalAbove: number;
}

export const ruleEffects = ['at_least', 'at_most', 'exactly'] as const;
export type RuleEffect = (typeof ruleEffects)[number];

/** What rule expressions may look at. One object per decision, so that its identity may serve as a cache key. */
export interface RuleInput {
  readonly score: number;
  readonly level: Level;
  readonly sensitivity: Sensitivity;
  readonly decidedBy: 'model' | 'rules';
  readonly degraded: boolean;
  readonly codes: readonly string[];
  readonly context: PolicyContext;
}

export interface PolicyRule {
  readonly name: string;
  readonly effect: RuleEffect;
  readonly verdict: Verdict;
  /** Never throws: an expression that fails does not hold. */
  readonly holds: (input: RuleInput) => boolean;
}

export interface ListEntry {
  /** Place in the document, for instance "lists.deny[2]": names the entry without repeating whom it is about. */
  readonly path: string;
  /** Exclusive; infinity when it never ends. */
  readonly expiresAtMs: number;
}

/** One list by what its entries name. An entry is found by exact value; only addresses have ranges. */
export class PolicyList {
  readonly users = new Map<string, ListEntry>();
  readonly devices = new Map<string, ListEntry>();
  readonly asns = new Map<number, ListEntry>();
  readonly countries = new Map<string, ListEntry>();
  readonly #ranges = new IpRangeTable<ListEntry>();

  addRange(range: IpRange, entry: ListEntry): boolean {
    return this.#ranges.add(range, entry);
  }

  /** The first entry in force at the attempt's own time, in the order user, device, address, network, country. */
  find(context: PolicyContext): ListEntry | null {
    const atMs = context.occurredAtMs;
    const inForce = (entry: ListEntry | undefined): entry is ListEntry => entry !== undefined && atMs < entry.expiresAtMs;
    const user = this.users.get(context.userId);
    if (inForce(user)) return user;
    const device = context.deviceId === null ? undefined : this.devices.get(context.deviceId);
    if (inForce(device)) return device;
    if (this.#ranges.size > 0) {
      const words = parseIpWords(context.ip);
      const range = words === null ? null : this.#ranges.find(words, inForce);
      if (range !== null) return range;
    }
    const asn = context.asn === null ? undefined : this.asns.get(context.asn);
    if (inForce(asn)) return asn;
    const country = context.country === null ? undefined : this.countries.get(context.country);
    return inForce(country) ? country : null;
  }

  /** True when an entry might name this attempt if only its network or country were known. */
  mightHold(context: PolicyContext): boolean {
    const atMs = context.occurredAtMs;
    const anyInForce = (entries: ReadonlyMap<unknown, ListEntry>): boolean =>
      [...entries.values()].some((entry) => atMs < entry.expiresAtMs);
    return (context.asn === null && anyInForce(this.asns)) || (context.country === null && anyInForce(this.countries));
  }
}

export interface PolicyDocument {
  /** As the author wrote it. */
  readonly version: string;
  /** Version and a short hash of the text, for instance "7+3f9a02c41b77"; stored with every assessment. */
  readonly revision: string;
  readonly thresholds: Readonly<Record<Sensitivity, Thresholds>>;
  readonly levels: LevelBounds;
  /** Least verdict when nothing could be learnt about account and origin. */
  readonly whenBlind: Verdict;
  /** Sensitivity by client id; goes before what the caller sends. */
  readonly clients: ReadonlyMap<string, Sensitivity>;
  readonly deny: PolicyList;
  readonly allow: PolicyList;
  readonly rules: readonly PolicyRule[];
}
