// The cases of a data directory with what analysts thought of their explanations. Read only; the service may be running.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { caseDirectory, openCases } from '../../compose/open-cases.ts';
import type { Opinion } from '../../domain/case/explanation.ts';
import type { Explained } from '../../domain/explanation/template.ts';
import type { CaseStore } from '../../ports/case-store.ts';

export interface RecordedCases {
  readonly cases: readonly Explained[];
  readonly feedback: readonly { readonly source: string; readonly opinion: Opinion }[];
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

/** By the origin of the version that was read; explanations that are gone have none. */
async function feedbackOf(store: CaseStore, tenant: string): Promise<RecordedCases['feedback']> {
  const given: { source: string; opinion: Opinion }[] = [];
  const sources = new Map<string, string>();
  let cursor: string | null = null;
  do {
    const page = await store.allFeedback(tenant, pageSize, cursor);
    if (page.kind === 'bad_cursor') break;
    for (const { caseId, version, opinion } of page.items) {
      const key = `${caseId} ${version}`;
      if (!sources.has(key))
        for (const one of await store.explanations(tenant, caseId)) sources.set(`${caseId} ${one.version}`, one.source);
      given.push({ source: sources.get(key) ?? 'unknown', opinion });
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
  return given;
}
