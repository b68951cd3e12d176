// The model card: what the model is, what was measured, on what, and what that does not show.
import type { ModelManifest } from '../../adapters/onnx/manifest.ts';
import { falseShares, historySizes, type KindResult, type ScorerName, scorerNames } from './measure.ts';
import type { PromiseResult } from './promises.ts';

export interface Evaluation {
  readonly manifest: ModelManifest;
  readonly trees: number;
  readonly splits: readonly { readonly name: string; readonly genuine: number; readonly attacks: number; readonly tenants: number }[];
  readonly test: readonly KindResult[];
  readonly late: readonly KindResult[];
  /** Test, only accounts with five good logins or more. */
  readonly settled: readonly KindResult[];
  readonly reauthentication: readonly {
    readonly kind: string;
    readonly truePositive: number;
    readonly model: readonly number[];
    readonly freeman: readonly number[];
  }[];
  readonly challengedByHistory: readonly number[];
  readonly budgets: readonly { readonly threshold: number; readonly test: number; readonly late: number; readonly rules: number }[];
  /** Share of genuine logins above 0.99, per tenant. */
  readonly byTenant: { readonly test: readonly number[]; readonly late: readonly number[] };
  readonly promises: readonly PromiseResult[];
  readonly ablation: {
    readonly without_groups: Readonly<Record<string, Readonly<Record<string, number>>>>;
    readonly unseen_kind: Readonly<Record<string, number>>;
  } | null;
  readonly microseconds: { readonly one: number; readonly sixteen: number };
  readonly source: Readonly<Record<string, unknown>>;
}

const percent = (value: number, digits = 1): string => (Number.isNaN(value) ? '–' : `${(value * 100).toFixed(digits)} %`);
const range = ([low, high]: readonly [number, number]): string => `${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)}`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

function kindName(kind: string): string {
  return kind.replaceAll('_', ' ');
}

function headline(results: readonly KindResult[]): string {
  const scorers = scorerNames.filter((name) => name !== 'random');
  return table(
    [
      'attacker',
      'attempts',
      ...scorers.map((name) => `${scorerTitles[name]} [95 %]`),
      'model − best Freeman [95 %]',
      'model − rules [95 %]',
    ],
    results.map((result) => [
      kindName(result.kind),
      String(result.rows),
      ...scorers.map((name) => `${percent(result.found[name][2] as number)} [${range(result.interval[name])}]`),
      range(bestFreeman(result)),
      range(result.lead.rules),
    ]),
  );
}

const scorerTitles: Readonly<Record<ScorerName, string>> = {
  model: 'model',
  freeman: 'Freeman',
  freeman_attributes: 'Freeman, attributes',
  rules: 'rules',
  novelty: 'novelty',
  random: 'random',
};

/** The lead over whichever form of Freeman's model finds more. */
function bestFreeman(result: KindResult): readonly [number, number] {
  return (result.found.freeman[2] as number) > (result.found.freeman_attributes[2] as number)
    ? result.lead.freeman
    : result.lead.freeman_attributes;
}

function allShares(results: readonly KindResult[], scorer: ScorerName): string {
  return table(
    ['attacker', ...falseShares.map((share) => `at ${percent(share)}`)],
    results.map((result) => [kindName(result.kind), ...result.found[scorer].map((value) => percent(value))]),
  );
}

export function renderCard(evaluation: Evaluation): string {
  const { manifest } = evaluation;
  return `${[
    `# ${manifest.identity}`,
    intro(evaluation),
    '## Detection at 1 % of genuine logins troubled',
    'Share of attacks found when the threshold lets 99 % of genuine logins pass; intervals from 200 resamplings of people and campaigns. The last columns are the interval of the model’s lead over the same resampled people: above zero means better. Only attempts with a right credential are scored; wrong ones feed the counters.',
    '### Test split',
    headline(evaluation.test),
    '### Late split (drifted: newer browsers, more tunnels, relays and travel)',
    headline(evaluation.late),
    '### Test split, accounts with five good logins or more',
    headline(evaluation.settled),
    '## Detection at other budgets (test)',
    '### Model',
    allShares(evaluation.test, 'model'),
    '### Freeman, attributes only',
    allShares(evaluation.test, 'freeman_attributes'),
    '### Rules (the fallback table)',
    allShares(evaluation.test, 'rules'),
    `A scorer that draws at random finds ${percent(evaluation.test.reduce((sum, result) => sum + (result.found.random[2] as number), 0) / evaluation.test.length)} at 1 %, as it must.`,
    precisionLine(evaluation.test),
    '## Friction',
    'Share of genuine logins above a score, with the calibration shipped in the manifest (thresholds were never fitted to these splits):',
    table(
      ['score above', 'promised', 'model, test', 'model, late', 'rules, test'],
      evaluation.budgets.map((budget) => [
        String(budget.threshold),
        percent(1 - budget.threshold, 2),
        percent(budget.test, 2),
        percent(budget.late, 2),
        percent(budget.rules, 2),
      ]),
    ),
    `Above 0.99 tenant by tenant: test ${perTenant(evaluation.byTenant.test)}; late ${perTenant(evaluation.byTenant.late)}. The promise is about all tenants of the calibration together; one whose clients tell little, or whose people are new, is above it. Ranks learnt from a tenant's own logins are not built.`,
    'Genuine logins above 0.99 by number of good logins before (test):',
    table(
      historySizes.map((size, i) => (i + 1 < historySizes.length ? `${size}–${(historySizes[i + 1] as number) - 1}` : `${size}+`)),
      [evaluation.challengedByHistory.map((share) => percent(share, 2))],
    ),
    'Share of genuine logins asked again, by good logins before, at the threshold that finds a given share of an attacker (test):',
    table(
      ['attacker, share found', 'scorer', ...historySizes.map((size) => `${size}+`)],
      evaluation.reauthentication.flatMap((line) => [
        [`${kindName(line.kind)}, ${percent(line.truePositive, 0)}`, 'model', ...line.model.map((share) => percent(share))],
        ['', 'Freeman', ...line.freeman.map((share) => percent(share))],
      ]),
    ),
    '## Single logins',
    table(
      ['login', 'score', 'must be', 'kept'],
      evaluation.promises.map((each) => [
        each.name,
        each.score.toFixed(4),
        `${each.name.startsWith('takeover') ? '>' : '<'} ${each.bound}`,
        each.kept ? 'yes' : '**no**',
      ]),
    ),
    ablationSection(evaluation),
    limits,
  ].join('\n\n')}\n`;
}

function perTenant(shares: readonly number[]): string {
  return [...shares]
    .sort((a, b) => a - b)
    .map((share) => percent(share, 2))
    .join(', ');
}

function intro(evaluation: Evaluation): string {
  const { manifest, trees, microseconds } = evaluation;
  return [
    `Scores a login attempt from ${manifest.features.length} features in ${manifest.groups.length} reason groups: ${trees} boosted trees (LightGBM), each within one group, so that every group's sum is its exact contribution to the log-odds. Monotone where the feature schema says so.`,
    `**All figures below are from a simulation** (\`src/tool/simulate\`), not from anybody's logins: real address ranges, places and operators, made-up people and attackers. They compare scorers on equal rows; they do not say what share of real attacks will be found.`,
    table(
      ['split', 'tenants', 'genuine logins', 'attacks'],
      evaluation.splits.map((split) => [split.name, String(split.tenants), String(split.genuine), String(split.attacks)]),
    ),
    'The splits share no person, address block, device seed or campaign. The model saw train; calibration stopped the training (one half of its people) and gave the ranks (the other half).',
    `Measured on the machine that wrote this card: ${microseconds.one.toFixed(0)} µs for one row, ${microseconds.sixteen.toFixed(1)} µs per row in batches of sixteen.`,
    `Made by \`npm run matrix\`, \`python models/train/train.py\` and \`npm run evaluate\`; source: \`${JSON.stringify(evaluation.source)}\`.`,
  ].join('\n\n');
}

/** What a challenge at 1 % means where attacks are rare: most of those asked are genuine. */
function precisionLine(results: readonly KindResult[]): string {
  const found = results.reduce((sum, result) => sum + (result.found.model[2] as number), 0) / results.length;
  const precision = (prevalence: number): string => percent((found * prevalence) / (found * prevalence + 0.01 * (1 - prevalence)), 2);
  return `With all kinds equally common and 1 % of genuine logins troubled, ${precision(0.001)} of those troubled are attacks if one right credential in a thousand is stolen, ${precision(0.0001)} if one in ten thousand is. So the score decides who is asked for more, not who is guilty.`;
}

function ablationSection({ ablation, test }: Evaluation): string {
  if (ablation === null) return '## What carries it\n\nNot measured for this version (`train.py --ablation groups`).';
  const kinds = test.map((result) => result.kind);
  return [
    '## What carries it',
    'Share found at 1 % on the test split after retraining without some groups, on an eighth of the people and with fewer trees (first line: with all groups):',
    table(
      ['without', ...kinds.map(kindName)],
      Object.entries(ablation.without_groups).map(([name, found]) => [
        name.replace('no_', '').replaceAll('_', ' '),
        ...kinds.map((kind) => percent(found[kind] ?? Number.NaN)),
      ]),
    ),
    ...(Object.keys(ablation.unseen_kind).length === 0
      ? ['How a model finds an attacker kind that it was not trained on was not measured for this version (`train.py --ablation all`).']
      : [
          'Share found at 1 % of each attacker kind by a model trained without that kind: what to expect of an attacker nobody thought of.',
          table(kinds.map(kindName), [kinds.map((kind) => percent(ablation.unseen_kind[kind] ?? Number.NaN))]),
        ]),
  ].join('\n\n');
}

const limits = `## Limits

- The people, their habits and the attackers are invented. Rates of travel, new devices, lost cookies, tunnels and wrong passwords are round numbers informed by public work, not fits to a population. Attackers in the test follow the same models as in training, with other people, networks and campaigns.
- Freeman's model runs in its published form (seven attributes, smoothing, no attack data), and once more without its factor for how often an account signs in, which is stronger where many accounts are young. It was not tuned to the simulation; neither was it given our counters, device ids or typing, which is much of the difference.
- One person's cookies, browsers and places are drawn independently of each other more than in life; fingerprints and typing rhythms are simple noise models. Typing is set to be weak evidence on purpose.
- An account without a good login gives nothing to compare with: attacks on it are found by the network, the machine and the counters alone, or not at all.
- \`assumed_prevalence\` only moves the log-odds by a constant. Scores are ranks among simulated genuine logins.
- Addresses come from DB-IP city data and public routing data (CC BY 4.0); screen sizes from the npm package user-agents (BSD-2-Clause).`;
