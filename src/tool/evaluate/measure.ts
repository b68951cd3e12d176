// Everything that the model card states about detection, measured on one split.
import { seededRandom } from '../simulate/seeded-random.ts';
import { clusterWeights, detection, interval, randomScores, rankRows, type Ranking } from './detection.ts';
import type { Split } from './read-matrix.ts';

export const falseShares = [0.001, 0.005, 0.01, 0.02, 0.05] as const;
const onePercent = 2;
const resamples = 200;
export const scorerNames = ['model', 'freeman', 'freeman_attributes', 'rules', 'novelty', 'random'] as const;
export type ScorerName = (typeof scorerNames)[number];

export type Rival = Exclude<ScorerName, 'model' | 'random'>;

export interface KindResult {
  readonly kind: string;
  readonly rows: number;
  /** Share found at each of `falseShares`, per scorer. */
  readonly found: Readonly<Record<ScorerName, readonly number[]>>;
  /** 95 % interval at 1 %. */
  readonly interval: Readonly<Record<ScorerName, readonly [number, number]>>;
  /** 95 % interval of the model's lead at 1 %, over the same resampled people. */
  readonly lead: Readonly<Record<Rival, readonly [number, number]>>;
}

/** With `minHistory`, only attempts on accounts with as many good logins before count. */
export function measureDetection(all: Split, allScores: Float64Array, minHistory = 0): KindResult[] {
  const { split, scores: model } = minHistory === 0 ? { split: all, scores: allScores } : withHistory(all, allScores, minHistory);
  const { kinds } = split.head;
  const scores: Record<ScorerName, Float64Array> = {
    model,
    freeman: split.freeman,
    freeman_attributes: split.freemanAttributes,
    rules: split.rules,
    novelty: Float64Array.from(split.novelty),
    random: randomScores(split.kind.length, seededRandom('random scorer')),
  };
  const rankings = Object.fromEntries(scorerNames.map((name) => [name, rankRows(scores[name])])) as Record<ScorerName, Ranking>;
  const point = Object.fromEntries(
    scorerNames.map((name) => [name, detection(rankings[name], split.kind, kinds.length, falseShares, () => 1)]),
  ) as Record<ScorerName, number[][]>;
  const drawn = resample(split, rankings);
  return kinds.slice(1).map((kind, index) => {
    const k = index + 1;
    const lead = (other: Rival): readonly [number, number] =>
      interval(drawn.model.map((found, i) => (found[k] as number) - ((drawn[other][i] as number[])[k] as number)));
    return {
      kind,
      rows: split.kind.reduce((sum, value) => sum + Number(value === k), 0),
      found: mapNames((name) => point[name].map((row) => row[k] as number)),
      interval: mapNames((name) => interval(drawn[name].map((found) => found[k] as number))),
      lead: { freeman: lead('freeman'), freeman_attributes: lead('freeman_attributes'), rules: lead('rules'), novelty: lead('novelty') },
    };
  });
}

function withHistory(split: Split, scores: Float64Array, minHistory: number): { split: Split; scores: Float64Array } {
  const kept = (_: unknown, row: number): boolean => (split.history[row] as number) >= minHistory;
  const columns = {
    kind: split.kind.filter(kept),
    user: split.user.filter(kept),
    campaign: split.campaign.filter(kept),
    history: split.history.filter(kept),
    tenant: split.tenant.filter(kept),
    freeman: split.freeman.filter(kept),
    freemanAttributes: split.freemanAttributes.filter(kept),
    rules: split.rules.filter(kept),
    novelty: split.novelty.filter(kept),
  };
  return { split: { head: split.head, features: new Float32Array(0), ...columns }, scores: scores.filter(kept) };
}

function mapNames<T>(make: (name: ScorerName) => T): Record<ScorerName, T> {
  return Object.fromEntries(scorerNames.map((name) => [name, make(name)])) as Record<ScorerName, T>;
}

/** Found at 1 % per scorer and resample; every scorer sees the same resampled people. */
function resample(split: Split, rankings: Record<ScorerName, Ranking>): Record<ScorerName, number[][]> {
  const random = seededRandom('bootstrap');
  const drawn = mapNames<number[][]>(() => []);
  for (let i = 0; i < resamples; i++) {
    const weights = clusterWeights(split.campaign, random);
    for (const name of scorerNames)
      drawn[name].push(detection(rankings[name], split.kind, split.head.kinds.length, [falseShares[onePercent]], weights)[0] as number[]);
  }
  return drawn;
}

export const historySizes = [0, 1, 3, 6, 12, 20, 40] as const;

export function historyBucket(history: number): number {
  let bucket = 0;
  while (bucket + 1 < historySizes.length && history >= (historySizes[bucket + 1] as number)) bucket++;
  return bucket;
}

/** Share of genuine logins asked for more, by size of history, at the threshold that finds `truePositive` of the attacker kind. */
export function reauthentication(split: Split, scores: Float64Array, kind: number, truePositive: number): number[] {
  const attack: number[] = [];
  for (let row = 0; row < split.kind.length; row++) if (split.kind[row] === kind) attack.push(scores[row] as number);
  attack.sort((a, b) => b - a);
  const threshold = attack[Math.min(attack.length - 1, Math.ceil(truePositive * attack.length) - 1)] as number;
  return shareAbove(split, (row) => (scores[row] as number) >= threshold);
}

/** Per history bucket: the share of genuine rows for which `asked` holds. */
export function shareAbove(split: Split, asked: (row: number) => boolean): number[] {
  const all = new Float64Array(historySizes.length);
  const hit = new Float64Array(historySizes.length);
  for (let row = 0; row < split.kind.length; row++) {
    if (split.kind[row] !== 0) continue;
    const bucket = historyBucket(split.history[row] as number);
    all[bucket] = (all[bucket] as number) + 1;
    if (asked(row)) hit[bucket] = (hit[bucket] as number) + 1;
  }
  return Array.from(all, (total, bucket) => (hit[bucket] as number) / total);
}

/** Share of genuine rows whose score is above each threshold: what a friction budget comes to in practice. */
export function realisedShares(split: Split, ranks: Float64Array, thresholds: readonly number[]): number[] {
  let genuine = 0;
  const above = thresholds.map(() => 0);
  for (let row = 0; row < split.kind.length; row++) {
    if (split.kind[row] !== 0) continue;
    genuine++;
    thresholds.forEach((threshold, i) => {
      if ((ranks[row] as number) > threshold) above[i] = (above[i] as number) + 1;
    });
  }
  return above.map((count) => count / genuine);
}

/** Per tenant: the share of genuine rows whose score is above the threshold. What one tenant sees is not what all see together. */
export function realisedByTenant(split: Split, ranks: Float64Array, threshold: number): number[] {
  const all: number[] = [];
  const above: number[] = [];
  for (let row = 0; row < split.kind.length; row++) {
    if (split.kind[row] !== 0) continue;
    const tenant = split.tenant[row] as number;
    all[tenant] = (all[tenant] ?? 0) + 1;
    if ((ranks[row] as number) > threshold) above[tenant] = (above[tenant] ?? 0) + 1;
  }
  return all.map((total, tenant) => (above[tenant] ?? 0) / total);
}
