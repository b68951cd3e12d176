// The classic statistical model of risk-based authentication, as the yardstick that ours must beat: Freeman et al., "Who Are
// You?" (NDSS 2016), in the form of Wiefling et al. (TOPS 2022), which needs no attack data.
//
//   risk(u, x) = product over features k of p(x_k) / p(x_k | u), times p(u | attack) / p(u)
//
// Two features, the address and the user agent, each smoothed over its hierarchy by a weighted sum of the levels' likelihoods.
// Weights and the treatment of unseen values are those of the authors' published code: a value never seen for the user counts
// as a quarter of its global likelihood; attacks are equally likely on each user, logins in proportion to a user's share.

export const freemanLevels = {
  address: [
    ['ip', 0.6],
    ['asn', 0.3],
    ['country', 0.1],
  ],
  agent: [
    ['user_agent', 0.5387],
    ['browser', 0.268],
    ['os', 0.1882],
    ['device_type', 0.0051],
  ],
} as const;

const names = ['ip', 'asn', 'country', 'user_agent', 'browser', 'os', 'device_type'] as const;
type LevelName = (typeof names)[number];

/** One login's values; null where the caller did not send what the level needs. */
export type FreemanLogin = Readonly<Record<LevelName, string | null>>;

const unseenShare = 0.25;

interface Counts {
  readonly values: Map<string, number>;
  total: number;
}

function emptyCounts(): Record<LevelName, Counts> {
  return Object.fromEntries(names.map((name) => [name, { values: new Map<string, number>(), total: 0 }])) as Record<LevelName, Counts>;
}

function count(counts: Counts, value: string): void {
  counts.values.set(value, (counts.values.get(value) ?? 0) + 1);
  counts.total += 1;
}

export interface FreemanRisk {
  /** As published: with the factor for how often the user signs in, which makes quiet and new accounts risky by themselves. */
  readonly published: number;
  /** Of the attributes alone: the stronger baseline where many accounts are young. */
  readonly attributes: number;
}

export interface Freeman {
  /** Natural logarithms, from the logins learnt so far; higher is riskier. */
  logRisk(user: string, login: FreemanLogin): FreemanRisk;
  learn(user: string, login: FreemanLogin): void;
}

export function createFreeman(): Freeman {
  const everybody = emptyCounts();
  const users = new Map<string, { readonly counts: Record<LevelName, Counts>; logins: number }>();
  let logins = 0;

  /** Add-one smoothing over the distinct values seen and one for all that were not. */
  function globalLikelihood(level: LevelName, value: string): number {
    const counts = everybody[level];
    return ((counts.values.get(value) ?? 0) + 1) / (counts.total + counts.values.size + 1);
  }

  function logRatio(
    levels: (typeof freemanLevels)[keyof typeof freemanLevels],
    own: Record<LevelName, Counts> | null,
    login: FreemanLogin,
  ): number {
    let global = 0;
    let local = 0;
    for (const [level, weight] of levels) {
      const value = login[level];
      // What was not sent says nothing: the level is left out on both sides.
      if (value === null) continue;
      const likelihood = globalLikelihood(level, value);
      const seen = own?.[level].values.get(value) ?? 0;
      global += weight * likelihood;
      local += weight * (seen > 0 ? seen / (own as Record<LevelName, Counts>)[level].total : likelihood * unseenShare);
    }
    return global === 0 ? 0 : Math.log(global) - Math.log(local);
  }

  return {
    logRisk(user, login) {
      const known = users.get(user);
      const own = known?.counts ?? null;
      // Attack probability 1 / users over the user's share of logins; a user without logins counts as one login.
      const popularity = Math.log(Math.max(1, logins) / (Math.max(1, users.size) * Math.max(1, known?.logins ?? 0)));
      const attributes = logRatio(freemanLevels.address, own, login) + logRatio(freemanLevels.agent, own, login);
      return { published: attributes + popularity, attributes };
    },
    learn(user, login) {
      let known = users.get(user);
      if (known === undefined) {
        known = { counts: emptyCounts(), logins: 0 };
        users.set(user, known);
      }
      known.logins += 1;
      logins += 1;
      for (const name of names) {
        const value = login[name];
        if (value === null) continue;
        count(everybody[name], value);
        count(known.counts[name], value);
      }
    },
  };
}
