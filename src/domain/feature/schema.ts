// The order of features and groups, fixed by the order of the signals. Model and schema must agree, or the service does not start.
import { allSignals } from '../signal/catalogue.ts';
import type { FeatureDefinition, SignalDefinition } from '../signal/definition.ts';

export interface FeatureSchema {
  readonly signals: readonly SignalDefinition[];
  readonly features: readonly FeatureDefinition[];
  /** First feature of each signal, by signal position. */
  readonly offsets: readonly number[];
  /** Signal position of each feature. */
  readonly groupOf: readonly number[];
  readonly width: number;
  /**
   * One line per feature: "group name monotone". Its SHA-256 (in hex, prefixed "sha256:") is the schema hash; hashing is left to the callers,
   * because domain imports nothing.
   */
  readonly canonical: string;
}

export function buildSchema(signals: readonly SignalDefinition[]): FeatureSchema {
  const features: FeatureDefinition[] = [];
  const offsets: number[] = [];
  const groupOf: number[] = [];
  const lines: string[] = [];
  signals.forEach((signal, group) => {
    offsets.push(features.length);
    for (const feature of signal.features) {
      features.push(feature);
      groupOf.push(group);
      lines.push(`${signal.name} ${feature.name} ${feature.monotone}`);
    }
  });
  return { signals, features, offsets, groupOf, width: features.length, canonical: `${lines.join('\n')}\n` };
}

export const schema: FeatureSchema = buildSchema(allSignals);
