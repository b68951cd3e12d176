// The account of cases that were explained: each as the API shows it, its log as a follower hears it, and what providers were asked about it.
import type { Reason } from '../../src/domain/assessment.ts';
import { promptOf } from '../../src/review/explanation/prompt.ts';
import { inParallel } from './explaining-process.ts';
import { casesIn } from './good-model.ts';
import type { JsonClient } from './json-client.ts';
import type { Asked } from './telling-provider.ts';

export interface CaseAccount {
  readonly id: string;
  readonly tier: string;
  readonly origin: string;
  readonly cause: string | null;
  readonly attempts: number;
  /** What a prompt says of it: the whole story, and reason by reason, also those that are no part of it, with handles made equal. */
  readonly lines: string;
  readonly parts: ReadonlySet<string>;
}

interface Explanation {
  readonly final: boolean;
  readonly body: {
    readonly origin: string;
    readonly provenance: { readonly cause: string | null; readonly attempts: number } | null;
  } | null;
}

/** Of those that have a last word; what is wrong with any is added to `problems`. */
export async function auditCases(client: JsonClient, ids: readonly string[], problems: string[]): Promise<CaseAccount[]> {
  const accounts: CaseAccount[] = [];
  await inParallel(ids, 8, async (id) => {
    const { status, body } = await client.call('GET', `/v1/cases/${id}`);
    if (status !== 200) return void problems.push(`case ${id} answered ${status}`);
    const finals = (body['explanations'] as readonly Explanation[]).filter(({ final }) => final);
    if (finals.length !== 1) problems.push(`case ${id} has ${finals.length} final explanations`);
    const stream = await client.call('GET', `/v1/cases/${id}/explanation/stream`);
    problems.push(...logFaults(id, stream.body.text ?? ''));
    const told = finals[0]?.body;
    if (told === undefined || told === null) return;
    const { reasons } = body['assessment'] as { readonly reasons: readonly Reason[] };
    const lines = linesOf(reasons);
    const { cause = null, attempts = 0 } = told.provenance ?? {};
    const parts = new Set(reasons.flatMap((reason) => partsOf(linesOf([reason]))));
    accounts.push({ id, tier: String(body['tier']), origin: told.origin, cause, attempts, lines, parts });
  });
  return accounts;
}

/** What does not hold of a log that came to its end, as events of a stream. */
function logFaults(id: string, text: string): string[] {
  const events = text.split('\n\n').flatMap((frame) => {
    const event = /^event: (\w+)$/m.exec(frame)?.[1];
    return event === undefined
      ? []
      : [{ event, number: Number(/^id: (\d+)$/m.exec(frame)?.[1]), data: /^data: (.*)$/m.exec(frame)?.[1] ?? '' }];
  });
  const faults: string[] = [];
  if (events[0]?.event !== 'template') faults.push(`the log of ${id} begins with ${events[0]?.event}`);
  if (events.at(-1)?.event !== 'done') faults.push(`the log of ${id} ends with ${events.at(-1)?.event}`);
  for (const kind of ['template', 'done']) {
    const times = events.filter(({ event }) => event === kind).length;
    if (times !== 1) faults.push(`the log of ${id} has ${kind} ${times} times`);
  }
  const findings = events.filter(({ event }) => event === 'finding').map(({ data }) => (JSON.parse(data) as { id: string }).id);
  if (new Set(findings).size !== findings.length) faults.push(`the log of ${id} has a finding twice`);
  if (events.some(({ number }, i) => i > 0 && number <= (events[i - 1]?.number ?? 0))) faults.push(`the log of ${id} is out of order`);
  return faults;
}

function linesOf(reasons: readonly Reason[]): string {
  const prompt = promptOf([{ assessment: { reasons } as Parameters<typeof promptOf>[0][number]['assessment'] }]);
  return casesIn(prompt.text)[0]?.lines ?? '';
}

/** Handles are numbered anew in every prompt. */
function partsOf(lines: string): string[] {
  return lines
    .replaceAll(/\b([a-z]+(?:_[a-z]+)*)_[0-9]+\b/g, '$1')
    .split(/^(?=\S)/m)
    .filter((part) => part !== '');
}

export interface CallAccount {
  readonly whole: number;
  readonly cut: number;
  readonly faulty: number;
  /** Cut, and no kill was near: the service hung up by itself. */
  readonly hungUp: number;
  /** Stories that were sent in whole answers. */
  readonly stories: number;
  readonly rests: number;
}

/** Holds what was asked against the cases; see kill-explaining.ts for what must hold. */
export function auditPrompts(
  asked: readonly Asked[],
  cases: readonly CaseAccount[],
  wasCut: (one: Asked) => boolean,
  problems: string[],
): CallAccount {
  const tellers = Map.groupBy(cases, ({ lines }) => lines);
  const calls = { whole: 0, cut: 0, faulty: 0, hungUp: 0, stories: 0, rests: 0 };
  const wholeByStory = new Map<string, number>();
  for (const one of asked) {
    if (one.end === 'faulty') calls.faulty++;
    else if (wasCut(one)) calls.cut++;
    else if (one.end === 'whole') {
      calls.whole++;
      for (const story of one.lines) wholeByStory.set(story, (wholeByStory.get(story) ?? 0) + 1);
    } else calls.hungUp++;
  }
  for (const [story, times] of wholeByStory) {
    calls.stories += times;
    const whole = tellers.get(story)?.length ?? 0;
    if (whole === 0) calls.rests += times;
    const may = whole + restOf(story, cases);
    if (times > may) problems.push(`${times} whole answers were asked for a story of ${may} cases: ${story.slice(0, 200)}`);
  }
  if (calls.stories > cases.length) problems.push(`${calls.stories} stories were told in whole answers, for ${cases.length} cases`);
  return calls;
}

function restOf(story: string, cases: readonly CaseAccount[]): number {
  const parts = partsOf(story);
  return cases.filter(({ lines, parts: all }) => lines !== story && parts.every((part) => all.has(part))).length;
}
