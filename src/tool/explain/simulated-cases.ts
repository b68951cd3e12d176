// Flagged attempts of the simulated test tenants, by the shipped model and policy.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openOnnxScorer } from '../../adapters/onnx/scorer.ts';
import { createPolicySource } from '../../adapters/policy-file/policy-source.ts';
import { activeModelDirectory, schemaHash } from '../../compose.ts';
import { schema } from '../../domain/feature/schema.ts';
import { openReplayPorts } from '../matrix/replay-ports.ts';
import { simulateTenant } from '../simulate/simulate-tenant.ts';
import { blocksOf, planTenants } from '../simulate/tenants.ts';
import { createWorld, sampleNetworks } from '../simulate/world/network-world.ts';
import { type FlaggedCase, flaggedCases } from './flagged-cases.ts';

export interface SimulationOptions {
  readonly seed: string;
  /** Of each tenant's people; 1 = all of them. */
  readonly scale: number;
  /** How many times as many attacks as there would be. */
  readonly attacks: number;
  readonly onTenant?: (sentence: string) => void;
}

export async function simulatedCases({ seed, scale, attacks, onTenant }: SimulationOptions): Promise<FlaggedCase[]> {
  const world = await openReplayPorts();
  const scorer = await openOnnxScorer({
    directory: activeModelDirectory(),
    schemaHash,
    featureNames: schema.features.map((feature) => feature.name),
    groupNames: schema.signals.map((signal) => signal.name),
  });
  const policies = createPolicySource({
    file: join(fileURLToPath(new URL('../../../policies/', import.meta.url)), 'default.yaml'),
    clock: { monotonicMs: () => 0 },
    onError: (sentence) => process.stderr.write(`${sentence}\n`),
    pollMs: 0,
  });
  try {
    const network = createWorld(await sampleNetworks(world.ip), blocksOf('test'));
    const all: FlaggedCase[] = [];
    for (const plan of planTenants(seed, 'test', scale)) {
      const attempts = simulateTenant(network, plan, seed, attacks);
      const flagged = await flaggedCases(attempts, plan, world, { scorer, policy: policies.current() });
      all.push(...flagged);
      onTenant?.(`${plan.name} ${plan.style}: ${flagged.length} of ${attempts.length} attempts flagged`);
    }
    return all;
  } finally {
    policies.close();
    await scorer.close();
    world.close();
  }
}
