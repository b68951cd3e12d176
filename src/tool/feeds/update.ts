// Brings the compiled copy of one feed up to date, or leaves the last good copy as it is and says why.
//
// Two files per feed: NAME.list, which the service reads, and NAME.state.json with what makes the next request conditional.
// The list is written first: a crash in between costs one needless download and nothing else.
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DownloadRequest, DownloadResult } from '../../adapters/feeds/download.ts';
import { listSuffix } from '../../adapters/ip-database/list-directory.ts';
import { readListText } from '../../adapters/ip-database/list-text.ts';
import { replaceFile } from '../../adapters/ip-database/packed-file.ts';
import { buildRangeTable } from '../../adapters/ip-database/range-builder.ts';
import { packList, readListFile, type ReputationList } from '../../adapters/ip-database/reputation-list.ts';
import type { Feed } from './declaration.ts';

export interface FeedTools {
  readonly directory: string;
  /** Epoch milliseconds. */
  readonly nowMs: () => number;
  readonly download: (request: DownloadRequest) => Promise<DownloadResult>;
}

export interface FeedReport {
  readonly name: string;
  readonly outcome: 'updated' | 'unchanged' | 'failed';
  /** One clause. */
  readonly detail: string;
}

interface FeedState {
  /** Of the declaration: another URL, format or kind makes the copy at hand useless for a conditional request. */
  readonly declared: string;
  readonly etag: string | null;
  readonly lastModified: string | null;
}

const stateSuffix = '.state.json';
// A list that lost three quarters of its ranges overnight has more likely broken than shrunk.
const shrinkMin = 0.25;

/** Never rejects for a reason that lies with the feed; rejects when the folder cannot be written. */
export async function updateFeed(feed: Feed, tools: FeedTools): Promise<FeedReport> {
  await mkdir(tools.directory, { recursive: true });
  const listPath = join(tools.directory, feed.name + listSuffix);
  const statePath = join(tools.directory, feed.name + stateSuffix);
  const declared = createHash('sha256')
    .update(JSON.stringify([feed.url, feed.kind, feed.format, feed.title]))
    .digest('hex')
    .slice(0, 16);
  const copy = await readListFile(listPath).catch(() => null);
  const known = copy === null ? null : await readState(statePath);
  const state = known?.declared === declared ? known : null;
  const failed = (problem: string): FeedReport => ({
    name: feed.name,
    outcome: 'failed',
    detail: `${problem}; ${copy === null ? 'there is no earlier copy' : `the copy of ${dayOf(copy.builtAtMs)} stays`}`,
  });

  const { url, bytesMax, timeoutMs, isPrivateAllowed } = feed;
  const result = await tools.download({
    url,
    bytesMax,
    timeoutMs,
    isPrivateAllowed,
    etag: state?.etag ?? null,
    lastModified: state?.lastModified ?? null,
  });
  if (result.kind === 'failed') return failed(result.problem);
  if (result.kind === 'unchanged')
    return { name: feed.name, outcome: 'unchanged', detail: `the copy of ${dayOf(copy?.builtAtMs ?? 0)} is current` };

  let list: ReputationList;
  let refusedLines: number;
  try {
    const reading = readListText(result.bytes.toString('utf8'), feed.format);
    refusedLines = reading.refusedLines;
    const builtAtMs = builtAtOf(result.lastModified, tools.nowMs());
    list = {
      name: feed.title,
      builtAtMs,
      labels: [{ name: feed.title, kind: feed.kind }],
      isCounted: feed.format.kind === 'counted',
      table: buildRangeTable(reading.entries),
    };
  } catch (error) {
    return failed((error as Error).message);
  }
  if (state !== null && copy !== null && list.table.entries < copy.table.entries * shrinkMin) {
    return failed(`it shrank from ${copy.table.entries} to ${list.table.entries} ranges; remove ${listPath} to accept it`);
  }
  await replaceFile(listPath, packList(list, { source: feed.url, licence: "the publisher's terms" }));
  const next: FeedState = { declared, etag: result.etag, lastModified: result.lastModified };
  await replaceFile(statePath, Buffer.from(`${JSON.stringify(next)}\n`));
  const leftOut = refusedLines === 0 ? '' : `, ${refusedLines} lines left out`;
  return { name: feed.name, outcome: 'updated', detail: `${list.table.entries} ranges as of ${dayOf(list.builtAtMs)}${leftOut}` };
}

/** Removes the copies of feeds that are no longer declared; returns their names. */
export async function removeUndeclared(feeds: readonly Feed[], directory: string): Promise<string[]> {
  const removed: string[] = [];
  for (const file of await readdir(directory)) {
    // Only what this tool made: a list that somebody put there by hand has no state beside it.
    if (!file.endsWith(stateSuffix)) continue;
    const name = file.slice(0, -stateSuffix.length);
    if (feeds.some((feed) => feed.name === name)) continue;
    await rm(join(directory, name + listSuffix), { force: true });
    await rm(join(directory, file), { force: true });
    removed.push(name);
  }
  return removed;
}

async function readState(path: string): Promise<FeedState | null> {
  try {
    const { declared, etag, lastModified } = JSON.parse(await readFile(path, 'utf8')) as Partial<FeedState>;
    const isValid = typeof declared === 'string' && [etag, lastModified].every((value) => value === null || typeof value === 'string');
    return isValid ? { declared, etag: etag ?? null, lastModified: lastModified ?? null } : null;
  } catch {
    return null;
  }
}

/** The publisher's date where it is one and lies in the past; otherwise the list is as old as its download. */
function builtAtOf(lastModified: string | null, nowMs: number): number {
  const stated = lastModified === null ? Number.NaN : Date.parse(lastModified);
  return stated > 0 && stated <= nowMs ? stated : nowMs;
}

function dayOf(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 10);
}
