// The yardstick of explanations measures: each lie planted in an explanation is found by the measure that is there for it, and a true one is not.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import t from 'tap';
import { createWording } from '../../src/adapters/icu-messages/wording.ts';
import type { Finding } from '../../src/domain/explanation/finding.ts';
import { type Explained, explainByTemplate } from '../../src/domain/explanation/template.ts';
import { evaluateExplainer, type ExplainerResult, feedbackBySource } from '../../src/tool/evaluate-explanations/evaluate.ts';
import type { Explain, Told } from '../../src/tool/evaluate-explanations/measure.ts';
import { renderPage } from '../../src/tool/evaluate-explanations/page/page.ts';
import { claimsOf } from '../../src/tool/evaluate-explanations/read-text.ts';
import { kendallTau, meanEstimate, shareEstimate } from '../../src/tool/evaluate-explanations/statistics.ts';
import { seededRandom } from '../../src/tool/simulate/seeded-random.ts';

const recorded = readFileSync('src/tool/explain/cases.ndjson', 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Explained);
/** Enough for every measure, few enough to be quick. */
const cases = recorded.slice(0, 8);
const words = createWording('en');
const template: Explain = async (explained) => explainByTemplate(explained, words);

/** The template with something done to what it tells. */
const changed =
  (change: (told: Told, explained: Explained) => Told): Explain =>
  async (explained) =>
    change(explainByTemplate(explained, words), explained);

function evaluated(explain: Explain): Promise<ExplainerResult> {
  return evaluateExplainer('tried', explain, cases, seededRandom('test'));
}

t.test('the template passes every measure on the recorded cases', async (t) => {
  const { measures, explained } = await evaluated(template);
  t.equal(explained, cases.length);
  for (const [name, { value, count }] of Object.entries(measures)) {
    t.equal(value, name === 'unsupported' ? 0 : 1, name);
    t.ok(count >= 8, `${name}: ${count}`);
  }
});

t.test('findings on the wrong side are signs that disagree, and fail the flip', async (t) => {
  const { measures } = await evaluated(changed(({ findings, reassuring }) => ({ findings: reassuring, reassuring: findings })));
  t.equal(measures.sign_agreement.value, 0);
  t.equal(measures.sign_flip.value, 0);
  t.equal(measures.top_three_told.value, 0);
});

t.test('findings in the order of nothing disagree in rank', async (t) => {
  const { measures } = await evaluated(changed((told) => ({ ...told, findings: [...told.findings].reverse() })));
  t.ok(measures.rank_agreement.value < -0.9);
});

t.test('a number, a country or a citation that is not there makes a finding unsupported', async (t) => {
  const told = (change: (finding: Finding) => Finding): Explain =>
    changed(({ findings, reassuring }) => ({ findings: findings.map((finding, i) => (i === 0 ? change(finding) : finding)), reassuring }));
  const lies: ((finding: Finding) => Finding)[] = [
    (finding) => ({ ...finding, sentence: `${finding.sentence} It was 31,337 km away.` }),
    (finding) => ({ ...finding, sentence: `${finding.sentence} It came from Vanuatu.` }),
    (finding) => ({ ...finding, sentence: `${finding.sentence} That is AS64999.` }),
    (finding) => ({ ...finding, evidenceIds: [...finding.evidenceIds, 'NEW_DEVICE.made_up'] }),
    (finding) => ({ ...finding, codes: [...finding.codes, 'MADE_UP'] }),
  ];
  for (const [i, lie] of lies.entries()) {
    const { measures, examples } = await evaluated(told(lie));
    t.ok(measures.unsupported.value > 0.1, `lie ${i}`);
    t.ok(examples.length > 0);
  }
});

t.test('what is left out is not told, and what a reason said before is not silent', async (t) => {
  const without = await evaluated(changed(({ findings, reassuring }) => ({ findings: findings.slice(1), reassuring })));
  t.ok(without.measures.top_three_told.value < 0.8);
  const first = new Map<string, Told>();
  const stale = await evaluated(async (explained) => {
    const id = explained.assessment.assessmentId;
    if (!first.has(id)) first.set(id, explainByTemplate(explained, words));
    return first.get(id)!;
  });
  t.equal(stale.measures.masking.value, 0);
  t.equal(stale.measures.sign_flip.value, 0);
});

t.test('numbers are read with their units, and held by evidence of that unit only', (t) => {
  const supported = (sentence: string, key: string, value: string | number): boolean =>
    claimsOf(sentence, [{ key, value }]).every((claim) => claim.supported);
  const table: [string, string, string | number, boolean][] = [
    ['8,900 km away', 'distance_km', 8932, true],
    ['8,900 km away', 'distance_km', 9800, false],
    ['8,900 km/h', 'distance_km', 8932, false],
    ['2 days ago', 'last_used_days_ago', 2.1, true],
    ['50 hours ago', 'last_used_days_ago', 2.1, true],
    ['50 days ago', 'last_used_days_ago', 2.1, false],
    ['1 minute before', 'hours', 0.0213, true],
    ['4% of logins', 'share', 0.04, true],
    ['1 in 8,300', 'share', 0.00012, true],
    ['40% of logins', 'share', 0.04, false],
    ['6.2 times rarer', 'ratio_log', Math.log(6.2), true],
    ['12 failures in the last 24 hours', 'failures_24h', 12, true],
    ['12 failures in the last 10 minutes', 'failures_24h', 12, false],
    ['at 03:12 UTC', 'time_utc', '03:12', true],
    ['at 03:12 UTC', 'time_utc', '03:13', false],
    ['in Japan', 'country', 'JP', true],
    ['in Japan', 'country', 'US', false],
    ['a Japanese speaker', 'country', 'US', true],
    ['AS3320', 'asn', 3320, true],
    ['AS3320, Bank of China', 'asn', 3321, false],
  ];
  for (const [sentence, key, value, holds] of table) t.equal(supported(sentence, key, value), holds, `${sentence}: ${key} ${value}`);
  t.end();
});

t.test('intervals hold their value, narrow with counting, and never leave what can be', (t) => {
  fc.assert(
    fc.property(fc.nat(500), fc.nat(500), (a, b) => {
      const [hits, count] = [Math.min(a, b), Math.max(a, b, 1)];
      const { value, low, high } = shareEstimate(hits, count);
      const wide = shareEstimate(hits, count);
      const narrow = shareEstimate(hits * 10, count * 10);
      return low >= 0 && high <= 1 && low <= value && value <= high && narrow.high - narrow.low < wide.high - wide.low;
    }),
  );
  // Wilson 1927, by hand: 0 of 10 gives 0 to 0.2775.
  t.match(shareEstimate(0, 10), { value: 0, low: 0 });
  t.ok(Math.abs(shareEstimate(0, 10).high - 0.2775) < 1e-4);
  t.match(shareEstimate(0, 0), { count: 0, value: Number.NaN });
  const mean = meanEstimate([0, 1, 0, 1, 1, 0, 1, 0], seededRandom('mean'));
  t.ok(mean.value === 0.5 && mean.low < 0.5 && mean.high > 0.5);
  t.equal(kendallTau([1, 2, 3], [1, 2, 3]), 1);
  t.equal(kendallTau([1, 2, 3], [3, 2, 1]), -1);
  t.ok(Math.abs((kendallTau([1, 2, 3, 4], [1, 3, 2, 4]) ?? 0) - 4 / 6) < 1e-12);
  t.equal(kendallTau([1], [1]), null);
  t.end();
});

t.test('the page holds every number, draws without scripts, and lets nothing in as markup', async (t) => {
  const result = await evaluateExplainer('<b>template</b>', template, cases.slice(0, 5), seededRandom('page'));
  const feedback = feedbackBySource([
    { source: 'template', about: 'finding', opinion: 'useful' },
    { source: 'template', about: 'finding', opinion: 'useful' },
    { source: 'template', about: 'finding', opinion: 'wrong' },
    { source: 'large', about: 'finding', opinion: 'useless' },
    { source: 'large', about: 'case', opinion: 'wrong' },
  ]);
  t.match(feedback, [
    { source: 'large', about: 'case', of: 1, opinions: { wrong: { value: 1 } } },
    { source: 'large', about: 'finding', of: 1, opinions: { useless: { value: 1 } } },
    { source: 'template', about: 'finding', of: 3, opinions: { useful: { value: 2 / 3 }, useless: { value: 0 } } },
  ]);
  const page = await renderPage({ cases: 5, source: 'tried', explainers: [result], feedback });
  t.equal(page.match(/<svg/g)?.length, 3);
  t.notMatch(page, /<script|<b>template/);
  t.match(page, /&lt;b&gt;template/);
  t.match(page, /0\.667/);
  t.match(await renderPage({ cases: 5, source: 'tried', explainers: [result], feedback: [] }), /No analyst has given an opinion/);
});
