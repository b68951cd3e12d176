// The travel signals in the order of the feature vector.
import type { SignalDefinition } from '../definition.ts';
import { travelPlace } from './place.ts';
import { travelSpeed } from './speed.ts';
import { travelTimezone } from './timezone.ts';

export const travelSignals: readonly SignalDefinition[] = [travelSpeed, travelPlace, travelTimezone];
