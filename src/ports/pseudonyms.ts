// Port: keyed hashes in place of identifiers. Stored keys never contain a user id, an address or a device id.

export type PseudonymKind = 'user' | 'ip' | 'block' | 'device' | 'session' | 'fingerprint' | 'attempt';

export interface Pseudonyms {
  /** HMAC-SHA-256 of tenant, kind and value, truncated to 128 bits, 22 URL-safe characters. Same inputs, same output. */
  of(tenant: string, kind: PseudonymKind, value: string): string;
}
