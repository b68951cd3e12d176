// The stored login as a hypothesis sees it: its features by name, and what else of the record says how they hang together.
//
// The profile of that moment is gone, and today's has learnt since; so a hypothesis is made from the record alone. Where the record does
// not say exactly what deriving would have given, the hypothesis takes the riskiest value that it could have given. The features
// concerned are monotone in the model, so a verdict that changes then changes in truth.
import type { Evidence } from '../../domain/signal/definition.ts';
import type { PolicyContext, StoredAssessment } from '../../domain/assessment.ts';
import { schema } from '../../domain/feature/schema.ts';
import type { Visit } from '../../domain/profile/visit.ts';
import { familiarityHalfLifeDays } from '../../domain/signal/measure.ts';

const positions: ReadonlyMap<string, number> = new Map(schema.features.map((feature, at) => [feature.name, at]));

/** Position of a feature. Throws for a name that the schema lacks: a renamed feature must not leave a change without effect. */
export function featureAt(name: string): number {
  const at = positions.get(name);
  if (at === undefined) throw new Error(`No feature is called ${name}.`);
  return at;
}

export const combinationGroup = schema.signals.findIndex((signal) => signal.name === 'combination');
const combinationCodes = (schema.signals[combinationGroup] as (typeof schema.signals)[number]).codes;

/** NaN where it could not be told then, null where the record does not say. */
export interface Newness {
  /** 0 known to the account, 0.5 like a known one, 1 new. */
  readonly device: number | null;
  readonly country: number | null;
  readonly network: number | null;
  readonly hosting: number | null;
  /** Share of the observed things that are new. */
  readonly share: number | null;
}

export interface Login {
  /** Not to be changed. */
  readonly row: Float32Array;
  readonly visit: Visit;
  readonly context: PolicyContext;
  readonly newness: Newness;
  /**
   * ln(1 + good logins, halved as they age) of a thing that each good login of the account had, the first to the last: how familiar
   * the most familiar thing can be. NaN for an account without history, to which nothing is familiar.
   */
  readonly familiar: number;
  /** Good logins of the account; 0 when none are known. */
  readonly goodLogins: number;
}

const goodLoginsAt = featureAt('history_good_logins_log');
const dormancyAt = featureAt('dormancy_days_log');
const countryAt = featureAt('place_country_familiarity_log');
const networkAt = featureAt('network_asn_familiarity_log');
const knownAt = featureAt('device_known_log');
const hostingAt = featureAt('network_hosting');

export function loginOf(record: StoredAssessment): Login {
  const { features: row, visit, context } = record;
  const goodLogins = Math.round(Math.expm1(row[goodLoginsAt] as number)) || 0;
  const days = Math.expm1(row[dormancyAt] as number);
  const familiar = goodLogins > 0 && days >= 0 ? Math.log1p(goodLogins * 0.5 ** (days / familiarityHalfLifeDays)) : Number.NaN;
  const combined = record.assessment.reasons.find((reason) => Object.hasOwn(combinationCodes, reason.code));
  return { row, visit, context, familiar, goodLogins, newness: combined === undefined ? newnessByRow(row) : newnessBy(combined.evidence) };
}

/** The combination's own evidence says it all, share to three digits. */
function newnessBy(evidence: Evidence): Newness {
  const number = (key: string): number => {
    const value = evidence[key];
    if (typeof value === 'boolean') return value ? 1 : 0;
    return typeof value === 'number' ? value : Number.NaN;
  };
  return {
    device: number('new_device'),
    country: number('new_country'),
    network: number('new_network'),
    hosting: number('hosting'),
    share: number('share_new'),
  };
}

/** Familiarity above nothing proves that a thing is known; nothing does not prove that it is new. */
function newnessByRow(row: Float32Array): Newness {
  const knownBy = (at: number): 0 | null => ((row[at] as number) > 0 ? 0 : null);
  return {
    device: knownBy(knownAt),
    country: knownBy(countryAt),
    network: knownBy(networkAt),
    hosting: row[hostingAt] === 0 ? 0 : null,
    share: null,
  };
}
