// The page of an evaluation: one file without scripts or anything fetched, readable on a screen and on a telephone.
import { answersTable } from './answers-table.ts';
import { type EvaluationResult, type ExplainerResult, measureNames } from './evaluate.ts';
import { markup, shown } from './markup.ts';
import { drawDrops, drawFeedback, drawMeasures, drawRanks, titles } from './plots.ts';

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
body { font: 16px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; margin: 0.5rem 0; } h2 { font-size: 1.1rem; margin: 2rem 0 0.5rem; }
p, li { max-width: 44rem; } .quiet, caption { color: var(--quiet); font-size: 0.875rem; }
.plots { display: flex; flex-wrap: wrap; gap: 1.5rem 3rem; align-items: flex-start; }
figure { margin: 0; } figcaption { font-weight: 600; font-size: 0.9375rem; margin-bottom: 0.5rem; }
svg { max-width: 100%; height: auto; display: block; }
.table { overflow-x: auto; } table { border-collapse: collapse; font-size: 0.9375rem; }
caption { text-align: left; } th, td { text-align: left; padding: 0.35rem 1rem 0.35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td.number { font-variant-numeric: tabular-nums; white-space: nowrap; } th small { display: block; font-weight: 400; color: var(--quiet); max-width: 24rem; }
li { overflow-wrap: anywhere; }
@media (max-width: 40rem) { .interval { display: block; white-space: normal; } td.number { white-space: normal; } }
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
<div class="plots">${plots.join('\n')}</div>
<h2>Measures</h2>
<div class="table">${table(result.explainers)}</div>
${answersTable(result.explainers)}
<p class="quiet">In brackets the 95 % interval: Wilson’s, or the bootstrap over cases where that is wider.</p>
${result.feedback.length === 0 ? '<h2>Feedback</h2><p>No analyst has given an opinion on these cases yet.</p>' : feedback(result)}
${result.explainers.map(examples).join('\n')}
</body>
</html>
`;
}

function hasDrops({ explainers }: EvaluationResult): boolean {
  return explainers.some(({ asked }) => asked !== null && Object.keys(asked.account.dropped).length > 0);
}

async function figure(caption: string, svg: Promise<string>): Promise<string> {
  return `<figure><figcaption>${caption}</figcaption>${await svg}</figure>`;
}

function table(explainers: readonly ExplainerResult[]): string {
  const head = explainers
    .map(({ name, explained }) => `<th scope="col">${markup(name)}<small>${explained} cases explained</small></th>`)
    .join('');
  const rows = measureNames.map((measure) => {
    const cells = explainers.map(({ measures }) => `<td class="number">${shown(measures[measure])}</td>`).join('');
    return `<tr><th scope="row">${titles[measure]}<small>${meanings[measure]}</small></th>${cells}</tr>`;
  });
  return `<table><thead><tr><th></th>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}

function feedback({ feedback: given }: EvaluationResult): string {
  const rows = given.map(
    ({ source, about, opinions, of }) =>
      `<tr><th scope="row">${markup(source)}<small>${of} ${of === 1 ? 'opinion' : 'opinions'} on ${about === 'case' ? 'whole cases' : 'findings'}</small></th>${[opinions.useful, opinions.useless, opinions.wrong].map((one) => `<td class="number">${shown(one)}</td>`).join('')}</tr>`,
  );
  const head = '<thead><tr><th></th><th scope="col">Useful</th><th scope="col">Useless</th><th scope="col">Wrong</th></tr></thead>';
  return `<h2>Feedback</h2><div class="table"><table>${head}<tbody>${rows.join('')}</tbody></table></div>`;
}

function examples({ name, examples: found }: ExplainerResult): string {
  if (found.length === 0) return '';
  return `<h2>To look at: ${markup(name)}</h2><ul>${found.map((one) => `<li>${markup(one)}</li>`).join('')}</ul>`;
}
