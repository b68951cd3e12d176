// Downloads the reputation feeds that an operator declared. Run it from a timer; a running service takes new copies over by
// itself. Ends with 1 when any feed failed, after trying them all.
//
//   npm run feeds -- [--feeds FILE] [--into DIRECTORY]
//
// Without arguments the settings say where: PORTCULLIS_FEEDS_FILE, and "feeds" in the data directory, which the service watches.
import { readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../adapters/system/clock.ts';
import { loadSettings } from '../config/load.ts';
import { download } from '../adapters/feeds/download.ts';
import { readFeeds } from './feeds/declaration.ts';
import { removeUndeclared, updateFeed } from './feeds/update.ts';

async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { feeds: { type: 'string' }, into: { type: 'string' } } });
  const settings = loadSettings(process.env, (path) => readFileSync(path, 'utf8'));
  const declared = values.feeds ?? settings.feedsFile;
  if (declared === null) throw new Error('Say where the feeds are declared: --feeds FILE or PORTCULLIS_FEEDS_FILE.');
  const into = values.into ?? join(settings.dataDir, 'feeds');
  const feeds = readFeeds(await readFile(declared, 'utf8'));
  await mkdir(into, { recursive: true });
  let isWell = true;
  for (const feed of feeds) {
    const report = await updateFeed(feed, { directory: into, nowMs: () => systemClock.nowMs(), download });
    process.stdout.write(`${report.name}: ${report.outcome}, ${report.detail}\n`);
    if (report.outcome === 'failed') isWell = false;
  }
  for (const name of await removeUndeclared(feeds, into)) process.stdout.write(`${name}: removed, no longer declared\n`);
  return isWell;
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`feeds: ${(error as Error).message}\n`);
  process.exitCode = 2;
}
