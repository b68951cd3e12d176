// Profiles in memory: what replay, simulation and tests use, and a service that may forget everything when it stops.
//
// The same rules as the durable store, with nothing encoded. Bounded: when a kind is full, the record changed longest ago is
// forgotten first (approximately: order is only kept once a kind is half full, because keeping it costs time).
import type { AccountProfile } from '../../domain/profile/account.ts';
import { evolveAccount, evolveSource } from '../../domain/profile/evolve.ts';
import { addToPopulation, emptyPopulation, type PopulationTable, populationOf } from '../../domain/profile/population.ts';
import type { SourceProfile } from '../../domain/profile/source.ts';
import type { ProfileBundle, ProfileChange, ProfileKeys, ProfileStore } from '../../ports/profile-store.ts';

export interface MemoryProfileOptions {
  /** Accounts per tenant. About 4 KB each. */
  readonly accountsMax?: number;
  /** Hosts, blocks, networks and devices per tenant and kind. About 1 KB each. */
  readonly sourcesMax?: number;
}

/** The durable store may answer with a promise elsewhere; this one never does. */
export interface MemoryProfileStore extends ProfileStore {
  read(keys: ProfileKeys): ProfileBundle;
  readAccount(tenant: string, account: string): AccountProfile | null;
}

interface TenantMemory {
  readonly account: Map<string, AccountProfile>;
  readonly host: Map<string, SourceProfile>;
  readonly block: Map<string, SourceProfile>;
  readonly asn: Map<string, SourceProfile>;
  readonly device: Map<string, SourceProfile>;
  readonly population: PopulationTable;
}

export function createMemoryProfileStore(options: MemoryProfileOptions = {}): MemoryProfileStore {
  const accountsMax = options.accountsMax ?? 1_000_000;
  const sourcesMax = options.sourcesMax ?? 1_000_000;
  const tenants = new Map<string, TenantMemory>();

  function tenantOf(tenant: string): TenantMemory {
    const known = tenants.get(tenant);
    if (known !== undefined) return known;
    const made = {
      account: new Map(),
      host: new Map(),
      block: new Map(),
      asn: new Map(),
      device: new Map(),
      population: emptyPopulation(),
    };
    tenants.set(tenant, made);
    return made;
  }

  function change(memory: TenantMemory, item: ProfileChange): void {
    switch (item.kind) {
      case 'population':
        addToPopulation(memory.population, item);
        return;
      case 'account':
        keep(memory.account, item.key, evolveAccount(memory.account.get(item.key) ?? null, item.event), accountsMax);
        return;
      default:
        keep(memory[item.kind], item.key, evolveSource(memory[item.kind].get(item.key) ?? null, item.event), sourcesMax);
    }
  }

  return {
    flushIntervalMs: 0,
    read(keys) {
      const memory = tenants.get(keys.tenant);
      if (memory === undefined)
        return { account: null, host: null, block: null, asn: null, device: null, population: populationOf(null, keys.population) };
      return {
        account: memory.account.get(keys.account) ?? null,
        host: memory.host.get(keys.host) ?? null,
        block: memory.block.get(keys.block) ?? null,
        asn: keys.asn === null ? null : (memory.asn.get(String(keys.asn)) ?? null),
        device: keys.device === null ? null : (memory.device.get(keys.device) ?? null),
        population: populationOf(memory.population, keys.population),
      };
    },
    readAccount: (tenant, account) => tenants.get(tenant)?.account.get(account) ?? null,
    apply(tenant, changes) {
      const memory = tenantOf(tenant);
      for (const item of changes) change(memory, item);
    },
    eraseAccount: (tenant, account) => Promise.resolve(tenants.get(tenant)?.account.delete(account) ?? false),
    expire: (untouchedSinceMs) => Promise.resolve({ forgotten: forgetUntouched(tenants.values(), untouchedSinceMs), complete: true }),
    flush: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

/** All at once: nobody waits for the answers of this store while it serves logins. */
function forgetUntouched(tenants: Iterable<TenantMemory>, sinceMs: number): number {
  const expiry = { type: 'expired', atMs: sinceMs } as const;
  let forgotten = 0;
  const forget = (kind: Map<string, unknown>, key: string): void => void (kind.delete(key) && forgotten++);
  for (const tenant of tenants) {
    for (const [key, profile] of tenant.account) if (evolveAccount(profile, expiry) === null) forget(tenant.account, key);
    for (const kind of [tenant.host, tenant.block, tenant.asn, tenant.device])
      for (const [key, profile] of kind) if (evolveSource(profile, expiry) === null) forget(kind, key);
  }
  return forgotten;
}

function keep<T>(kind: Map<string, T>, key: string, profile: T | null, max: number): void {
  if (profile === null) return;
  if (kind.size * 2 > max) kind.delete(key);
  kind.set(key, profile);
  if (kind.size <= max) return;
  for (const oldest of kind.keys()) {
    kind.delete(oldest);
    return;
  }
}
