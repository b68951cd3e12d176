// The store of described applications as its callers see it: requests to the store's thread.
import type { AssetStore } from '../../ports/case/asset-store.ts';
import type { Channel } from './channel.ts';

export function createAssetStore(channel: Channel, placesMax: number): AssetStore {
  return {
    keep: (tenant, change) => channel.call('keepAsset', [tenant, change, placesMax]),
    get: (tenant, clientId) => channel.call('asset', [tenant, clientId]),
    list: (tenant, after, limit) => channel.call('assets', [tenant, after, limit]),
    totals: () => channel.call('assetTotals', []),
  };
}
