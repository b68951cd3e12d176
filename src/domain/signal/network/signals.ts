// The network signals in the order of the feature vector.
import type { SignalDefinition } from '../definition.ts';
import { networkAnonymity } from './anonymity.ts';
import { networkBlocklist } from './blocklist.ts';
import { networkFamiliarity } from './familiarity.ts';
import { networkKind } from './kind.ts';
import { networkRarity } from './rarity.ts';
import { networkTenant } from './tenant.ts';

export const networkSignals: readonly SignalDefinition[] = [
  networkKind,
  networkAnonymity,
  networkBlocklist,
  networkFamiliarity,
  networkTenant,
  networkRarity,
];
