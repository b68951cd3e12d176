// Reads the file of API keys. Faults end the start with one sentence: a key that silently does not work, or works for the
// wrong tenant, is worse than a service that does not start.
import { readYaml } from '../parse/yaml-text.ts';
import { SettingsError } from './load.ts';

export interface KeyEntry {
  readonly id: string;
  readonly sha256: string;
  readonly tenant: string;
  readonly scopes: readonly string[];
  readonly ratePerMinute: number | null;
}

const knownKeys = new Set(['id', 'sha256', 'tenant', 'scopes', 'rate_per_minute']);
const name = /^[\w.-]{1,64}$/;

/** YAML or JSON: `keys:` with a list of {id, sha256, tenant, scopes, rate_per_minute?}. Throws SettingsError. */
export function parseKeysFile(text: string, path: string, scopes: readonly string[]): KeyEntry[] {
  const refuse = (what: string): never => {
    throw new SettingsError(`The keys file ${path}: ${what}.`);
  };
  const reading = readYaml(text);
  if (!reading.ok) return refuse(reading.problem);
  const root = reading.value as { keys?: unknown } | null;
  const list = typeof root === 'object' && root !== null ? root.keys : undefined;
  if (!Array.isArray(list) || list.length === 0) return refuse('must hold "keys", a list with at least one entry');
  return list.map((item: unknown, i) => {
    const where = `entry ${i + 1}`;
    if (typeof item !== 'object' || item === null || Array.isArray(item))
      return refuse(`${where} must be a map with id, sha256, tenant and scopes`);
    const entry = item as Record<string, unknown>;
    const unknown = Object.keys(entry).find((key) => !knownKeys.has(key));
    if (unknown !== undefined) return refuse(`${where} has an unknown field "${unknown}"; known are ${[...knownKeys].join(', ')}`);
    const { id, sha256, tenant = 'default', scopes: given, rate_per_minute: rate = null } = entry;
    if (typeof id !== 'string' || !name.test(id)) return refuse(`${where}: id must be 1 to 64 letters, digits, ".", "_" or "-"`);
    if (typeof sha256 !== 'string' || !/^[0-9a-fA-F]{64}$/.test(sha256))
      return refuse(`${where}: sha256 must be the 64 hexadecimal digits of the key's digest`);
    if (typeof tenant !== 'string' || !name.test(tenant))
      return refuse(`${where}: tenant must be 1 to 64 letters, digits, ".", "_" or "-"`);
    if (!Array.isArray(given) || given.length === 0 || given.some((scope) => !scopes.includes(scope as string)))
      return refuse(`${where}: scopes must be a list of ${scopes.join(', ')}`);
    if (rate !== null && !(Number.isInteger(rate) && (rate as number) >= 0))
      return refuse(`${where}: rate_per_minute must be a whole number, 0 for no limit`);
    return { id, sha256, tenant, scopes: given as string[], ratePerMinute: rate as number | null };
  });
}
