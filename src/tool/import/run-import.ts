// Loads history through the same code that serves: parse, assess, learn the outcome. One after the other, in file order, so
// that every attempt sees exactly what came before it.
//
// Resumable: progress is written after a flush of the stores, and lines done after the last checkpoint are recognised by
// their attempt id when they come again.
import { hash } from 'node:crypto';
import { type Label, labels, type Outcome, outcomes } from '../../domain/assessment.ts';
import type { AssessRequest, AssessResult } from '../../assess/assess.ts';
import { type LearnPorts, recordLabel, recordOutcome } from '../../learn/record-outcome.ts';
import { parseAttempt } from '../../parse/attempt.ts';
import { isScoreRequest, scoreRequestFault } from '../../parse/score-request.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Checkpoint, Progress } from './checkpoint.ts';
import type { NumberedRecord } from './read-records.ts';

export interface ImportPorts extends LearnPorts {
  readonly assess: (request: AssessRequest) => Promise<AssessResult>;
  readonly clock: Clock;
  /** Called between attempts; see catch-up.ts. Rejects when something had to be given up, and that ends the import. */
  readonly catchUp: () => Promise<void>;
}

export interface ImportOptions {
  readonly tenant: string;
  /** Names the file in generated attempt ids. */
  readonly name: string;
  /** Lines between two checkpoints: what is repeated at most after an interruption. */
  readonly checkpointLines: number;
  readonly onRefused: (line: number, reason: string) => void;
  readonly onAssessed?: (result: AssessResult, record: Readonly<Record<string, unknown>>) => void;
  readonly onProgress?: (progress: Progress) => void;
  /** Ends the import after the line under way, with a checkpoint. */
  readonly stopping?: () => boolean;
}

/** A generous limit: history is scored by the model even on a busy machine. */
const importLimitMs = 60_000;
/** Attempts between two turns of the stores: some ten milliseconds. */
const attemptsPerTurn = 32;

export async function runImport(
  records: AsyncIterable<NumberedRecord>,
  checkpoint: Checkpoint,
  ports: ImportPorts,
  options: ImportOptions,
): Promise<Progress> {
  const before = await checkpoint.read();
  const progress = { ...before };
  let sinceCheckpoint = 0;

  async function save(): Promise<void> {
    await ports.catchUp();
    await ports.profiles.flush();
    await ports.assessments.flush();
    await checkpoint.write(progress);
    sinceCheckpoint = 0;
    options.onProgress?.(progress);
  }

  for await (const item of records) {
    if (item.line <= before.lines) continue;
    // A line is done when the next one begins: some lines hold several attempts.
    if (item.line > progress.lines + 1) progress.lines = item.line - 1;
    if (sinceCheckpoint >= options.checkpointLines && item.part === 0) await save();
    if (item.part === 0 && options.stopping?.() === true) break;
    sinceCheckpoint += 1;
    if (sinceCheckpoint % attemptsPerTurn === 0) await ports.catchUp();
    const problem = item.record === null ? (item.problem ?? 'no record') : await importRecord(item.record, item, ports, options);
    if (problem === null) progress.assessed += 1;
    else if (problem === 'unmatched') progress.unmatched += 1;
    else {
      progress.refused += 1;
      options.onRefused(item.line, problem);
    }
    progress.lines = item.line;
  }
  await save();
  return progress;
}

/** Returns why the record was refused, or null when it is in. */
async function importRecord(
  record: Readonly<Record<string, unknown>>,
  at: NumberedRecord,
  ports: ImportPorts,
  options: ImportOptions,
): Promise<string | null> {
  const { outcome, label, ...body } = record;
  if (outcome !== undefined && outcome !== null && !outcomes.includes(outcome as Outcome))
    return `outcome must be one of ${outcomes.join(', ')}`;
  if (label !== undefined && label !== null && !labels.includes(label as Label)) return `label must be one of ${labels.join(', ')}`;
  const missing = missingField(body);
  if (missing !== null) return missing;
  if (!isScoreRequest(body)) {
    const fault = scoreRequestFault(body);
    return `${fault.field} ${fault.message}`;
  }
  const named = body.attempt_id ?? `import:${options.name}:${at.line}.${at.part}`;
  const parsed = parseAttempt(body, { tenant: options.tenant, nowMs: ports.clock.nowMs(), attemptId: named, anyPast: true });
  if (!parsed.ok) return `${parsed.field} ${parsed.message}`;
  const digest = hash('sha256', JSON.stringify(body), 'base64url').slice(0, 22);
  const result = await ports.assess({ attempt: parsed.attempt, digest, startedMs: ports.clock.monotonicMs(), limitMs: importLimitMs });
  if (result.kind === 'conflict') return `attempt_id ${JSON.stringify(named)} was already used by another attempt`;
  const assessmentId = result.assessment.assessmentId;
  if (outcome !== undefined && outcome !== null) {
    const target = { assessmentId };
    const recorded = recordOutcome(
      { tenant: options.tenant, target, outcome: outcome as Outcome, occurredAtMs: parsed.attempt.occurredAtMs },
      ports,
    );
    if (recorded.kind === 'contradiction') return recorded.detail;
  }
  if (label !== undefined && label !== null) recordLabel({ tenant: options.tenant, assessmentId, label: label as Label }, ports);
  options.onAssessed?.(result, record);
  return null;
}

/** A log leaves out what it does not know, an empty user name for instance; said as the one who reads the log would say it. */
function missingField(body: Readonly<Record<string, unknown>>): string | null {
  const { occurred_at: time, user, ip } = body;
  if (time === undefined || time === null) return 'occurred_at is missing: history needs its time';
  const id = typeof user === 'object' && user !== null ? (user as Record<string, unknown>)['id'] : user;
  if (id === undefined || id === null || id === '') return 'user.id is missing: the line names no account';
  return ip === undefined || ip === null || ip === '' ? 'ip is missing: the line names no address' : null;
}
