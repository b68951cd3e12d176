// The combination group: one signal, so that its conjunctions share one contribution.
import type { SignalDefinition } from '../definition.ts';
import { combination } from './conjunctions.ts';

export const combinationSignals: readonly SignalDefinition[] = [combination];
