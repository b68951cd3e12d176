// A described application as JSON in the words of the wire, the same where it is listed and beside a login.
import type { Asset } from '../../../domain/asset.ts';

/** Without the time of the change, which each place tells in its own way. */
export function assetDocument({ clientId, facts, by }: Asset): object {
  const { name, owner, sensitivity, environment, note } = facts;
  return { client_id: clientId, name, owner, sensitivity, environment, note, by };
}
