// Who is calling. Keys are kept as SHA-256 digests only: a key has 128 bits or more of randomness, so a slow hash would add
// cost for us and nothing for whoever steals the file. A presented key is hashed and looked up by its digest; how long that
// takes says nothing about any key, because nobody can choose a digest. The final comparison takes constant time all the same.
import { hash, timingSafeEqual } from 'node:crypto';

/** `analyst`: cases are read, resolved and judged. `admin` may do everything. */
export const scopes = ['score', 'outcome', 'read', 'backfill', 'analyst', 'admin'] as const;
export type Scope = (typeof scopes)[number];

export interface ApiKey {
  /** Names the key in logs and metrics; not a secret. */
  readonly id: string;
  /** SHA-256 of the key, 64 hexadecimal characters. */
  readonly sha256: string;
  readonly tenant: string;
  readonly scopes: readonly Scope[];
  /** Requests a minute in place of the general limit; 0 = unlimited, null = the general limit. */
  readonly ratePerMinute: number | null;
}

export interface Caller {
  readonly keyId: string;
  readonly tenant: string;
  readonly scopes: ReadonlySet<Scope>;
  readonly ratePerMinute: number | null;
}

/** Longer keys are refused unread. */
const keyLengthMax = 256;

export type Keyring = (authorization: string | undefined, apiKey: string | undefined) => Caller | null;

/** Throws when two entries have the same digest or id: one of them would silently not work. */
export function createKeyring(keys: readonly ApiKey[]): Keyring {
  // By the first 48 bits, which fit a number; two keys that share them are as likely as guessing a key.
  const byDigest = new Map<number, { readonly digest: Buffer; readonly caller: Caller }>();
  const ids = new Set<string>();
  for (const key of keys) {
    if (!/^[0-9a-f]{64}$/i.test(key.sha256)) throw new Error(`API key "${key.id}": sha256 must be 64 hexadecimal characters`);
    const digest = Buffer.from(key.sha256, 'hex');
    if (byDigest.has(digest.readUIntBE(0, 6)) || ids.has(key.id)) throw new Error(`API key "${key.id}" is listed twice`);
    ids.add(key.id);
    const caller = { keyId: key.id, tenant: key.tenant, scopes: new Set(key.scopes), ratePerMinute: key.ratePerMinute };
    byDigest.set(digest.readUIntBE(0, 6), { digest, caller });
  }

  return (authorization, apiKey) => {
    const presented = apiKey ?? bearerOf(authorization);
    if (presented === null || presented.length === 0 || presented.length > keyLengthMax) return null;
    const digest = hash('sha256', presented, 'buffer');
    const entry = byDigest.get(digest.readUIntBE(0, 6));
    return entry !== undefined && timingSafeEqual(entry.digest, digest) ? entry.caller : null;
  };
}

function bearerOf(authorization: string | undefined): string | null {
  if (authorization === undefined || authorization.length < 8 || authorization.length > keyLengthMax + 7) return null;
  return authorization.slice(0, 7).toLowerCase() === 'bearer ' ? authorization.slice(7) : null;
}
