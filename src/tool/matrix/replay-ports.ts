// The ports of a replay: real address data, a profile store in memory, fresh for each tenant, and pseudonyms without a secret,
// because nothing here names anybody.
import { hash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openIpDatabase } from '../../adapters/ip-database/open.ts';
import { createMemoryProfileStore } from '../../adapters/memory/profile-store.ts';
import type { GatherPorts } from '../../assess/gather.ts';
import type { Clock } from '../../ports/clock.ts';
import type { IpIntelligence } from '../../ports/ip-intelligence.ts';
import type { Pseudonyms } from '../../ports/pseudonyms.ts';

export interface ReplayWorld {
  readonly ip: IpIntelligence;
  /** Ports with an empty profile store. */
  freshPorts(): GatherPorts;
  close(): void;
}

const pseudonyms: Pseudonyms = { of: (tenant, kind, value) => hash('sha256', `${tenant} ${kind} ${value}`, 'base64url').slice(0, 22) };

/** Nothing in a replay may ask what time it is now. */
const noClock: Clock = {
  nowMs: () => Number.NaN,
  monotonicMs: () => 0,
  alarm: () => () => undefined,
};

export async function openReplayPorts(cacheDirectory = join(tmpdir(), 'portcullis-ip')): Promise<ReplayWorld> {
  const ip = await openIpDatabase({ cacheDirectory });
  return {
    ip,
    freshPorts: () => ({ profiles: createMemoryProfileStore(), ip, pseudonyms, clock: noClock }),
    close: () => ip.close(),
  };
}
