// Two tests that an explanation follows the assessment and not a habit: with the sign of a reason turned round, its finding must change
// sides; with a reason taken out, nothing may be said of it any more.
import type { Assessment } from '../../domain/assessment.ts';
import type { Finding } from '../../domain/explanation/finding.ts';
import type { Explained } from '../../domain/explanation/template.ts';
import { type Count, type Explain, sumOf, type Told } from './measure.ts';

/** The largest reasons of a case are tried. */
const triedMax = 3;

export interface Perturbed {
  readonly signFlip: Count;
  readonly masking: Count;
}

export async function perturbCase(explained: Explained, told: Told, explain: Explain): Promise<Perturbed> {
  const tried = [...explained.assessment.reasons].sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution)).slice(0, triedMax);
  const flips: boolean[] = [];
  const masks: boolean[] = [];
  for (const { code } of tried) {
    // Turned round with whatever is told in one finding with it, so that the side of their sum must change.
    const together = new Set([code, ...tellers(told, code).flatMap(({ codes }) => codes)]);
    const flipped = withReasons(explained, (reasons) =>
      reasons.map((one) => (together.has(one.code) ? { ...one, contribution: -one.contribution } : one)),
    );
    const toldFlipped = await explain(flipped);
    // What a model does not tell it cannot tell wrong; completeness counts that.
    if (toldFlipped !== null && tellers(toldFlipped, code).length > 0) flips.push(onRightSide(toldFlipped, code, flipped.assessment));
    const masked = withReasons(explained, (reasons) => reasons.filter((one) => one.code !== code));
    const toldMasked = await explain(masked);
    if (toldMasked !== null) masks.push(isSilent(toldMasked, code));
  }
  const count = (results: readonly boolean[]): Count => ({ hits: results.filter(Boolean).length, of: results.length });
  return { signFlip: count(flips), masking: count(masks) };
}

function withReasons(explained: Explained, change: (reasons: Assessment['reasons']) => Assessment['reasons']): Explained {
  return { ...explained, assessment: { ...explained.assessment, reasons: change(explained.assessment.reasons) } };
}

function tellers({ findings, reassuring }: Told, code: string): readonly Finding[] {
  return [...findings, ...reassuring].filter(({ codes }) => codes.includes(code));
}

function onRightSide({ findings, reassuring }: Told, code: string, assessment: Assessment): boolean {
  return (
    findings.every((finding) => !finding.codes.includes(code) || sumOf(finding, assessment) > 0) &&
    reassuring.every((finding) => !finding.codes.includes(code) || sumOf(finding, assessment) < 0)
  );
}

function isSilent({ findings, reassuring }: Told, code: string): boolean {
  return [...findings, ...reassuring].every(
    ({ codes, evidenceIds }) => !codes.includes(code) && !evidenceIds.some((id) => id.startsWith(`${code}.`)),
  );
}
