// How rare is this client among everybody? The only device evidence there is about an account without history.
//
// Of the real takeovers in the RBA data, more than a third hit accounts that never had signed in before: only such rarity saw them.
import type { Facts } from '../../facts.ts';
import { populationAttributes } from '../../profile/visit.ts';
import { defineSignal } from '../definition.ts';
import { rounded, smoothedShare, surprise } from '../measure.ts';

const browserAt = populationAttributes.indexOf('browser');
const versionAt = populationAttributes.indexOf('browser_version');
const osAt = populationAttributes.indexOf('os');
const typeAt = populationAttributes.indexOf('device_type');

/**
 * Weight of the exact version in the browser's share; the family has the rest. On the day a version is released everybody who
 * updates is the first: the family then bounds the extra surprise to ln 4, while an outdated version still stands out.
 */
const versionWeight = 0.75;

export const deviceRarity = defineSignal({
  name: 'device.rarity',
  title: 'Client rare among everybody',
  describes:
    'How surprising the browser with its version, the operating system and the kind of device are among all good logins of the tenant. A new version of a ' +
    'common browser is only mildly surprising. Rare does not mean bad: it counts most where nothing else is known of an account.',
  features: [
    {
      name: 'client_browser_surprise',
      monotone: 1,
      sentence: '-ln of the smoothed share of browser and version among everybody, in nats, 0 to about 14.',
    },
    { name: 'client_os_surprise', monotone: 1, sentence: 'The same for the operating system.' },
    { name: 'client_type_surprise', monotone: 1, sentence: 'The same for the kind of device.' },
  ],
  codes: {
    RARE_CLIENT: { direction: 'raises', sentence: 'Few good logins of anybody come with this browser, system or kind of device.' },
    COMMON_CLIENT: { direction: 'lowers', sentence: 'Many good logins come with this browser, system and kind of device.' },
  },
  rules: [
    {
      name: 'client_browser_rare',
      points: 0.4,
      sentence: 'Fewer than about one good login in a hundred comes with this browser.',
      holds: (x, at) => (x[at] as number) > 4.6,
    },
    {
      name: 'client_os_rare',
      points: 0.4,
      sentence: 'Fewer than about one good login in a hundred comes with this operating system.',
      holds: (x, at) => (x[at + 1] as number) > 4.6,
    },
    {
      name: 'client_common',
      points: -0.1,
      sentence: 'Browser and system are each used in more than about one good login in seven.',
      holds: (x, at) => (x[at] as number) < 2 && (x[at + 1] as number) < 2,
    },
  ],
  derive: (facts, out, at) => {
    const { visit, population } = facts;
    if (visit.browser === null && visit.os === null && visit.deviceType === null) return 'not_sent';
    if (population.total === 0) return 'no_history';
    out[at] = visit.browser === null ? Number.NaN : -Math.log(browserShare(facts));
    out[at + 1] = visit.os === null ? Number.NaN : surprise(population.counts[osAt] as number, population.total);
    out[at + 2] = visit.deviceType === null ? Number.NaN : surprise(population.counts[typeAt] as number, population.total);
    return null;
  },
  explain: (facts, _x, _at, contribution) => {
    const { visit, population } = facts;
    const { counts, total } = population;
    return {
      code: contribution > 0 ? 'RARE_CLIENT' : 'COMMON_CLIENT',
      evidence: {
        browser: visit.browser,
        browser_version: visit.browserMajor,
        os: visit.os,
        device_type: visit.deviceType,
        good_logins_of_everybody: total,
        with_browser: counts[browserAt] as number,
        with_browser_version: counts[versionAt] as number,
        with_os: counts[osAt] as number,
        with_device_type: counts[typeAt] as number,
        browser_share: visit.browser === null || total === 0 ? null : rounded(browserShare(facts)),
      },
    };
  },
});

/** Share of browser and version, backed off to the family. In (0, 1). */
function browserShare(facts: Facts): number {
  const { counts, total } = facts.population;
  const family = smoothedShare(counts[browserAt] as number, total);
  if (facts.visit.browserMajor === null) return family;
  return versionWeight * smoothedShare(counts[versionAt] as number, total) + (1 - versionWeight) * family;
}
