// The behaviour signals, in the order of the feature vector: whose hands, and whether hands at all.
import type { SignalDefinition } from '../definition.ts';
import { behaviourRobot } from './robot.ts';
import { behaviourTyping } from './typing.ts';

export const behaviourSignals: readonly SignalDefinition[] = [behaviourTyping, behaviourRobot];
