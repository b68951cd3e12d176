// Changes of an operator's inventory, for tests.
import type { Asset, AssetChange, AssetFacts } from '../../src/domain/asset.ts';
import { noonMs } from './records.ts';

export function assetFacts(change: Partial<AssetFacts> = {}): AssetFacts {
  return { name: 'Payroll', owner: 'hr', sensitivity: 'critical', environment: 'production', note: 'Bank details.\n<b>', ...change };
}

/** As an application that is described. */
export function asset(clientId: string, change: Partial<Asset> = {}): Asset {
  return { clientId, changedAtMs: noonMs, facts: assetFacts(), by: 'inventory', ...change };
}

export function removal(clientId: string, change: Partial<AssetChange> = {}): AssetChange {
  return { ...asset(clientId), facts: null, ...change };
}
