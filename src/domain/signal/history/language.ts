// Does the browser ask for the language that this account asks for? A quiet habit, and one that attackers' tools leave at English.
import { findTally, tallyTotal, usualTally } from '../../profile/tally.ts';
import { attributes, populationAttributes } from '../../profile/visit.ts';
import { defineSignal } from '../definition.ts';
import { logRatio, rounded, smoothedShare, surprise, tallyFamiliarity } from '../measure.ts';

const tallyAt = attributes.indexOf('language');
const populationAt = populationAttributes.indexOf('language');

export const historyLanguage = defineSignal({
  name: 'history.language',
  title: 'Language of the browser',
  describes:
    'Whether the account signed in well before with the first language of this browser, how unusual it is for the account against everybody, and how rare ' +
    'it is among everybody. It is compared with the account and its tenant only, never with the country of the address.',
  features: [
    {
      name: 'language_known_log',
      monotone: -1,
      sentence: 'ln(1 + good logins of the account with this language, halved per 180 days of disuse); 0 = never.',
    },
    {
      name: 'language_ratio_log',
      monotone: 1,
      sentence: 'ln of the share of the language among everybody over its share in this account; above 0 = unusual here.',
    },
    { name: 'language_surprise', monotone: 1, sentence: '-ln of the smoothed share of the language among everybody, in nats.' },
  ],
  codes: {
    LANGUAGE_CHANGED: { direction: 'raises', sentence: 'The language of the browser is new or unusual for the account, or rare.' },
    USUAL_LANGUAGE: { direction: 'lowers', sentence: 'The browser asks for a usual language.' },
  },
  rules: [
    {
      name: 'language_new',
      points: 0.6,
      sentence: 'The account has a history of languages, and this is not among them.',
      holds: (x, at) => x[at] === 0 && (x[at + 1] as number) > 0.5,
    },
    {
      name: 'language_usual',
      points: -0.1,
      sentence: 'At least three good logins with this language.',
      holds: (x, at) => (x[at] as number) > 1.3,
    },
  ],
  derive: (facts, out, at) => {
    const { account, visit, population } = facts;
    const language = visit.language;
    if (language === null) return 'not_sent';
    const own = account?.tallies[tallyAt] ?? [];
    if (own.length === 0 && population.total === 0) return 'no_history';
    const everybody = population.counts[populationAt] as number;
    if (own.length > 0) {
      out[at] = tallyFamiliarity(own, language, visit.atMs);
      out[at + 1] = logRatio(findTally(own, language)?.count ?? 0, tallyTotal(own), everybody, population.total);
    }
    out[at + 2] = surprise(everybody, population.total);
    return null;
  },
  explain: (facts, x, at, contribution) => {
    const { account, visit, population } = facts;
    const own = account?.tallies[tallyAt] ?? [];
    return {
      code: contribution > 0 ? 'LANGUAGE_CHANGED' : 'USUAL_LANGUAGE',
      evidence: {
        language: visit.language,
        good_logins_with_it: visit.language === null ? 0 : (findTally(own, visit.language)?.count ?? 0),
        good_logins: tallyTotal(own),
        usual_language: usualTally(own)?.value ?? null,
        share_of_everybody:
          population.total === 0 ? null : rounded(smoothedShare(population.counts[populationAt] as number, population.total)),
        ratio_log: rounded(x[at + 1] as number),
      },
    };
  },
});
