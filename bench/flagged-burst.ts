// What happens when very many logins are flagged at once? Sends them to the real service as fast as it takes them, with a provider of limited
// speed and a budget that does not reach for all, and counts what became of each.
//
//   node bench/flagged-burst.ts [--logins 100000] [--connections 32] [--minutes 15] [--seed 1]
//
// Of the logins 1 % are critical, 4 % high, 15 % medium and 80 % low. The fake of a provider answers in the bench's process with findings
// made from the prompt's lines. The budget of tokens is what about a third of the calls would cost, so that tiers are shed from the lowest up
// (70, 85, 95 % of it). When all have their last word, or after so many minutes, it prints
//
//   - whether the cases that the API lists are exactly the logins that were answered as flagged;
//   - the service's own memory before, at its highest and at the end;
//   - of the critical ones how many had their last word within a minute of their opening, and of the answer to their login;
//   - who told the cases, by tier and cause, and the missed deadlines by tier, as the service counts them.
//
// Ends with exit code 1 when a case is missing or too many, when a critical one was late, when memory grew past the bound, or when a more
// urgent tier was shed for the budget and a less urgent one was still asked for. The bound is what the parts say of themselves: 256 MB for
// the service's objects and as much for the review thread's, on top of what the service had before.
import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Tier, tiers } from '../src/domain/case/tier.ts';
import {
  benchDirectory,
  depthsOf,
  inParallel,
  type ListedCase,
  listedCases,
  metricsText,
  metricSum,
  seriesOf,
  settingsIn,
  unfinished,
} from './support/explaining-process.ts';
import { flaggedBody, tierPicker } from './support/flagged-logins.ts';
import { createClient } from './support/json-client.ts';
import { startServer } from './support/server-process.ts';
import { quantile } from './support/statistics.ts';
import { startTellingProvider } from './support/telling-provider.ts';

const { values } = parseArgs({
  options: {
    logins: { type: 'string', default: '100000' },
    connections: { type: 'string', default: '32' },
    minutes: { type: 'string', default: '15' },
    seed: { type: 'string', default: '1' },
  },
});
const logins = Number(values.logins);
const connections = Number(values.connections);
const patienceMs = Number(values.minutes) * 60_000;
const seed = Number(values.seed);
const shares = { critical: 0.01, high: 0.04, medium: 0.15, low: 0.8 };
/** Of one call, as the fake counts it; and as the service estimates it before. */
const tokensPerCall = 1260;
const callsAllowed = Math.ceil(logins * 0.03) + 60;
const memoryBoundMb = 512;
const minuteMs = 60_000;

const directory = benchDirectory('flagged-burst');
const provider = await startTellingProvider({ kind: 'compatible', seed, firstTextMs: 250, pauseMs: 8, faultShare: 0 });
const limits = 'first_text_ms: 10000, stall_ms: 10000, total_ms: 30000, concurrency: 48,';
const env = settingsIn(
  directory,
  [{ name: 'fake', kind: provider.kind, baseUrl: provider.baseUrl, more: limits }],
  `  critical: { models: [fake], workers: 16 }
  high: { models: [fake], workers: 8 }
  medium: { models: [fake], workers: 2 }
  low: { models: [fake] }
tokens_per_hour: ${callsAllowed * tokensPerCall}
`,
);
const tierOfNext = tierPicker(shares, seed);
/** When each flagged login was answered, by the id of its case. */
const flagged = new Map<string, number>();
const problems: string[] = [];
let sent = 0;
let refused = 0;
const service = await startServer({ script: 'src/start.js', core: -1, env });
const client = createClient(service.url, connections);
let mostBytes = 0;
const sampling = setInterval(() => {
  mostBytes = Math.max(mostBytes, service.ownMemoryBytes());
}, 500);
try {
  await inParallel(
    Array.from({ length: Math.min(500, logins) }, () => null),
    connections,
    sendOne,
  );
  const beforeBytes = service.ownMemoryBytes();
  await burst();
  await untilTold();
  const listed = await listedCases(client);
  compare(listed);
  await urgency(listed);
  counts(await metricsText(service.url));
  memory(beforeBytes);
} finally {
  clearInterval(sampling);
  client.close();
  await service.stop();
  await provider.close();
  rmSync(directory, { recursive: true, force: true });
}
process.stdout.write(
  problems.length === 0 ? 'Nothing was lost, and what was urgent came first.\n' : `Broken:\n${problems.slice(0, 20).join('\n')}\n`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

async function burst(): Promise<void> {
  const beganMs = performance.now();
  const before = sent;
  await inParallel(
    Array.from({ length: Math.max(0, logins - before) }, () => null),
    connections,
    sendOne,
  );
  const seconds = (performance.now() - beganMs) / 1000;
  process.stdout.write(
    `${sent} logins, ${flagged.size} flagged, ${refused} answers of 408 or 503; the burst took ${seconds.toFixed(0)} s, ${((sent - before) / seconds).toFixed(0)} per second\n`,
  );
}

async function sendOne(): Promise<void> {
  const { status, body } = await client.call('POST', '/v1/score', flaggedBody(++sent, tierOfNext(), Date.now()));
  if (status === 408 || status === 503) refused++;
  else if (status !== 200) problems.push(`score answered ${status}`);
  else if (typeof body['case_id'] === 'string') flagged.set(body['case_id'], Date.now());
}

/** Until every flagged login is a case and every case has its last word, or patience ends. */
async function untilTold(): Promise<void> {
  const beganMs = performance.now();
  let openedMs: number | null = null;
  let left = Number.POSITIVE_INFINITY;
  while (performance.now() - beganMs < patienceMs) {
    await pause(2000);
    const text = await metricsText(service.url);
    const depths = await depthsOf(client);
    const opened = metricSum(text, 'portcullis_cases_opened_total');
    if (openedMs === null && opened >= flagged.size) openedMs = performance.now() - beganMs;
    left = depths === null ? left : unfinished(depths);
    if (openedMs !== null && left === 0) break;
    if (Math.round((performance.now() - beganMs) / 2000) % 15 === 0) progress(opened, text, left);
  }
  const seconds = ((performance.now() - beganMs) / 1000).toFixed(0);
  const opened = openedMs === null ? 'never' : `${(openedMs / 1000).toFixed(0)} s after the burst`;
  process.stdout.write(`all cases stood ${opened}; ${left} had no last word ${seconds} s after the burst\n`);
  // The service counts in its other thread and says how much every five seconds.
  await pause(6000);
}

function progress(opened: number, text: string, left: number): void {
  const told = metricSum(text, 'portcullis_explanations_total');
  process.stdout.write(
    `  ${opened} opened, ${told} told, ${left} jobs left, ${metricSum(text, 'portcullis_cases_overflowed_total')} overflowed, ${(mostBytes / 2 ** 20).toFixed(0)} MB at most\n`,
  );
}

function compare(listed: readonly ListedCase[]): void {
  const ids = new Set(listed.map(({ id }) => id));
  const lost = [...flagged.keys()].filter((id) => !ids.has(id));
  const strange = [...ids].filter((id) => !flagged.has(id));
  if (lost.length > 0) problems.push(`${lost.length} flagged logins are no case, for instance ${lost[0]}`);
  if (strange.length > refused) problems.push(`${strange.length} cases are of no flagged answer`);
  if (ids.size !== listed.length) problems.push(`the list has ${listed.length - ids.size} cases twice`);
  const byTier = tiers.map((tier) => `${tier} ${listed.filter((each) => each.tier === tier).length}`);
  process.stdout.write(`${listed.length} cases listed (${byTier.join(', ')}): ${lost.length} lost, ${strange.length} of no answer\n`);
}

async function urgency(listed: readonly ListedCase[]): Promise<void> {
  const sinceOpening: number[] = [];
  const sinceLogin: number[] = [];
  let untold = 0;
  const critical = listed.filter(({ tier }) => tier === 'critical');
  await inParallel(critical, 8, async ({ id, openedMs, occurredMs }) => {
    const { body } = await client.call('GET', `/v1/cases/${id}/explanation`);
    if (body['final'] !== true) return void untold++;
    const atMs = Date.parse(String(body['at']));
    sinceOpening.push(atMs - openedMs);
    sinceLogin.push(atMs - (flagged.get(id) ?? occurredMs));
  });
  const said = (all: readonly number[]): string => {
    const met = all.filter((each) => each <= minuteMs).length;
    return `${met} of ${critical.length} within a minute, median ${(quantile(all, 0.5) / 1000).toFixed(1)} s, worst ${(Math.max(...all) / 1000).toFixed(1)} s`;
  };
  if (untold > 0) problems.push(`${untold} critical cases have no last word`);
  if (sinceOpening.length === 0) return;
  const late = sinceLogin.filter((each) => each > minuteMs).length;
  if (late > 0) problems.push(`${late} critical cases had their last word later than a minute after their login`);
  process.stdout.write(
    `critical, since the case was opened: ${said(sinceOpening)}\ncritical, since the login was answered: ${said(sinceLogin)}\n`,
  );
}

function counts(text: string): void {
  process.stdout.write('told, as the service counts it:\n');
  const told = seriesOf(text, 'portcullis_explanations_total');
  for (const tier of tiers) {
    const mine = told.filter(({ labels }) => labels['tier'] === tier);
    const said = mine.map(
      ({ labels, value }) => `${labels['origin']}${labels['cause'] === 'none' ? '' : ` (${labels['cause']})`} ${value}`,
    );
    const missed = metricSum(text, 'portcullis_explanation_deadlines_total', { tier, met: 'false' });
    const shared = seriesOf(text, 'portcullis_explanations_shared_total').filter(({ labels }) => labels['tier'] === tier);
    const without = shared.map(({ labels, value }) => `${labels['how']} ${value}`).join(', ');
    process.stdout.write(
      `  ${tier.padEnd(9)} ${said.sort().join(', ')}; ${missed} after their deadline${without === '' ? '' : `; without a call of their own: ${without}`}\n`,
    );
  }
  const calls = tiers.map((tier) => `${tier} ${metricSum(text, 'portcullis_model_calls_total', { tier })}`);
  process.stdout.write(`calls: ${calls.join(', ')}; allowed by the budget: ${callsAllowed}\n`);
  shedInOrder(text);
}

/** For want of budget, a smaller share of each more urgent tier may be left to the template than of the one below. */
function shedInOrder(text: string): void {
  const shedShare = (tier: Tier): number => {
    const shed = metricSum(text, 'portcullis_explanations_total', { tier, cause: 'budget' });
    return shed / Math.max(1, metricSum(text, 'portcullis_explanations_total', { tier }) - sampledOut(text, tier));
  };
  for (const [i, tier] of tiers.entries()) {
    const below = tiers[i + 1];
    if (below !== undefined && shedShare(tier) > shedShare(below) + 0.02) problems.push(`${tier} was shed for the budget before ${below}`);
  }
}

function sampledOut(text: string, tier: Tier): number {
  return metricSum(text, 'portcullis_explanations_total', { tier, cause: 'sampled_out' });
}

function memory(beforeBytes: number): void {
  const mb = (bytes: number): string => (bytes / 2 ** 20).toFixed(0);
  process.stdout.write(
    `the service's own memory: ${mb(beforeBytes)} MB before, ${mb(mostBytes)} at most, ${mb(service.ownMemoryBytes())} at the end\n`,
  );
  if (mostBytes - beforeBytes > memoryBoundMb * 2 ** 20) problems.push(`memory grew by more than ${memoryBoundMb} MB`);
}
