// The velocity signals, in the order of the feature vector: how much has been tried and has failed lately, and around what.
import type { SignalDefinition } from '../definition.ts';
import { velocityAccount } from './account.ts';
import { velocityAsn } from './asn.ts';
import { velocityBlock } from './block.ts';
import { velocityBurst } from './burst.ts';
import { velocityHost } from './host.ts';
import { velocitySpray } from './spray.ts';
import { velocitySpread } from './spread.ts';

export const velocitySignals: readonly SignalDefinition[] = [
  velocityAccount,
  velocitySpread,
  velocityHost,
  velocityBlock,
  velocityAsn,
  velocitySpray,
  velocityBurst,
];
