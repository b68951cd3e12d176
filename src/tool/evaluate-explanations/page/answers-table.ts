// What asking the models came to, as a table: how many cases they answered, what of it held, how long it took and what it cost.
import type { Asked, ExplainerResult } from '../evaluate.ts';
import { markup, shown, table } from './markup.ts';
import { casesOf, type ModelAccount } from '../model-account.ts';
import { quantile } from '../statistics.ts';

type Row = readonly [title: string, meaning: string, cell: (asked: Asked) => string];

/** As sentences for people; what is not here is called by its own name. */
const endTitles: Readonly<Record<string, string>> = {
  limit: 'cut short by its own limit of tokens',
  refused: 'refused by the model or its filter',
  unusable: 'no answer that can be read',
  unreachable: 'no connection',
  rejected: 'the provider refused the request',
  rate_limited: 'told to come later',
  overloaded: 'the provider failed',
  first_text_late: 'nothing came in time',
  stalled: 'stopped in the middle',
  total_late: 'not done in time',
  cut: 'the connection was cut',
  garbled: 'not the provider’s protocol',
  suspended: 'left alone after many failures',
  budget: 'not asked, the budget was spent',
  given_up: 'not asked, the model was given up',
};

const rows: readonly Row[] = [
  ['Model', 'Provider, and what it calls the model.', ({ account }) => markup(`${account.provider}, ${account.model}`)],
  ['Usable answers', 'Cases of which enough was told that held; the others are left to the template.', ({ usable }) => shown(usable)],
  ['Findings that held', 'Of those that whole answers gave; the others were dropped.', ({ held }) => shown(held)],
  ['Without an answer', 'Cases, by the end of the last call.', ({ account }) => endings(account)],
  ['First text', 'After the question; median and 95th percentile of whole answers.', ({ account }) => times(account.firstTextMs)],
  ['Whole answer', 'As above.', ({ account }) => times(account.elapsedMs)],
  ['Tokens per answer', 'As the provider counted them; in brackets what was read from its cache.', ({ account }) => tokensEach(account)],
  ['Money for 1,000 answers', 'At the prices of the explainer file.', ({ account }) => moneyEach(account)],
  ['Spent by this run', 'With calls that failed, and with changed cases for the tests.', ({ account }) => spent(account)],
];

export function answersTable(explainers: readonly ExplainerResult[]): string {
  const asked = explainers.flatMap(({ name, asked: one }) => (one === null ? [] : [{ name, one }]));
  if (asked.length === 0) return '';
  const failures = asked.flatMap(({ name, one }) =>
    one.account.lastFailure === null ? [] : [`<li>${markup(`${name}: ${one.account.lastFailure}`)}</li>`],
  );
  return `<h2>Answers of the models</h2>
${table(
  asked.map(({ name }) => name),
  rows.map(([title, meaning, cellOf]) => [title, meaning, asked.map(({ one }) => cellOf(one))]),
)}
${failures.length === 0 ? '' : `<p>The last failure of each:</p><ul>${failures.join('')}</ul>`}`;
}

function endings(account: ModelAccount): string {
  const { stop: _answered, ...others } = account.ends;
  const lines = Object.entries(others).map(([end, count]) => `${count} ${endTitles[end] ?? end}`);
  return lines.length === 0 ? `none of ${casesOf(account)}` : lines.map((line) => markup(line)).join('<br>');
}

function times(measured: readonly number[]): string {
  if (measured.length === 0) return 'not measured';
  return `${seconds(quantile(measured, 0.5))} <span class="quiet interval">(95th percentile ${seconds(quantile(measured, 0.95))})</span>`;
}

function seconds(ms: number): string {
  return ms < 1_000 ? `${ms.toFixed(0)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function tokensEach({ tokens, answers }: ModelAccount): string {
  if (answers === 0 || tokens.input + tokens.output === 0) return 'not counted';
  const { input, cacheRead, output } = tokens;
  return `${count(input / answers)} in <span class="quiet">(${count(cacheRead / answers)})</span>, ${count(output / answers)} out`;
}

function money(amount: number | null, currency: string): string {
  return amount === null ? 'no price' : `${amount.toFixed(amount > 0 && amount < 1 ? 4 : 2)} ${currency}`;
}

function moneyEach({ money: amount, answers, currency }: ModelAccount): string {
  return answers === 0 ? 'not measured' : markup(money(amount === null ? null : (amount / answers) * 1_000, currency));
}

function spent({ run, currency }: ModelAccount): string {
  const { calls, reused, callsEstimated, tokens, money: amount } = run;
  const lines = [
    `${count(calls)} calls, ${count(reused)} answers known before`,
    `${count(tokens.input)} tokens in, ${count(tokens.output)} out`,
    money(amount, currency),
    ...(callsEstimated > 0 ? [`${count(callsEstimated)} calls by estimate`] : []),
  ];
  return lines.map((line) => markup(line)).join('<br>');
}
