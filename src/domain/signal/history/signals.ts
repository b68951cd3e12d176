// The history signals, in the order of the feature vector.
import type { SignalDefinition } from '../definition.ts';
import { historyChange } from './change.ts';
import { historyDepth } from './depth.ts';
import { historyDormancy } from './dormancy.ts';
import { historyHour } from './hour.ts';
import { historyLanguage } from './language.ts';
import { historySession } from './session.ts';

export const historySignals: readonly SignalDefinition[] = [
  historyLanguage,
  historyHour,
  historyDepth,
  historyDormancy,
  historyChange,
  historySession,
];
