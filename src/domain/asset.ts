// An application that people sign in to, as the operator's inventory describes it: what an analyst wants to know of the place that was
// aimed at. Never an input to a verdict and never part of a prompt.
//
// Inventories tell of changes by events, which come twice, late and in any order. Each event says when the change was made there, and the
// latest change stands, whenever it arrives. A removal is a change like any other and leaves a mark, so that an older event that comes
// after it does not bring the application back.

export const assetSensitivities = ['low', 'normal', 'high', 'critical'] as const;
export type AssetSensitivity = (typeof assetSensitivities)[number];

/** Null: the inventory did not say. Texts are the operator's: shown as inert text, given to no model. */
export interface AssetFacts {
  readonly name: string | null;
  /** Whom to call. */
  readonly owner: string | null;
  readonly sensitivity: AssetSensitivity | null;
  /** "production", "test", ... */
  readonly environment: string | null;
  readonly note: string | null;
}

export interface AssetChange {
  /** As logins name the application in `client.id`. */
  readonly clientId: string;
  readonly changedAtMs: number;
  /** Null: the application is described no more. */
  readonly facts: AssetFacts | null;
  /** Who told us, as the door knows them. */
  readonly by: string;
}

export interface Asset extends AssetChange {
  readonly facts: AssetFacts;
}

/** Longest texts, in characters. A client id may be as long as in a login. */
export const assetLengthMax = { clientId: 256, name: 200, owner: 200, environment: 64, note: 2000 } as const;
/** Per tenant, marks of removed ones included; a large company runs a few thousand applications. At 6 KB at most, 60 MB. */
export const assetsMax = 10_000;

/** outdated: what stands is newer. contradiction: something else was said of the same moment; nobody can know which came later. */
export type AssetStep = 'store' | 'already' | 'outdated' | 'contradiction';

/** Who told us does not matter: the same change by another way is the same change. */
export function stepToKeep(standing: Pick<AssetChange, 'changedAtMs' | 'facts'> | null, given: AssetChange): AssetStep {
  if (standing === null || given.changedAtMs > standing.changedAtMs) return 'store';
  if (given.changedAtMs < standing.changedAtMs) return 'outdated';
  return sameFacts(standing.facts, given.facts) ? 'already' : 'contradiction';
}

function sameFacts(one: AssetFacts | null, other: AssetFacts | null): boolean {
  if (one === null || other === null) return one === other;
  return (
    one.name === other.name &&
    one.owner === other.owner &&
    one.sensitivity === other.sensitivity &&
    one.environment === other.environment &&
    one.note === other.note
  );
}
