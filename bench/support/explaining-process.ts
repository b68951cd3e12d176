// The real service with a policy that flags what the bench wants flagged, and with an explainer file that names fakes of providers.
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeEnvironment, modelLine } from '../../test/support/provider-world.ts';
import type { FakeKind } from '../../test/support/fake-providers/script.ts';
import { flaggingPolicy } from './flagged-logins.ts';
import { createClient, type JsonClient } from './json-client.ts';

/** What the bench says of one model, as in `modelLine`. */
export interface NamedFake {
  readonly name: string;
  readonly kind: FakeKind;
  readonly baseUrl: string;
  readonly more?: string;
}

/** A directory for a bench, one of its own or the given one, with a policy under which every login of flagged-logins.ts is a case. */
export function benchDirectory(name: string, given?: string): string {
  const directory = given ?? mkdtempSync(join(tmpdir(), `portcullis-${name}-`));
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'policy.yaml'), flaggingPolicy);
  return directory;
}

/** Settings of a service in the directory; `tiers` is the explainer file's part of that name, null: no explainer. */
export function settingsIn(directory: string, models: readonly NamedFake[], tiers: string | null): Record<string, string> {
  const explainer = join(directory, 'explainer.yaml');
  if (tiers !== null) {
    const lines = models.map(({ name, kind, baseUrl, more }) => modelLine(name, kind, baseUrl, more));
    writeFileSync(explainer, `models:\n${lines.join('')}tiers:\n${tiers}`);
  }
  return {
    ...fakeEnvironment,
    PORTCULLIS_PORT: '0',
    PORTCULLIS_DATA_DIR: join(directory, 'data'),
    PORTCULLIS_POLICY_FILE: join(directory, 'policy.yaml'),
    PORTCULLIS_RATE_LIMIT: '0',
    PORTCULLIS_LOG_LEVEL: 'warn',
    ...(tiers === null ? {} : { PORTCULLIS_EXPLAINER_FILE: explainer }),
  };
}

export interface Depth {
  readonly tier: string;
  readonly waiting: number;
  readonly leased: number;
  readonly delayed: number;
  readonly dead: number;
  readonly late: number;
  readonly ended: number;
  readonly missed: number;
}

/** Of each tier, most urgent first; null while the store cannot answer. */
export async function depthsOf(client: JsonClient): Promise<readonly Depth[] | null> {
  const { status, body } = await client.call('GET', '/v1/jobs/depths');
  return status === 200 ? (body['tiers'] as readonly Depth[]) : null;
}

export function unfinished(depths: readonly Depth[]): number {
  return depths.reduce((sum, { waiting, leased, delayed }) => sum + waiting + leased + delayed, 0);
}

export interface ListedCase {
  readonly id: string;
  readonly tier: string;
  readonly openedMs: number;
  readonly occurredMs: number;
}

/** Every case that the API lists, page by page. */
export async function listedCases(client: JsonClient): Promise<ListedCase[]> {
  const found: ListedCase[] = [];
  let cursor: string | null = null;
  do {
    const next: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { status, body } = await client.call('GET', `/v1/cases?order=oldest&limit=200${next}`);
    if (status !== 200) throw new Error(`GET /v1/cases answered ${status}: ${JSON.stringify(body)}`);
    for (const { id, tier, opened_at, occurred_at } of body['cases'] as readonly Record<string, string>[])
      found.push({ id: id ?? '', tier: tier ?? '', openedMs: Date.parse(opened_at ?? ''), occurredMs: Date.parse(occurred_at ?? '') });
    cursor = body['next_cursor'] as string | null;
  } while (cursor !== null);
  return found;
}

/** Runs `work` on each item, so many at a time. */
export async function inParallel<T>(items: readonly T[], atOnce: number, work: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let item = items[next++]; item !== undefined; item = items[next++]) await work(item);
    }),
  );
}

/** Sum of a counter's series whose labels have all of `labels`; the text is that of /metrics. */
export function metricSum(text: string, name: string, labels: Readonly<Record<string, string>> = {}): number {
  return seriesOf(text, name)
    .filter((series) => Object.entries(labels).every(([label, value]) => series.labels[label] === value))
    .reduce((sum, { value }) => sum + value, 0);
}

export function seriesOf(text: string, name: string): { readonly labels: Readonly<Record<string, string>>; readonly value: number }[] {
  return text.split('\n').flatMap((line) => {
    const found = /^(\w+)(?:\{([^}]*)\})? (\S+)$/.exec(line);
    if (found?.[1] !== name) return [];
    const pairs = [...(found[2] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, label, value]) => [label, value] as const);
    return [{ labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(found[3]) }];
  });
}

export async function metricsText(url: string): Promise<string> {
  const client = createClient(url, 1);
  try {
    return (await client.call('GET', '/metrics')).body.text ?? '';
  } finally {
    client.close();
  }
}
