// Descriptions of applications in memory, with the same answers as the durable store.
import { type Asset, type AssetChange, assetsMax, stepToKeep } from '../../domain/asset.ts';
import type { AssetStore } from '../../ports/case/asset-store.ts';

export function createMemoryAssetStore(options: { readonly assetsMax?: number } = {}): AssetStore {
  const placesMax = options.assetsMax ?? assetsMax;
  const tenants = new Map<string, Map<string, AssetChange>>();
  const changesOf = (tenant: string): Map<string, AssetChange> => tenants.get(tenant) ?? new Map<string, AssetChange>();
  return {
    async keep(tenant, change) {
      const changes = changesOf(tenant);
      const standing = changes.get(change.clientId) ?? null;
      const step = stepToKeep(standing, change);
      if (step !== 'store') return { kind: step, changedAtMs: standing?.changedAtMs ?? null };
      if (standing === null && changes.size >= placesMax && !makeRoom(changes)) return { kind: 'full', changedAtMs: null };
      changes.set(change.clientId, structuredClone(change));
      tenants.set(tenant, changes);
      return { kind: 'stored', changedAtMs: change.changedAtMs };
    },
    async get(tenant, clientId) {
      const found = changesOf(tenant).get(clientId);
      return found !== undefined && isDescribed(found) ? structuredClone(found) : null;
    },
    async list(tenant, after, limit) {
      return [...changesOf(tenant).values()]
        .filter(isDescribed)
        .filter(({ clientId }) => after === null || compareBytes(clientId, after) > 0)
        .sort((a, b) => compareBytes(a.clientId, b.clientId))
        .slice(0, Math.max(0, limit))
        .map((asset) => structuredClone(asset));
    },
    async totals() {
      const all = [...tenants.values()].flatMap((changes) => [...changes.values()]);
      const newest = all.reduce((latest, { changedAtMs }) => Math.max(latest, changedAtMs), Number.NEGATIVE_INFINITY);
      return { described: all.filter(isDescribed).length, changedAtMs: all.length === 0 ? null : newest };
    },
  };
}

function isDescribed(change: AssetChange): change is Asset {
  return change.facts !== null;
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** The oldest removal is forgotten: its late events are the least likely ones still to come. */
function makeRoom(changes: Map<string, AssetChange>): boolean {
  const [oldest] = [...changes.values()]
    .filter(({ facts }) => facts === null)
    .sort((a, b) => a.changedAtMs - b.changedAtMs || compareBytes(a.clientId, b.clientId));
  return oldest !== undefined && changes.delete(oldest.clientId);
}
