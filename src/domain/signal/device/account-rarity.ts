// Is this client unusual for this account, compared with everybody? Freeman's log-ratio (NDSS 2016) over browser, system and type.
//
// A client that everybody uses but this person never does is the mark of somebody else; one that hardly anybody uses but this
// person always does is their own. Versions are left out, so that an update is not a change of habit.
import type { Facts } from '../../facts.ts';
import { findTally, tallyTotal, type Tally, usualTally } from '../../profile/tally.ts';
import { attributes, attributeValue, populationAttributes } from '../../profile/visit.ts';
import { defineSignal, type Evidence } from '../definition.ts';
import { logRatio, rounded, smoothedShare } from '../measure.ts';

/**
 * Wiefling's published weights (das-group/rba-algorithm): browser 0.268, system 0.1882, device type 0.0051. The 0.5387 of the full
 * user agent string, which is not kept, is left out and the rest divided by its sum.
 */
const compared = (
  [
    ['browser', 0.268],
    ['os', 0.1882],
    ['device_type', 0.0051],
  ] as const
).map(([attribute, weight]) => ({
  attribute,
  weight: weight / 0.4613,
  accountAt: attributes.indexOf(attribute),
  populationAt: populationAttributes.indexOf(attribute),
}));

/** Of browser, system and type in their mean; they add up to 1. */
export const clientWeights: readonly number[] = compared.map(({ weight }) => weight);

const combinedAt = 3;

export const deviceAccountRarity = defineSignal({
  name: 'device.account_rarity',
  title: 'Client unusual for the account',
  describes:
    'How much less (or more) often this account uses the browser, operating system and kind of device of this attempt than everybody does, as smoothed ' +
    'log-ratios. A young account proves little by construction, and versions do not count, so that updating is no change of habit.',
  features: [
    {
      name: 'client_browser_ratio_log',
      monotone: 1,
      sentence: "ln of the browser's share among everybody over its share in this account; above 0 = unusual here.",
    },
    { name: 'client_os_ratio_log', monotone: 1, sentence: 'The same for the operating system.' },
    { name: 'client_type_ratio_log', monotone: 1, sentence: 'The same for the kind of device (desktop, mobile, tablet, other).' },
    { name: 'client_ratio_log', monotone: 1, sentence: 'Mean of the three, weighted as Wiefling published.' },
  ],
  codes: {
    UNUSUAL_CLIENT: { direction: 'raises', sentence: 'The account uses this browser, system or kind of device less than everybody does.' },
    USUAL_CLIENT: { direction: 'lowers', sentence: 'The account uses this browser, system and kind of device more than everybody does.' },
  },
  rules: [
    {
      name: 'client_unusual',
      points: 0.6,
      sentence: 'At least three times rarer for the account than for everybody.',
      holds: (x, at) => (x[at + combinedAt] as number) > 1.1,
    },
    {
      name: 'client_very_unusual',
      points: 0.4,
      sentence: 'At least seven times rarer for the account than for everybody.',
      holds: (x, at) => (x[at + combinedAt] as number) > 1.95,
    },
    {
      name: 'client_usual',
      points: -0.3,
      sentence: 'Clearly more usual for the account than for everybody.',
      holds: (x, at) => (x[at + combinedAt] as number) < -0.4,
    },
  ],
  derive: (facts, out, at) => {
    const { account, visit, population } = facts;
    if (visit.browser === null && visit.os === null && visit.deviceType === null) return 'not_sent';
    if (account === null || account.goodCount === 0 || population.total === 0) return 'no_history';
    let sum = 0;
    let weights = 0;
    for (let i = 0; i < compared.length; i++) {
      const ratio = ratioOf(facts, account.tallies, i);
      if (Number.isNaN(ratio)) continue;
      const { weight } = compared[i] as (typeof compared)[number];
      out[at + i] = ratio;
      sum += weight * ratio;
      weights += weight;
    }
    if (weights === 0) return 'no_history';
    out[at + combinedAt] = sum / weights;
    return null;
  },
  explain: (facts, x, at, contribution) => {
    const most = strongest(x, at, contribution > 0 ? 1 : -1);
    return { code: contribution > 0 ? 'UNUSUAL_CLIENT' : 'USUAL_CLIENT', evidence: evidenceOf(facts, most, x[at + most] as number) };
  },
});

/** NaN when the attempt lacks the attribute, or the account never showed any value of it. */
function ratioOf(facts: Facts, tallies: readonly (readonly Tally[])[], i: number): number {
  const { attribute, accountAt, populationAt } = compared[i] as (typeof compared)[number];
  const value = attributeValue(facts.visit, attribute);
  const own = tallies[accountAt];
  if (value === null || own === undefined || own.length === 0) return Number.NaN;
  return logRatio(
    findTally(own, value)?.count ?? 0,
    tallyTotal(own),
    facts.population.counts[populationAt] as number,
    facts.population.total,
  );
}

/** The attribute that speaks loudest in the direction of `sign`. */
function strongest(x: Float32Array, at: number, sign: 1 | -1): number {
  let most = 0;
  for (let i = 1; i < compared.length; i++) {
    const here = (x[at + i] as number) * sign;
    const best = (x[at + most] as number) * sign;
    if (here > best || (Number.isNaN(best) && !Number.isNaN(here))) most = i;
  }
  return most;
}

function evidenceOf(facts: Facts, i: number, ratio: number): Evidence {
  const { attribute, accountAt, populationAt } = compared[i] as (typeof compared)[number];
  const own = facts.account?.tallies[accountAt] ?? [];
  const observed = attributeValue(facts.visit, attribute);
  const { counts, total } = facts.population;
  return {
    attribute,
    observed,
    good_logins_with_it: observed === null ? 0 : (findTally(own, observed)?.count ?? 0),
    good_logins: tallyTotal(own),
    usual: usualTally(own)?.value ?? null,
    share_of_everybody: total === 0 ? null : rounded(smoothedShare(counts[populationAt] as number, total)),
    ratio_log: rounded(ratio),
  };
}
