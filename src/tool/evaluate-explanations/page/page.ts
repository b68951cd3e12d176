// The page of an evaluation: one file without scripts or anything fetched, readable on a screen and on a telephone.
import { answersTable } from './answers-table.ts';
import { type EvaluationResult, type ExplainerResult, measureNames } from '../evaluate.ts';
import { markup, shown, table } from './markup.ts';
import { colourOf, drawDrops, drawFeedback, drawMeasures, drawRanks, titles } from './plots.ts';

const meanings = {
  rank_agreement: 'Kendall’s τ of the findings’ order and what they contribute; 1 = the same, 0 = by chance.',
  sign_agreement: 'Findings that stand on the side, for or against, that their contributions are on.',
  value_agreement: 'Numbers, times and countries in the sentences that the cited evidence holds.',
  top_three_told: 'Of the three reasons that raise the risk most, those that a finding tells.',
  unsupported: 'Findings with a citation, number or name that the assessment does not hold. Less is better.',
  sign_flip: 'With a contribution turned round, the finding stands on the other side.',
  masking: 'With a reason taken out, nothing is said of it any more.',
} as const;

const style = `
:root { color-scheme: light dark; --line: #8884; --quiet: #777; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 76rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; margin: 0.5rem 0; } h2 { font-size: 1.1rem; margin: 2rem 0 0.5rem; }
p, li { max-width: 44rem; } .quiet, caption { color: var(--quiet); font-size: 0.875rem; }
.legend { max-width: none; display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; font-size: 0.9375rem; }
.legend i { display: inline-block; width: 0.75rem; height: 0.75rem; border-radius: 50%; margin-right: 0.4rem; }
.plots { display: flex; flex-wrap: wrap; gap: 1.5rem 3rem; align-items: flex-start; }
figure { margin: 0; } figcaption { font-weight: 600; font-size: 0.9375rem; margin-bottom: 0.5rem; }
svg { max-width: 100%; height: auto; display: block; }
.table { overflow-x: auto; } table { border-collapse: collapse; font-size: 0.9375rem; }
th, td { text-align: left; padding: 0.35rem 1.25rem 0.35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td { font-variant-numeric: tabular-nums; } th small { display: block; font-weight: 400; color: var(--quiet); min-width: 13rem; max-width: 22rem; }
.interval { display: block; white-space: nowrap; }
li { overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  thead { display: none; } table, tbody, tr, td, th { display: block; } tr { border-bottom: 1px solid var(--line); padding: 0.5rem 0; }
  th, td { border: 0; padding: 0.15rem 0; } td { padding-left: 0.75rem; overflow-wrap: anywhere; } .interval { display: inline; white-space: normal; }
  td::before { content: attr(data-of) ": "; color: var(--quiet); }
}
`;

export async function renderPage(result: EvaluationResult): Promise<string> {
  const plots = [
    await figure('What was measured', drawMeasures(result)),
    await figure('Order of the findings', drawRanks(result)),
    hasDrops(result) ? await figure('Dropped findings by rule', drawDrops(result)) : '',
    result.feedback.length === 0 ? '' : await figure('What analysts thought', drawFeedback(result)),
  ];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Explanations, measured</title>
<style>${style}</style>
</head>
<body>
<h1>Explanations, measured</h1>
<p>${result.cases} cases, ${markup(result.source)}. Each explanation is held against the assessment by code that had no part in writing or checking it.</p>
${legend(result)}
<div class="plots">${plots.join('\n')}</div>
<h2>Measures</h2>
${measures(result.explainers, result.cases)}
${answersTable(result.explainers)}
<p class="quiet">In brackets the 95 % interval: Wilson’s, or the bootstrap over cases where that is wider.</p>
${result.feedback.length === 0 ? '<h2>Feedback</h2><p>No analyst has given an opinion on these cases yet.</p>' : feedback(result)}
${result.explainers.map(examples).join('\n')}
</body>
</html>
`;
}

/** Once for all plots. */
function legend({ explainers }: EvaluationResult): string {
  const entries = explainers.map(({ name }, i) => `<span><i style="background: ${colourOf(i)}"></i>${markup(name)}</span>`);
  return `<p class="legend">${entries.join('')}</p>`;
}

function hasDrops({ explainers }: EvaluationResult): boolean {
  return explainers.some(({ asked }) => asked !== null && Object.keys(asked.account.dropped).length > 0);
}

async function figure(caption: string, svg: Promise<string>): Promise<string> {
  return `<figure><figcaption>${caption}</figcaption>${await svg}</figure>`;
}

function measures(explainers: readonly ExplainerResult[], cases: number): string {
  const told = [
    'Cases explained',
    'The others are left to the template.',
    explainers.map(({ explained }) => `${explained} of ${cases}`),
  ] as const;
  const rows = measureNames.map(
    (measure) => [titles[measure], meanings[measure], explainers.map(({ measures: of }) => shown(of[measure]))] as const,
  );
  return table(
    explainers.map(({ name }) => name),
    [told, ...rows],
  );
}

function feedback({ feedback: given }: EvaluationResult): string {
  const rows = given.map(
    ({ source, about, opinions, of }) =>
      [
        markup(source),
        `${of} ${of === 1 ? 'opinion' : 'opinions'} on ${about === 'case' ? 'whole cases' : 'findings'}`,
        [opinions.useful, opinions.useless, opinions.wrong].map(shown),
      ] as const,
  );
  return `<h2>Feedback</h2>${table(['Useful', 'Useless', 'Wrong'], rows)}`;
}

function examples({ name, examples: found }: ExplainerResult): string {
  if (found.length === 0) return '';
  return `<h2>To look at: ${markup(name)}</h2><ul>${found.map((one) => `<li>${markup(one)}</li>`).join('')}</ul>`;
}
