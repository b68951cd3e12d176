// Port: the applications that an operator's inventory describes, by the client id that logins name. Bounded per tenant (see domain/asset.ts);
// nothing of one tenant is visible to another.
//
// What `keep` answered survives a kill of the process. Methods reject with a StorageFailure and then changed nothing.
import type { Asset, AssetChange } from '../../domain/asset.ts';

export interface AssetKept {
  /**
   * stored: it stands now. already, outdated, contradiction: what stands stays (see `stepToKeep`). full: as many as may be are described,
   * and none is the mark of a removed one that could make room.
   */
  readonly kind: 'stored' | 'already' | 'outdated' | 'contradiction' | 'full';
  /** Of what stands now; null when nothing does. */
  readonly changedAtMs: number | null;
}

/** Of all tenants. */
export interface AssetTotals {
  readonly described: number;
  /** When the newest change that stands was made, removals included; null when nobody told of any. */
  readonly changedAtMs: number | null;
}

export interface AssetStore {
  keep(tenant: string, change: AssetChange): Promise<AssetKept>;
  /** Null: not described, or no more. */
  get(tenant: string, clientId: string): Promise<Asset | null>;
  /** Those whose client id sorts after `after` (null: from the first on) by its UTF-8 bytes, in that order, at most `limit`. */
  list(tenant: string, after: string | null, limit: number): Promise<Asset[]>;
  totals(): Promise<AssetTotals>;
}
