// The cases of a data directory with what analysts thought of their explanations. Read only; the service may be running.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { caseDirectory } from '../../compose/directories.ts';
import { openCases } from '../../compose/open-cases.ts';
import type { StoredExplanation } from '../../domain/case/explanation.ts';
import type { Explained } from '../../domain/explanation/template.ts';
import type { CaseStore } from '../../ports/case/case-store.ts';
import { readBody } from '../../review/explain/told/body.ts';
import type { GivenOpinion } from './evaluate.ts';

export interface RecordedCases {
  readonly cases: readonly Explained[];
  readonly feedback: readonly GivenOpinion[];
}

const pageSize = 100;

/** The newest first, at most `casesMax`. Rejects with one sentence when the directory has no cases that can be read. */
export async function readRecordedCases(directory: string, tenant: string, casesMax: number): Promise<RecordedCases> {
  const onProblem = (sentence: string): void => void process.stderr.write(`evaluate:explanations: ${sentence}\n`);
  // Opening would make a new one, and a mistyped name would be a data directory without cases.
  if (!existsSync(join(caseDirectory(directory), 'cases.sqlite'))) throw new Error(`${directory} is no data directory with cases.`);
  const opened = await openCases(directory, onProblem);
  try {
    return { cases: await casesOf(opened.store, tenant, casesMax), feedback: await feedbackOf(opened.store, tenant) };
  } finally {
    await opened.close();
  }
}

async function casesOf(store: CaseStore, tenant: string, casesMax: number): Promise<Explained[]> {
  const cases: Explained[] = [];
  let cursor: string | null = null;
  do {
    const page = await store.list(tenant, {
      filter: {},
      order: 'newest',
      limit: Math.min(pageSize, casesMax - cases.length),
      cursor,
    });
    if (page.kind === 'bad_cursor') break;
    for (const { id } of page.items) {
      const found = await store.get(tenant, id);
      if (found !== null) cases.push({ assessment: found.assessment, context: found.context });
    }
    cursor = page.nextCursor;
  } while (cursor !== null && cases.length < casesMax);
  return cases;
}

/** By who told what was read; explanations that are gone were told by nobody known. */
async function feedbackOf(store: CaseStore, tenant: string): Promise<RecordedCases['feedback']> {
  const given: GivenOpinion[] = [];
  const read = new Map<string, readonly StoredExplanation[]>();
  let cursor: string | null = null;
  do {
    const page = await store.allFeedback(tenant, pageSize, cursor);
    if (page.kind === 'bad_cursor') break;
    read.clear();
    for (const { caseId, version, finding, opinion } of page.items) {
      const versions = read.get(caseId) ?? (await store.explanations(tenant, caseId));
      read.set(caseId, versions);
      const explanation = versions.find((one) => one.version === version);
      given.push({ source: tellerOf(explanation, finding), about: finding === null ? 'case' : 'finding', opinion });
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  return given;
}

/** The template, the models by the operator's names, or both; of a finding the one that told it. */
function tellerOf(explanation: StoredExplanation | undefined, findingId: string | null): string {
  if (explanation === undefined) return 'unknown';
  const body = readBody(explanation.body);
  if (body === null) return explanation.source;
  const told = [...body.findings, ...body.reassuring].filter(({ id }) => findingId === null || id === findingId);
  const tellers = [...new Set(told.map(({ model }) => model ?? 'template'))].sort();
  return tellers.length === 0 ? explanation.source : tellers.join(' and ');
}
