// What is measured of one explanation, against the assessment alone.
import type { Assessment, Reason } from '../../domain/assessment.ts';
import type { Explained } from '../../domain/explanation/template.ts';
import type { Finding } from '../../domain/explanation/finding.ts';
import { type Cited, citedIn, claimsOf } from './read-text.ts';
import { kendallTau } from './statistics.ts';

/** What an analyst reads, whoever wrote it. */
export interface Told {
  /** Raising, in the order shown. */
  readonly findings: readonly Finding[];
  readonly reassuring: readonly Finding[];
}

/** Null: it has nothing to say, and the template stands. */
export type Explain = (explained: Explained) => Promise<Told | null>;

export interface CaseMeasures {
  /** Kendall's tau of the findings' order with that of their contributions; null for fewer than two. */
  readonly rank: number | null;
  /** Findings on the side that their contributions are on, of all. */
  readonly signs: Count;
  /** Numbers, times and countries that the cited evidence holds, of all that are said. */
  readonly values: Count;
  /** Of the three reasons that raise the risk most, those that a finding tells. */
  readonly topThree: Count;
  /** Findings with a citation, reason, number or name that the assessment does not hold, of all. */
  readonly unsupported: Count;
  readonly examples: readonly string[];
}

export interface Count {
  readonly hits: number;
  readonly of: number;
}

const topReasons = 3;
const examplesMax = 3;

export function measureCase({ assessment }: Explained, told: Told): CaseMeasures {
  const all = [...told.findings, ...told.reassuring];
  const sums = told.findings.map((finding) => Math.abs(sumOf(finding, assessment)));
  const raising = [...assessment.reasons].filter(({ contribution }) => contribution > 0).sort((a, b) => b.contribution - a.contribution);
  const top = raising.slice(0, topReasons);
  const faults = all.flatMap((finding) => faultsOf(finding, assessment).map((fault) => `${fault}: ${finding.sentence}`));
  const claims = all.flatMap((finding) => claimsOf(finding.sentence, supportedCitations(finding, assessment)));
  return {
    rank: kendallTau(
      sums.map((_, i) => sums.length - i),
      sums,
    ),
    signs: {
      hits:
        told.findings.filter((finding) => sumOf(finding, assessment) > 0).length +
        told.reassuring.filter((finding) => sumOf(finding, assessment) < 0).length,
      of: all.length,
    },
    values: { hits: claims.filter(({ supported }) => supported).length, of: claims.length },
    topThree: { hits: top.filter(({ code }) => told.findings.some((finding) => finding.codes.includes(code))).length, of: top.length },
    unsupported: { hits: all.filter((finding) => faultsOf(finding, assessment).length > 0).length, of: all.length },
    examples: faults.slice(0, examplesMax),
  };
}

function reasonsOf(finding: Finding, { reasons }: Assessment): Reason[] {
  return reasons.filter(({ code }) => finding.codes.includes(code));
}

/** Log-odds of what it tells; 0 when it tells nothing that is there. */
export function sumOf(finding: Finding, assessment: Assessment): number {
  return reasonsOf(finding, assessment).reduce((sum, { contribution }) => sum + contribution, 0);
}

function supportedCitations(finding: Finding, { reasons }: Assessment): Cited[] {
  return citedIn(finding.evidenceIds, reasons).filter((cited) => cited !== null);
}

function faultsOf(finding: Finding, assessment: Assessment): string[] {
  const faults: string[] = [];
  if (finding.codes.some((code) => !assessment.reasons.some((reason) => reason.code === code))) faults.push('reason that is not there');
  if (citedIn(finding.evidenceIds, assessment.reasons).includes(null)) faults.push('evidence that is not there');
  for (const { text, supported } of claimsOf(finding.sentence, supportedCitations(finding, assessment)))
    if (!supported) faults.push(`"${text}"`);
  return faults;
}
