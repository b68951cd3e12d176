// The device signals, in the order of the feature vector.
import type { SignalDefinition } from '../definition.ts';
import { deviceAccountRarity } from './account-rarity.ts';
import { deviceAutomation } from './automation.ts';
import { deviceFamiliarity } from './familiarity.ts';
import { deviceInconsistency } from './inconsistency.ts';
import { deviceRarity } from './rarity.ts';
import { deviceReplay } from './replay.ts';
import { deviceSharing } from './sharing.ts';

export const deviceSignals: readonly SignalDefinition[] = [
  deviceFamiliarity,
  deviceAccountRarity,
  deviceRarity,
  deviceAutomation,
  deviceInconsistency,
  deviceReplay,
  deviceSharing,
];
