// One case in work: what is known of it, what a model has told so far, and the way to its last word. Every step may be the last one before
// the process dies; whoever claims the job next reads the log and goes on from there.
import type { Case } from '../../domain/case/case.ts';
import type { StoredExplanation } from '../../domain/case/explanation.ts';
import type { Claim } from '../../domain/case/job.ts';
import { tellingsMax } from '../../domain/case/telling.ts';
import type { Finding } from '../../domain/explanation/finding.ts';
import type { Wording } from '../../domain/explanation/wording.ts';
import type { CaseStore } from '../../ports/case/case-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ExplanationLog, NewTelling } from '../../ports/case/explanation-log.ts';
import { promptOf, promptVersion } from '../explanation/prompt.ts';
import { type Story, storyOf } from '../explanation/story.ts';
import { checkFinding, findingsMax } from '../explanation/validate.ts';
import { type ExplanationBody, findingId, readBody, type TemplateCause, templateBody, type ToldFinding, writeBody } from './told/body.ts';
import { finalBody, isEnough, isTold, mainCodes, type Told } from './told/final-body.ts';
import { resolveHandles } from './told/handles.ts';
import type { ExplainMeter } from './meter.ts';
import {
  type AskedPart,
  askedTellings,
  askingTelling,
  type CallCost,
  type Course,
  courseOf,
  findingTelling,
  isCall,
  lastTellings,
  templateTelling,
  withCall,
} from './told/tellings.ts';

export interface WorkParts {
  readonly store: Pick<CaseStore, 'get' | 'explain' | 'explanations'>;
  readonly log: ExplanationLog;
  readonly clock: Clock;
  readonly wording: Wording;
  readonly meter: ExplainMeter;
  readonly onTold: (tenant: string, caseId: string) => void;
  /** A collision-resistant digest, so that two stories never share an answer. */
  readonly digest: (text: string) => string;
}

export class Work {
  readonly claim: Claim;
  readonly found: Case;
  readonly story: Story;
  /** By which equal stories are known; language and prompt are part of it. */
  readonly signature: string;
  shared = false;
  nextChecks: readonly string[] = [];
  #calls: number;
  #closed = false;
  readonly #parts: WorkParts;
  readonly #findings: ToldFinding[];
  #course: Course;
  #tellings: Promise<void> = Promise.resolve();
  #trouble: Error | null = null;

  private constructor(parts: WorkParts, claim: Claim, found: Case, course: Course) {
    this.#parts = parts;
    this.claim = claim;
    this.found = found;
    this.#course = course;
    // An attempt that was given back is made again under its number, and the log takes each name once.
    this.#calls = course.named;
    this.#findings = [...course.findings];
    const [prompted] = promptOf([found]).cases;
    this.story = prompted?.story ?? storyOf([]);
    this.signature = parts.digest(`${parts.wording.language} ${prompted?.signature ?? ''}`);
  }

  /** Null when there is nothing left to do: the case is gone, or its last word was said and is told now. Rejects with a StorageFailure. */
  static async begin(parts: WorkParts, claim: Claim): Promise<Work | null> {
    const { tenant, subject } = claim.job;
    const found = await parts.store.get(tenant, subject);
    if (found === null) return null;
    const final = finalOf(await parts.store.explanations(tenant, subject));
    if (final !== null) {
      await tellLast(parts, claim, final);
      return null;
    }
    const told = (await parts.log.after(tenant, subject, 0, tellingsMax)) ?? [];
    // The opener has begun the log; for a case from before there was one it begins here.
    if (told.length === 0)
      await parts.log.append(tenant, subject, [templateTelling(templateBody(found, parts.wording), parts.clock.nowMs())]);
    return new Work(parts, claim, found, courseOf(told));
  }

  get findings(): readonly ToldFinding[] {
    return this.#findings;
  }

  /** Nothing was told before: an answer to it is an answer to every equal story. */
  get fresh(): boolean {
    return this.#course.findings.length === 0;
  }

  /** Whether a model still has something to tell that matters. */
  get needsMore(): boolean {
    const { reasons } = this.found.assessment;
    if (this.story.reasons.length === 0) return false;
    return !isEnough(this.#findings, reasons) || mainCodes(reasons).some((code) => !isTold(code, this.#findings));
  }

  /** The login with the reasons that nobody has told yet. */
  rest(): Pick<Case, 'assessment'> {
    const { assessment } = this.found;
    return { assessment: { ...assessment, reasons: assessment.reasons.filter((reason) => !isTold(reason.code, this.#findings)) } };
  }

  /** A finding that held up, with handles in its sentence; it is told at once. `story` is the one that it was held against. */
  take(finding: Finding, story: Pick<Story, 'handles'>, model: string): void {
    const id = findingId(finding);
    if (this.#findings.length >= findingsMax || this.#findings.some((other) => other.id === id)) return;
    const { wording, clock, meter } = this.#parts;
    const sentence = resolveHandles(finding.sentence, story, wording);
    const told: ToldFinding = { ...finding, id, sentence, origin: 'model', model, written: finding.sentence };
    const { tier, enqueuedAtMs } = this.claim.job;
    if (this.#findings.length === 0) meter.firstFinding(tier, Math.max(0, clock.nowMs() - enqueuedAtMs));
    this.#findings.push(told);
    this.#tell([findingTelling(told, clock.nowMs())]);
  }

  /** Findings that were made for an equal story: held against this one again before they are shown. */
  adopt(findings: readonly Finding[], nextChecks: readonly string[], model: string): void {
    for (const { evidenceIds, sentence } of findings) {
      const checked = checkFinding(this.story, { evidence: evidenceIds, sentence, direction: null, strength: null });
      if (checked.ok) this.take(checked.finding, this.story, model);
    }
    this.nextChecks = nextChecks;
    this.shared = true;
  }

  /** A call is about to be made for this case, whose prompt alone costs this. A name for it. */
  asking(prompt: CallCost): string {
    const { id, attempts } = this.claim.job;
    const call = `${id}/${attempts}/${++this.#calls}`;
    this.#tell([askingTelling(prompt, call, this.#parts.clock.nowMs())]);
    return call;
  }

  /** A call for this case is over. `call` names it within the case. */
  asked(part: AskedPart, call: string): void {
    const dropped: Record<string, number> = { ...this.#course.dropped };
    for (const [rule, count] of Object.entries(part.dropped)) dropped[rule] = (dropped[rule] ?? 0) + count;
    if (isCall(part)) this.#course = withCall({ ...this.#course, dropped }, part);
    this.#tell(askedTellings(part, call, this.#parts.clock.nowMs()));
  }

  /**
   * Nothing more is told by this attempt: a call that was hung up may end later, and is then counted by the meter alone. Resolves when all
   * that was told is stored; rejects with the failure of any of it.
   */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#tellings;
    if (this.#trouble !== null) throw this.#trouble;
  }

  /** Says the last word, or finds out that it was said, and tells it. Rejects with a StorageFailure. */
  async finish(cause: TemplateCause | null): Promise<void> {
    await this.close();
    const { store, clock, wording, meter } = this.#parts;
    const { job } = this.claim;
    const body = finalBody(this.found, this.#told(cause), wording);
    const atMs = clock.nowMs();
    const source = body.origin === 'template' ? 'template' : 'model';
    const made = { source, key: job.id, final: true, body: writeBody(body), atMs } as const;
    const explained = await store.explain(job.tenant, job.subject, made);
    if (explained.kind === 'unknown_case') return;
    if (explained.kind === 'stored') {
      meter.told(job.tier, body.origin, body.provenance?.cause ?? null);
      meter.deadline(job.tier, atMs <= job.deadlineMs);
      return tellLast(this.#parts, this.claim, { body, version: explained.version });
    }
    const final = finalOf(await store.explanations(job.tenant, job.subject));
    if (final === null) throw new Error(`The explanation of case ${job.subject} was not stored: ${explained.kind}.`);
    await tellLast(this.#parts, this.claim, final);
  }

  #told(cause: TemplateCause | null): Told {
    const { reasons } = this.found.assessment;
    const complete = isEnough(this.#findings, reasons) && mainCodes(reasons).every((code) => isTold(code, this.#findings));
    const { tokens, money, calls, callsEstimated, dropped } = this.#course;
    return {
      findings: this.#findings,
      nextChecks: this.nextChecks,
      provenance: {
        models: [...new Set(this.#findings.flatMap(({ model }) => (model === null ? [] : [model])))],
        promptVersion,
        tokens,
        money,
        calls,
        callsEstimated,
        attempts: this.claim.job.attempts,
        dropped,
        signature: this.signature,
        shared: this.shared,
        cause: complete && this.#findings.length > 0 ? null : (cause ?? 'too_few'),
      },
    };
  }

  /** In order, without holding up the model; what goes wrong is told by `close`. */
  #tell(tellings: readonly NewTelling[]): void {
    if (this.#closed) return;
    const { log, onTold } = this.#parts;
    const { tenant, subject } = this.claim.job;
    this.#tellings = this.#tellings.then(async () => {
      try {
        await log.append(tenant, subject, tellings);
        onTold(tenant, subject);
      } catch (error) {
        this.#trouble ??= error instanceof Error ? error : new Error(String(error));
      }
    });
  }
}

interface Final {
  readonly body: ExplanationBody | null;
  readonly version: number;
}

function finalOf(stored: readonly StoredExplanation[]): Final | null {
  const final = stored.find((each) => each.final);
  return final === undefined ? null : { body: readBody(final.body), version: final.version };
}

async function tellLast({ log, clock, onTold, wording, store }: WorkParts, { job }: Claim, { body, version }: Final): Promise<void> {
  const { tenant, subject } = job;
  // One of another version cannot be told finding by finding; its end can.
  const found = body === null ? await store.get(tenant, subject) : null;
  const said = body ?? (found === null ? null : templateBody(found, wording));
  if (said === null) return;
  await log.append(tenant, subject, lastTellings(said, version, clock.nowMs()));
  onTold(tenant, subject);
}
