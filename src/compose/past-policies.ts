// Policies that once decided, by revision: the one in force, and those kept beside the data.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPolicySource } from '../adapters/policy-file/policy-source.ts';
import type { Clock } from '../ports/clock.ts';
import type { Policy, PolicySource } from '../ports/policy.ts';

/** Read once each; policies change a few times a week. */
const readMax = 32;

export interface PastPoliciesOptions {
  readonly dataDir: string;
  readonly inForce: Pick<PolicySource, 'current'>;
  readonly clock: Pick<Clock, 'monotonicMs'>;
}

/** Null for a revision that is not kept here, or no longer what it was. Reads a file at the first question about a revision. */
export function createPastPolicies({ dataDir, inForce, clock }: PastPoliciesOptions): (revision: string) => Policy | null {
  const read = new Map<string, Policy | null>();
  return (revision) => {
    const current = inForce.current();
    if (current.revision === revision) return current;
    const known = read.get(revision);
    if (known !== undefined) return known;
    if (read.size >= readMax) read.clear();
    const policy = readPolicy(revision);
    read.set(revision, policy);
    return policy;
  };

  function readPolicy(revision: string): Policy | null {
    const file = policyArchiveFile(dataDir, revision);
    if (!existsSync(file)) return null;
    try {
      const source = createPolicySource({ file, clock, onError: () => undefined, pollMs: 0 });
      const kept = source.current();
      source.close();
      return kept.revision === revision ? kept : null;
    } catch {
      return null;
    }
  }
}

/** Keeps the text of a policy that comes into force, so that its decisions can be repeated. */
export function keepPolicy(dataDir: string, revision: string, file: string): void {
  mkdirSync(join(dataDir, 'policies'), { recursive: true });
  const kept = policyArchiveFile(dataDir, revision);
  if (!existsSync(kept)) writeFileSync(kept, readFileSync(file));
}

function policyArchiveFile(dataDir: string, revision: string): string {
  return join(dataDir, 'policies', `${revision.replace(/[^\w.-]/g, '_')}.yaml`);
}
