// The credential signals, in the order of the feature vector: what was proved, and how often proof was refused.
import type { SignalDefinition } from '../definition.ts';
import { credentialMethod } from './method.ts';
import { credentialPush } from './push.ts';

export const credentialSignals: readonly SignalDefinition[] = [credentialMethod, credentialPush];
