// After an import: which sources were flagged and why, and whether the people who really signed in were left alone.
// Bounded: the sources with the highest scores are kept when there are very many.
import type { Assessment } from '../../domain/assessment.ts';

interface Source {
  attempts: number;
  failures: number;
  challenged: number;
  denied: number;
  scoreMax: number;
  readonly reasons: Map<string, number>;
  readonly users: Set<string>;
}

export interface FlaggedReport {
  add(ip: string, user: string, failed: boolean, signedIn: boolean, assessment: Assessment): void;
  /** Text for a terminal. */
  text(rowsMax: number): string;
}

const sourcesMax = 100_000;
/** Codes of a flagged attempt that count as its reasons: the strongest that raise. */
const reasonsPerAttempt = 3;

export function createFlaggedReport(): FlaggedReport {
  const sources = new Map<string, Source>();
  const people = { signedIn: 0, allowed: 0, flagged: [] as string[] };
  return {
    add(ip, user, failed, signedIn, assessment) {
      const source = sources.get(ip) ?? newSource();
      if (!sources.has(ip) && sources.size < sourcesMax) sources.set(ip, source);
      source.attempts += 1;
      if (failed) source.failures += 1;
      if (assessment.verdict === 'challenge') source.challenged += 1;
      if (assessment.verdict === 'deny') source.denied += 1;
      source.scoreMax = Math.max(source.scoreMax, assessment.score);
      if (source.users.size < 1000) source.users.add(user);
      if (assessment.verdict !== 'allow') {
        const raising = assessment.reasons.filter((reason) => reason.contribution > 0).slice(0, reasonsPerAttempt);
        for (const reason of raising) source.reasons.set(reason.code, (source.reasons.get(reason.code) ?? 0) + 1);
      }
      if (!signedIn) return;
      people.signedIn += 1;
      if (assessment.verdict === 'allow') people.allowed += 1;
      else if (people.flagged.length < 50)
        people.flagged.push(
          `${user} from ${ip}: ${assessment.verdict}, score ${assessment.score.toFixed(4)}, ${assessment.reasons
            .slice(0, 3)
            .map((reason) => reason.code)
            .join(', ')}`,
        );
    },
    text(rowsMax) {
      const flagged = [...sources]
        .filter(([, source]) => source.challenged + source.denied > 0)
        .sort(([, a], [, b]) => b.denied - a.denied || b.challenged - a.challenged);
      const rows = flagged.slice(0, rowsMax).map(([ip, source]) => rowOf(ip, source));
      const header = ['source', 'attempts', 'failed', 'accounts', 'challenged', 'denied', 'highest score', 'reasons'];
      const rest = flagged.length > rowsMax ? [`... and ${flagged.length - rowsMax} more`] : [];
      return [
        `${flagged.length} of ${sources.size} sources were flagged:`,
        ...table([header, ...rows]),
        ...rest,
        `${people.signedIn} sign-ins succeeded; ${people.allowed} of them were allowed without friction, ${people.signedIn - people.allowed} were flagged.`,
        ...people.flagged.map((line) => `  ${line}`),
        '',
      ].join('\n');
    },
  };
}

function newSource(): Source {
  return { attempts: 0, failures: 0, challenged: 0, denied: 0, scoreMax: 0, reasons: new Map(), users: new Set() };
}

function rowOf(ip: string, source: Source): string[] {
  const reasons = [...source.reasons]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([code]) => code);
  return [
    ip,
    String(source.attempts),
    String(source.failures),
    String(source.users.size),
    String(source.challenged),
    String(source.denied),
    source.scoreMax.toFixed(5),
    reasons.join(', '),
  ];
}

function table(rows: readonly string[][]): string[] {
  const widths = (rows[0] as string[]).map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 || column === row.length - 1 ? cell.padEnd(widths[column] as number) : cell.padStart(widths[column] as number),
      )
      .join('  ')
      .trimEnd(),
  );
}
