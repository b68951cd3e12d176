// The application that the login named, as the operator's inventory describes it.
import type { Asset } from '../../domain/asset.ts';
import type { Case } from '../../domain/case/case.ts';
import type { AssetStore } from '../../ports/case/asset-store.ts';
import { absentPart, here, type Part } from './part.ts';

/** not_sent: the login named none; unknown: nobody described it. As of when the inventory changed it last. */
export async function assetPart({ tenant, shown }: Case, assets: Pick<AssetStore, 'get'>): Promise<Part<Asset>> {
  if (shown.clientId === null) return absentPart('not_sent');
  const asset = await assets.get(tenant, shown.clientId);
  return asset === null ? absentPart('unknown') : here(asset.changedAtMs, asset);
}
