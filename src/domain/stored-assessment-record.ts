// An assessment with everything needed to recompute, learn from and erase it, as bytes and back; see profile/source-record.ts
// for the rules. Features keep their exact 32 bits; log-odds, contributions and evidence keep their exact doubles.
//
// Version 1 wrote every name out; since version 2 names are numbers (stored-words.ts), which is nearly half of a record.
import { absenceCauses } from './absence.ts';
import {
  type Assessment,
  type Label,
  labels,
  levels,
  type Missing,
  type Outcome,
  outcomes,
  type PolicyContext,
  type Reason,
  type StoredAssessment,
  verdicts,
} from './assessment.ts';
import { readVisit, writeVisit } from './profile/record/event-record.ts';
import type { Refusal } from './profile/record/source-record.ts';
import type { ByteReader } from './record/byte-reader.ts';
import type { ByteWriter } from './record/byte-writer.ts';
import type { Evidence, EvidenceValue } from './signal/definition.ts';
import { readWord, writeEndOfWords, writeWord } from './stored-words.ts';

const version = 2;
type Version = 1 | 2;
/** Bounds for damaged records; every one is far above what an assessment can hold. */
const listMax = 4096;

export function writeStoredAssessment(out: ByteWriter, record: StoredAssessment): void {
  out.uint(version);
  out.text(record.tenant);
  out.number(record.occurredAtMs);
  out.plainText(record.requestDigest);
  out.raw(new Uint8Array(record.features.buffer, record.features.byteOffset, record.features.byteLength));
  writeVisit(out, record.visit);
  writeContext(out, record.context);
  writeAssessment(out, record.assessment);
  out.uint(record.outcomes.length);
  for (const outcome of record.outcomes) out.uint(outcomes.indexOf(outcome));
  out.uint(record.label === null ? labels.length : labels.indexOf(record.label));
  out.bool(record.learned);
}

export function readStoredAssessment(from: ByteReader): StoredAssessment | Refusal {
  const written = from.uint();
  if (written !== 1 && written !== version) return from.damaged ? 'damaged' : 'foreign';
  const record: StoredAssessment = {
    recordVersion: 1,
    tenant: from.someText(),
    occurredAtMs: from.number(),
    requestDigest: from.plainText(),
    features: readFeatures(from),
    visit: readVisit(from),
    context: readContext(from),
    assessment: readAssessment(from, written),
    outcomes: readList(from, readOutcome),
    label: readLabel(from),
    learned: from.bool(),
  };
  return from.complete() ? record : 'damaged';
}

function readFeatures(from: ByteReader): Float32Array {
  const bytes = from.raw();
  if (bytes.length % 4 !== 0) from.damage();
  return new Float32Array(bytes.buffer, 0, Math.floor(bytes.length / 4));
}

function writeAssessment(out: ByteWriter, assessment: Assessment): void {
  out.plainText(assessment.assessmentId);
  out.plainText(assessment.attemptId);
  out.uint(verdicts.indexOf(assessment.verdict));
  out.number(assessment.score);
  out.uint(levels.indexOf(assessment.level));
  out.number(assessment.logOdds);
  out.number(assessment.baseLogOdds);
  out.uint(assessment.reasons.length);
  for (const reason of assessment.reasons) writeReason(out, reason);
  out.number(assessment.otherContributions);
  out.bool(assessment.degraded);
  out.uint(assessment.missing.length);
  for (const missing of assessment.missing) {
    writeWord(out, missing.signal);
    out.uint(absenceCauses.indexOf(missing.cause));
  }
  out.bool(assessment.decidedBy === 'model');
  out.text(assessment.policyRule);
  out.plainText(assessment.versions.model);
  out.plainText(assessment.versions.features);
  out.plainText(assessment.versions.policy);
  const { limitMs, elapsedMs, stagesMs } = assessment.budget;
  for (const value of [limitMs, elapsedMs, stagesMs.gather, stagesMs.derive, stagesMs.score, stagesMs.decide]) out.number(value);
  out.text(assessment.caseId);
}

function readAssessment(from: ByteReader, written: Version): Assessment {
  const isFirst = written === 1;
  return {
    assessmentId: from.plainText(),
    attemptId: from.plainText(),
    verdict: oneOf(from, verdicts),
    score: from.number(),
    level: oneOf(from, levels),
    logOdds: from.number(),
    baseLogOdds: from.number(),
    reasons: readList(from, isFirst ? readFirstReason : readReason),
    otherContributions: from.number(),
    degraded: from.bool(),
    missing: readList(from, isFirst ? readFirstMissing : readMissing),
    decidedBy: from.bool() ? 'model' : 'rules',
    policyRule: from.text(),
    versions: { model: from.plainText(), features: from.plainText(), policy: from.plainText() },
    budget: {
      limitMs: from.number(),
      elapsedMs: from.number(),
      stagesMs: { gather: from.number(), derive: from.number(), score: from.number(), decide: from.number() },
    },
    caseId: from.text(),
  };
}

function readMissing(from: ByteReader): Missing {
  return { signal: readName(from), cause: oneOf(from, absenceCauses) };
}

function readFirstMissing(from: ByteReader): Missing {
  return { signal: from.plainText(), cause: oneOf(from, absenceCauses) };
}

function writeReason(out: ByteWriter, { code, contribution, evidence }: Reason): void {
  writeWord(out, code);
  out.number(contribution);
  // Evidence inherits nothing, so for-in sees its own names, and without making a list of them.
  for (const name in evidence) {
    writeWord(out, name);
    writeEvidenceValue(out, evidence[name] as EvidenceValue);
  }
  writeEndOfWords(out);
}

function readReason(from: ByteReader): Reason {
  const code = readName(from);
  const contribution = from.number();
  const evidence: Record<string, EvidenceValue> = {};
  for (let name = readWord(from); name !== null; name = readWord(from)) addEvidence(evidence, name, readEvidenceValue(from));
  return { code, contribution, evidence: evidence satisfies Evidence };
}

function readFirstReason(from: ByteReader): Reason {
  const code = from.plainText();
  const contribution = from.number();
  const evidence: Record<string, EvidenceValue> = {};
  for (let left = from.count(listMax); left > 0; left--) addEvidence(evidence, from.plainText(), readEvidenceValue(from));
  return { code, contribution, evidence: evidence satisfies Evidence };
}

/** Defined, not assigned: a damaged record must not reach a prototype. */
function addEvidence(evidence: Record<string, EvidenceValue>, name: string, value: EvidenceValue): void {
  Object.defineProperty(evidence, name, { value, enumerable: true, configurable: true, writable: true });
}

/** A word where there must be one. */
function readName(from: ByteReader): string {
  const word = readWord(from);
  if (word !== null) return word;
  from.damage();
  return '';
}

function writeEvidenceValue(out: ByteWriter, value: EvidenceValue): void {
  if (value === null) out.uint(0);
  else if (typeof value === 'boolean') out.uint(value ? 2 : 1);
  else if (typeof value === 'number') {
    out.uint(3);
    out.number(value);
  } else if (typeof value === 'string') {
    out.uint(4);
    out.text(value);
  } else {
    out.uint(5);
    writeTexts(out, value);
  }
}

function readEvidenceValue(from: ByteReader): EvidenceValue {
  switch (from.count(5)) {
    case 1:
      return false;
    case 2:
      return true;
    case 3:
      return from.number();
    case 4:
      return from.someText();
    case 5:
      return readTexts(from);
    default:
      return null;
  }
}

function writeContext(out: ByteWriter, context: PolicyContext): void {
  out.plainText(context.userId);
  writeTexts(out, context.roles);
  out.nullableBool(context.mfaEnrolled);
  out.plainText(context.ip);
  out.nullableNumber(context.asn);
  out.text(context.asnClass);
  out.text(context.country);
  out.text(context.deviceId);
  out.text(context.method);
  out.bool(context.result === 'success');
  out.nullableBool(context.breached);
  out.text(context.clientId);
  out.text(context.sensitivity);
  writeTexts(out, context.lists);
  out.number(context.occurredAtMs);
}

function readContext(from: ByteReader): PolicyContext {
  return {
    userId: from.plainText(),
    roles: readTexts(from),
    mfaEnrolled: from.nullableBool(),
    ip: from.plainText(),
    asn: from.nullableNumber(),
    asnClass: from.someText(),
    country: from.text(),
    deviceId: from.text(),
    method: from.text(),
    result: from.bool() ? 'success' : 'failure',
    breached: from.nullableBool(),
    clientId: from.text(),
    sensitivity: from.someText(),
    lists: readTexts(from),
    occurredAtMs: from.number(),
  };
}

function writeTexts(out: ByteWriter, values: readonly string[]): void {
  out.uint(values.length);
  for (const value of values) out.text(value);
}

function readTexts(from: ByteReader): string[] {
  return readList(from, readText);
}

function readText(from: ByteReader): string {
  return from.someText();
}

function readList<T>(from: ByteReader, read: (from: ByteReader) => T): T[] {
  const count = from.count(listMax);
  const list: T[] = [];
  for (let i = 0; i < count && !from.damaged; i++) list.push(read(from));
  return list;
}

function readOutcome(from: ByteReader): Outcome {
  return oneOf(from, outcomes);
}

function readLabel(from: ByteReader): Label | null {
  const position = from.count(labels.length);
  return labels[position] ?? null;
}

/** One of a fixed list by its position. Lists may grow at their end only, or stored positions would change their meaning. */
function oneOf<T>(from: ByteReader, values: readonly [T, ...T[]]): T {
  const value = values[from.uint()];
  if (value !== undefined) return value;
  from.damage();
  return values[0];
}
