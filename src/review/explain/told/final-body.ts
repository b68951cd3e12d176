// The last word on a case: what a model told and held up, completed by the template, in an order that code decides.
import type { Reason } from '../../../domain/assessment.ts';
import { signalOf } from '../../../domain/explanation/evidence.ts';
import type { Wording } from '../../../domain/explanation/wording.ts';
import { findingsMax, findingsMin } from '../../explanation/validate.ts';
import { type Explainable, type ExplanationBody, type Provenance, templateBody, type ToldFinding } from './body.ts';

/** Reasons that raise the risk and that somebody must tell, whatever else is left out. */
export const mustTell = 3;

/** Codes of the reasons that raise the risk most, strongest first; those of another version can be told by nobody. */
export function mainCodes(reasons: readonly Reason[]): readonly string[] {
  return reasons
    .filter((reason) => reason.contribution > 0 && signalOf(reason.code) !== null)
    .sort((a, b) => b.contribution - a.contribution)
    .slice(0, mustTell)
    .map((reason) => reason.code);
}

export function isTold(code: string, findings: readonly Pick<ToldFinding, 'codes'>[]): boolean {
  return findings.some((finding) => finding.codes.includes(code));
}

/** Whether a model has told enough that the template need not tell the whole case itself. */
export function isEnough(findings: readonly ToldFinding[], reasons: readonly Reason[]): boolean {
  const tellable = reasons.filter((reason) => reason.contribution !== 0 && signalOf(reason.code) !== null).length;
  return findings.length >= Math.min(findingsMin, tellable);
}

export interface Told {
  readonly findings: readonly ToldFinding[];
  /** As the model chose them; the rules decide which are useful, the model only which of those come first. */
  readonly nextChecks: readonly string[];
  readonly provenance: Provenance;
}

export function finalBody(record: Explainable, told: Told, words: Wording): ExplanationBody {
  const template = templateBody(record, words);
  const { reasons } = record.assessment;
  const findings = told.findings.slice(0, findingsMax);
  if (findings.length === 0) return { ...template, provenance: told.provenance };
  const enough = isEnough(findings, reasons);
  const main = new Set(mainCodes(reasons));
  const untold = (finding: ToldFinding): boolean =>
    enough
      ? finding.codes.some((code) => main.has(code) && !isTold(code, findings))
      : finding.codes.some((code) => !isTold(code, findings));
  const raising = findings.filter((finding) => finding.direction === 'raises');
  const lowering = findings.filter((finding) => finding.direction === 'lowers');
  const added = template.findings.filter(untold);
  // What speaks against suspicion is never left out because a model forgot it.
  const reassuring = lowering.length > 0 && enough ? [] : template.reassuring.filter((finding) => lowering.length === 0 || untold(finding));
  const rank = rankOf(reasons);
  return {
    ...template,
    findings: [...raising, ...added].sort((a, b) => rank(a) - rank(b)),
    reassuring: [...lowering, ...reassuring].sort((a, b) => rank(a) - rank(b)),
    nextChecks: inOrderOf(told.nextChecks, template.nextChecks),
    origin: added.length + reassuring.length === 0 ? 'model' : 'partly',
    provenance: told.provenance,
  };
}

/** The place of a finding's strongest reason; smaller is stronger. */
function rankOf(reasons: readonly Reason[]): (finding: ToldFinding) => number {
  const places = new Map(
    [...reasons].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution)).map((reason, place) => [reason.code, place] as const),
  );
  return ({ codes }) => Math.min(...codes.map((code) => places.get(code) ?? reasons.length));
}

function inOrderOf(wished: readonly string[], useful: readonly string[]): readonly string[] {
  return [...wished.filter((check) => useful.includes(check)), ...useful.filter((check) => !wished.includes(check))];
}
