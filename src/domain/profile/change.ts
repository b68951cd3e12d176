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
  const { atMs } = visit;
  const account = shortKey(visit.account);
  return changesOf(
    visit,
    { type: 'attempted', visit, failed },
    { type: 'attempted', atMs, account, failed, machine: null },
    { type: 'attempted', atMs, account, failed, machine: machineOf(visit) },
  );
}

/** The attempt ended well: its places and devices become familiar. */
export function learnedChanges(visit: Visit): ProfileChange[] {
  const { atMs } = visit;
  const account = shortKey(visit.account);
  const changes = changesOf(
    visit,
    { type: 'learned', visit },
    { type: 'learned', atMs, account, machine: null },
    { type: 'learned', atMs, account, machine: machineOf(visit) },
  );
  changes.push({ kind: 'population', values: populationValues(visit), amount: 1 });
  return changes;
}

/** What was learnt was wrong: a takeover that first looked like a good login. */
export function unlearnedChanges(visit: Visit): ProfileChange[] {
  const event: SourceEvent = { type: 'unlearned', atMs: visit.atMs, account: shortKey(visit.account) };
  const changes = changesOf(visit, { type: 'unlearned', visit }, event, event);
  changes.push({ kind: 'population', values: populationValues(visit), amount: -1 });
  return changes;
}

/** The attempt passed its credential check and failed later: that counts as a failure of the account and of its origin. */
export function failedChanges(visit: Visit, atMs: number): ProfileChange[] {
  const event = { type: 'failed', atMs } as const;
  return changesOf(visit, event, event, event);
}

/** Of an account and of everything that the visit came from. A machine is bound to a device id only, so a device has its own event. */
function changesOf(visit: Visit, account: AccountEvent, source: SourceEvent, device: SourceEvent): ProfileChange[] {
  const changes: ProfileChange[] = [
    { kind: 'account', key: visit.account, event: account },
    { kind: 'host', key: visit.host, event: source },
    { kind: 'block', key: visit.block, event: source },
  ];
  if (visit.asn !== null) changes.push({ kind: 'asn', key: String(visit.asn), event: source });
  if (visit.device !== null) changes.push({ kind: 'device', key: visit.device, event: device });
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
