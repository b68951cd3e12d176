// Cases that were claimed together, from the claim to the last word. Each is told by the cheapest that can: an answer that is kept, one that
// is under way for an equal case, a model, or the template alone where no model may or can.
import { attemptsMax } from '../../domain/case/job.ts';
import type { Claim } from '../../domain/case/job.ts';
import { explainWithinMs, type Tier } from '../../domain/case/tier.ts';
import type { Finding } from '../../domain/explanation/finding.ts';
import type { JobQueue } from '../../ports/case/job-queue.ts';
import { findingsMin } from '../explanation/validate.ts';
import type { TemplateCause, ToldFinding } from './told/body.ts';
import { askGroup, type AskParts, type GroupEnd, modelsInOrder } from './asking/group.ts';
import type { KeptAnswer, KeptAnswers } from './kept-answers.ts';
import { Work, type WorkParts } from './work.ts';

/** After so many the template has the last word: whatever ended them may be the case itself. The rest are for saying so. */
export const modelAttemptsMax = attemptsMax - 2;
/** The wait before another attempt is about this long; see `retryDelayMs`. */
const retryWaitMs = 2000;
/** A call that ends just in time leaves none for the cases that wait behind it with the same deadline. */
const marginForOthers = 1.5;
/** Of a tier's time, for saying the last word where very many are said: 5 s of a minute. */
const lastWordPart = 1 / 12;
/** The model's sentences are checked with an English lexicon, and an explanation has one language. */
const modelLanguage = 'en';

export interface BatchParts extends AskParts, WorkParts {
  readonly queue: JobQueue;
  readonly kept: KeptAnswers;
  /** Answers under way, by signature. */
  readonly underWay: Map<string, UnderWay>;
  /** How long a case of the tier has lately taken with a model. */
  readonly pace: Pace;
  readonly onProblem: (sentence: string) => void;
}

export interface Pace {
  note(tier: Tier, elapsedMs: number): void;
  expectedMs(tier: Tier): number;
}

interface SharedAnswer {
  readonly end: GroupEnd;
  readonly answer: KeptAnswer;
}

interface UnderWay extends PromiseWithResolvers<SharedAnswer> {
  readonly owner: Work;
}

export interface BatchEnd {
  /** Cases that were for a model. */
  readonly asked: number;
  /** Nobody could be asked about them, and they wait again. */
  readonly refused: boolean;
}

/** Before this time a case of the tier must be in work for a model to tell it in time. */
export function lastChanceMs({ clock, pace }: Pick<BatchParts, 'clock' | 'pace'>, tier: Tier): number {
  return clock.nowMs() + marginForOthers * pace.expectedMs(tier) + explainWithinMs[tier] * lastWordPart;
}

export interface Batch {
  readonly tier: Tier;
  readonly claims: readonly Claim[];
  /** More cases of the tier wait than there are workers: one that is told late makes others late. */
  readonly crowded: boolean;
  /** Taken because they are due before the next look, at a time when no model could be asked. */
  readonly due: boolean;
}

/** Never rejects: what fails goes back to the queue, or its lease runs out. */
export async function explainBatch(parts: BatchParts, batch: Batch, signal: AbortSignal): Promise<BatchEnd> {
  const { tier, claims } = batch;
  const begun = await Promise.all(claims.map((claim) => begin(parts, claim, signal)));
  const works = begun.filter((work) => work !== null);
  const byModel: Work[] = [];
  const shed: Promise<void>[] = [];
  for (const work of works) {
    const cause = causeAgainst(parts, work, batch);
    if (cause === null) byModel.push(work);
    else shed.push(settle(parts, work, signal, () => endWith(parts, work, cause)));
  }
  const batchMax = Math.max(1, parts.plan.tiers[tier]?.batchMax ?? 1);
  // One call's worth; the others would wait for it with a lease, and a kill would count as an attempt at each of them.
  const later = byModel.slice(batchMax).map((work) => settle(parts, work, signal, () => putBack(parts, work)));
  await Promise.all([...shed, ...later]);
  const end = byModel.length === 0 ? null : await tellByModel(parts, tier, byModel.slice(0, batchMax), signal);
  return { asked: byModel.length, refused: end?.kind === 'suspended' };
}

/** Null when nothing is left to do, or nothing can be done now. */
async function begin(parts: BatchParts, claim: Claim, signal: AbortSignal): Promise<Work | null> {
  try {
    const work = await Work.begin(parts, claim);
    if (work === null) await parts.queue.complete(claim.job.id, claim.lease);
    return work;
  } catch (error) {
    await giveBack(parts, claim, signal, error);
    return null;
  }
}

/** Why no model is to tell this case; null when one is. */
function causeAgainst(parts: BatchParts, work: Work, { crowded, due }: Batch): TemplateCause | null {
  const { job } = work.claim;
  const reach = reachOf(parts, job.tier);
  if (reach === 'none') return 'no_plan';
  if (work.story.reasons.length === 0) return 'nothing_to_tell';
  if (job.attempts > modelAttemptsMax) return 'attempts';
  if (work.needsMore && parts.budgets.isSpent(job.tier) && !isSharing(parts, job.tier, work)) return 'budget';
  if (due && reach === 'suspended') return 'failed';
  if (job.deadlineMs >= lastChanceMs(parts, job.tier)) return null;
  // An urgent case is told late rather than not at all, where that makes no other one late.
  const mayBeLate = !crowded && (job.tier === 'critical' || job.tier === 'high');
  return mayBeLate ? null : 'deadline';
}

/** Whether a model of the tier can be asked: none ever, none just now, or one. */
export function reachOf(parts: Pick<BatchParts, 'plan' | 'models' | 'wording' | 'weakness'>, tier: Tier): 'none' | 'suspended' | 'one' {
  const tierPlan = parts.plan.tiers[tier];
  if (tierPlan === undefined || parts.wording.language !== modelLanguage) return 'none';
  const [first] = modelsInOrder(parts, tierPlan);
  if (first === undefined) return 'none';
  return first.model.available() ? 'one' : 'suspended';
}

/** How asking ended; null where all were told without. */
async function tellByModel(parts: BatchParts, tier: Tier, works: readonly Work[], signal: AbortSignal): Promise<GroupEnd | null> {
  const startedMs = parts.clock.monotonicMs();
  const own: Work[] = [];
  const others: Promise<void>[] = [];
  for (const work of works) {
    const kept = work.fresh ? keptFor(parts, tier, work) : null;
    const shared = work.fresh ? parts.underWay.get(work.signature)?.promise : undefined;
    if (!work.needsMore) others.push(settle(parts, work, signal, () => endWith(parts, work, null)));
    else if (kept !== null) {
      parts.meter.shared(tier, 'kept');
      others.push(settle(parts, work, signal, () => adopt(parts, work, { end: { kind: 'answered' }, answer: kept }, signal)));
    } else if (shared !== undefined) {
      others.push(
        settle(parts, work, signal, async () => {
          const answer = await shared;
          parts.pace.note(tier, parts.clock.monotonicMs() - startedMs);
          parts.meter.shared(tier, 'joined');
          await adopt(parts, work, answer, signal);
        }),
      );
    } else {
      own.push(work);
      // At once, so that an equal case of the same batch finds it.
      if (work.fresh) parts.underWay.set(work.signature, { owner: work, ...Promise.withResolvers<SharedAnswer>() });
    }
  }
  const [end] = await Promise.all([askOwn(parts, tier, own, signal), ...others]);
  return end;
}

async function askOwn(parts: BatchParts, tier: Tier, works: readonly Work[], signal: AbortSignal): Promise<GroupEnd | null> {
  if (works.length === 0) return null;
  const startedMs = parts.clock.monotonicMs();
  const end = await askSafely(parts, tier, works, signal);
  if (end.kind === 'answered') parts.pace.note(tier, parts.clock.monotonicMs() - startedMs);
  for (const work of works) share(parts, tier, work, end);
  await Promise.all(works.map((work) => settle(parts, work, signal, () => endAfter(parts, work, end, signal))));
  return end;
}

/** Others may wait for the answer, so there is an end whatever happens. */
async function askSafely(parts: BatchParts, tier: Tier, works: readonly Work[], signal: AbortSignal): Promise<GroupEnd> {
  try {
    return await askGroup(parts, tier, works, signal);
  } catch (error) {
    return { kind: 'failed', detail: `Asking failed unexpectedly: ${(error as Error).message}`, retryAfterMs: null, hopeless: false };
  }
}

/** Gives what was told to whoever waits for it, and keeps it where it is whole. */
function share({ kept, underWay, plan }: BatchParts, tier: Tier, work: Work, end: GroupEnd): void {
  const mine = underWay.get(work.signature);
  if (mine?.owner !== work) return;
  const findings = work.findings.map(asWritten);
  const models = [...new Set(work.findings.map(({ model }) => model))];
  const answer = {
    model: models[0] ?? plan.tiers[tier]?.models[0] ?? '',
    findings,
    nextChecks: [...work.nextChecks] as KeptAnswer['nextChecks'],
  };
  if (end.kind === 'answered' && models.length === 1 && findings.length >= Math.min(findingsMin, work.story.reasons.length))
    kept.put(keyOf(work.signature, answer.model), answer);
  underWay.delete(work.signature);
  mine.resolve({ end, answer });
}

function asWritten({ code, codes, evidenceIds, direction, strength, written, sentence }: ToldFinding): Finding {
  return { code, codes, evidenceIds, direction, strength, sentence: written ?? sentence };
}

function keyOf(signature: string, model: string): string {
  return `${model} ${signature}`;
}

/** It would be told without a call. */
function isSharing(parts: BatchParts, tier: Tier, work: Work): boolean {
  return work.fresh && (keptFor(parts, tier, work) !== null || parts.underWay.has(work.signature));
}

/** One of any model of the tier, the preferred one's first. */
function keptFor(parts: BatchParts, tier: Tier, work: Work): KeptAnswer | null {
  for (const name of parts.plan.tiers[tier]?.models ?? []) {
    const answer = parts.kept.get(keyOf(work.signature, name));
    if (answer !== null) return answer;
  }
  return null;
}

async function adopt(parts: BatchParts, work: Work, { end, answer }: SharedAnswer, signal: AbortSignal): Promise<void> {
  work.adopt(answer.findings, answer.nextChecks, answer.model);
  await endAfter(parts, work, end, signal);
}

/** What becomes of a case after models were asked. */
async function endAfter(parts: BatchParts, work: Work, end: GroupEnd, signal: AbortSignal): Promise<void> {
  if (end.kind === 'answered' || !work.needsMore) return endWith(parts, work, null);
  if (end.kind === 'budget') return endWith(parts, work, 'budget');
  if (end.kind !== 'failed' || signal.aborted) {
    return putBack(parts, work);
  }
  const { job, lease } = work.claim;
  const againMs = parts.clock.nowMs() + (end.retryAfterMs ?? 0) + retryWaitMs + parts.pace.expectedMs(job.tier);
  const isLastTry = end.hopeless || job.attempts >= modelAttemptsMax;
  if (!isLastTry && againMs <= job.deadlineMs) {
    await work.close();
    await parts.queue.fail(job.id, lease, { error: end.detail, ...(end.retryAfterMs === null ? {} : { retryAfterMs: end.retryAfterMs }) });
    return;
  }
  await work.finish('failed');
  // The case has its last word; the dead job tells an operator that no model could give it.
  if (isLastTry) await parts.queue.fail(job.id, lease, { error: end.detail, hopeless: true });
  else await parts.queue.complete(job.id, lease);
}

/** To be claimed again, without an attempt having been made. */
async function putBack({ queue }: BatchParts, work: Work): Promise<void> {
  await work.close();
  await queue.release(work.claim.job.id, work.claim.lease);
}

async function endWith({ queue }: BatchParts, work: Work, cause: TemplateCause | null): Promise<void> {
  await work.finish(cause);
  const { job, lease } = work.claim;
  if (cause === 'attempts') await queue.fail(job.id, lease, { error: 'No attempt with a model came to its end.', hopeless: true });
  else await queue.complete(job.id, lease);
}

async function settle(parts: BatchParts, work: Work, signal: AbortSignal, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (error) {
    await giveBack(parts, work.claim, signal, error);
  }
}

/** The store that failed may be the queue's too: then the lease runs out. */
async function giveBack({ queue }: BatchParts, { job, lease }: Claim, signal: AbortSignal, error: unknown): Promise<void> {
  try {
    if (signal.aborted) await queue.release(job.id, lease);
    else await queue.fail(job.id, lease, { error: error instanceof Error ? error.message : String(error) });
  } catch {
    // Its lease runs out.
  }
}
