// Which profiles an attempt touches, and how: the one place that turns a visit into profile changes.
import type { AccountEvent } from './account.ts';
import { shortKey } from './recent-set.ts';
import type { SourceEvent } from './source.ts';
import { attributeValue, populationAttributes, type Visit } from './visit.ts';

export type SourceKind = 'host' | 'block' | 'asn' | 'device';

export type ProfileChange =
  | { readonly kind: 'account'; readonly key: string; readonly event: AccountEvent }
  | { readonly kind: SourceKind; readonly key: string; readonly event: SourceEvent }
  /** Adds `amount` to the total and to each given value's count. */
  | { readonly kind: 'population'; readonly values: readonly (string | null)[]; readonly amount: 1 | -1 };

/** A try was made. Counters only: familiarity waits for a good end. */
export function attemptedChanges(visit: Visit, failed: boolean): ProfileChange[] {
  return [
    { kind: 'account', key: visit.account, event: { type: 'attempted', visit, failed } },
    ...sourceChanges(visit, { type: 'attempted', atMs: visit.atMs, account: shortKey(visit.account), failed, machine: machineOf(visit) }),
  ];
}

/** The attempt ended well: its places and devices become familiar. */
export function learnedChanges(visit: Visit): ProfileChange[] {
  return [
    { kind: 'account', key: visit.account, event: { type: 'learned', visit } },
    ...sourceChanges(visit, { type: 'learned', atMs: visit.atMs, account: shortKey(visit.account), machine: machineOf(visit) }),
    { kind: 'population', values: populationValues(visit), amount: 1 },
  ];
}

/** What was learnt was wrong: a takeover that first looked like a good login. */
export function unlearnedChanges(visit: Visit): ProfileChange[] {
  return [
    { kind: 'account', key: visit.account, event: { type: 'unlearned', visit } },
    ...sourceChanges(visit, { type: 'unlearned', atMs: visit.atMs, account: shortKey(visit.account) }),
    { kind: 'population', values: populationValues(visit), amount: -1 },
  ];
}

/** The attempt passed its credential check and failed later: that counts as a failure of the account and of its origin. */
export function failedChanges(visit: Visit, atMs: number): ProfileChange[] {
  return [{ kind: 'account', key: visit.account, event: { type: 'failed', atMs } }, ...sourceChanges(visit, { type: 'failed', atMs })];
}

/** A machine is bound to a device id only; what else was touched has none. */
function sourceChanges(visit: Visit, deviceEvent: SourceEvent): ProfileChange[] {
  const event: SourceEvent = 'machine' in deviceEvent ? { ...deviceEvent, machine: null } : deviceEvent;
  const changes: ProfileChange[] = [
    { kind: 'host', key: visit.host, event },
    { kind: 'block', key: visit.block, event },
  ];
  if (visit.asn !== null) changes.push({ kind: 'asn', key: String(visit.asn), event });
  if (visit.device !== null) changes.push({ kind: 'device', key: visit.device, event: deviceEvent });
  return changes;
}

function populationValues(visit: Visit): (string | null)[] {
  return populationAttributes.map((attribute) => attributeValue(visit, attribute));
}

/** What a device id is bound to in practice: the machine's operating system, platform and screen, none of which an update changes. */
export function machineOf(visit: Visit): string | null {
  if (visit.os === null && visit.platform === null && visit.screen === null) return null;
  return `${visit.os ?? ''}|${visit.platform ?? ''}|${visit.screen ?? ''}`;
}
