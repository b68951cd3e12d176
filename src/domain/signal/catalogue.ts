// Every signal, in the order of the feature vector. Append or reorder only together with a newly trained model.
import { behaviourSignals } from './behaviour/signals.ts';
import { combinationSignals } from './combination/signals.ts';
import { credentialSignals } from './credential/signals.ts';
import type { SignalDefinition } from './definition.ts';
import { deviceSignals } from './device/signals.ts';
import { historySignals } from './history/signals.ts';
import { networkSignals } from './network/signals.ts';
import { travelSignals } from './travel/signals.ts';
import { velocitySignals } from './velocity/signals.ts';

export const allSignals: readonly SignalDefinition[] = [
  ...networkSignals,
  ...travelSignals,
  ...deviceSignals,
  ...historySignals,
  ...velocitySignals,
  ...credentialSignals,
  ...behaviourSignals,
  ...combinationSignals,
];
