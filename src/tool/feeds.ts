// Downloads the reputation feeds that an operator declared. Run it from a timer; a running service takes new copies over by
// itself. Ends with 1 when any feed failed, after trying them all.
//
//   npm run feeds -- --feeds feeds.yaml --into DATA_DIRECTORY/feeds
import { mkdir, readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '../adapters/system/clock.ts';
import { download } from '../adapters/feeds/download.ts';
import { readFeeds } from './feeds/declaration.ts';
import { removeUndeclared, updateFeed } from './feeds/update.ts';

async function main(): Promise<boolean> {
  const { values } = parseArgs({ options: { feeds: { type: 'string' }, into: { type: 'string' } } });
  if (values.feeds === undefined || values.into === undefined)
    throw new Error('Say where the feeds are declared (--feeds FILE) and where their copies go (--into DIRECTORY).');
  const feeds = readFeeds(await readFile(values.feeds, 'utf8'));
  await mkdir(values.into, { recursive: true });
  let isWell = true;
  for (const feed of feeds) {
    const report = await updateFeed(feed, { directory: values.into, nowMs: () => systemClock.nowMs(), download });
    process.stdout.write(`${report.name}: ${report.outcome}, ${report.detail}\n`);
    if (report.outcome === 'failed') isWell = false;
  }
  for (const name of await removeUndeclared(feeds, values.into)) process.stdout.write(`${name}: removed, no longer declared\n`);
  return isWell;
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`feeds: ${(error as Error).message}\n`);
  process.exitCode = 2;
}
