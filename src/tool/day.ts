// A scripted day against a running service: people with a history, three campaigns among them, and what analysts would find afterwards.
//
//   npm start                            in one terminal, on an empty data directory
//   npm run day [-- --page docs/day.md]  in another
//
// [--url http://127.0.0.1:7450] [--key KEY] [--seed day] [--people 300] [--draw 20]. Everything is simulated. The history is sent with its own
// times, which needs a key with the scope backfill, or a service without keys. Ends with exit code 1 when a flagged login has no case or a case
// no explanation.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import { systemClock } from '../adapters/system/clock.ts';
import { makeDay } from './day/make-day.ts';
import { call, type Door, play } from './day/play-day.ts';
import { dayPage, type DayResult, trafficTable } from './day/day-page.ts';
import { campaignsOf, caseShown, casesOf, type ShownCase } from './day/read-day.ts';
import { openReplayPorts } from './matrix/replay-ports.ts';
import { below } from './simulate/draw.ts';
import { seededRandom } from './simulate/seeded-random.ts';
import { blocksOf } from './simulate/tenants.ts';
import { createWorld, sampleNetworks } from './simulate/world/network-world.ts';

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://127.0.0.1:7450' },
    key: { type: 'string' },
    seed: { type: 'string', default: 'day' },
    people: { type: 'string', default: '300' },
    draw: { type: 'string', default: '20' },
    page: { type: 'string' },
  },
});
/** History has no order between accounts that matters; the day has. */
const historyLanes = 8;

try {
  await main();
} catch (error) {
  process.stderr.write(`day: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const door: Door = { url: values.url, key: values.key ?? null };
  await call(door, '/healthz');
  const world = await openReplayPorts();
  const networks = createWorld(await sampleNetworks(world.ip), blocksOf('test'));
  world.close();
  const { history, day, people } = makeDay(networks, systemClock.nowMs(), values.seed, Number(values.people));
  await withBar('history', history.length, (tick) => play(door, history, historyLanes, tick));
  const answered = await withBar('the day', day.length, (tick) => play(door, day, 1, tick));
  const flagged = new Set(answered.flatMap(({ caseId }) => (caseId === null ? [] : [caseId])));
  const cases = await casesOf(door, flagged);
  const drawn = await draw(door, [...flagged], Number(values.draw));
  const unexplained = drawn.filter(({ explanations }) => (explanations[0]?.body ?? null) === null).length;
  if (unexplained > 0) throw new Error(`${unexplained} cases have no explanation.`);
  const sample = answered[0];
  const read =
    sample === undefined ? null : ((await call(door, `/v1/assessments/${sample.assessmentId}`)) as { versions: { model: string } });
  const model = read?.versions.model ?? 'none';
  const result: DayResult = { people, history: history.length, answered, cases, campaigns: await campaignsOf(door), drawn, model };
  process.stdout.write(`${trafficTable(result)}\n${cases.length} cases, ${result.campaigns.length} campaigns\n`);
  if (values.page !== undefined) {
    writeFileSync(values.page, dayPage(result));
    process.stdout.write(`${values.page}\n`);
  } else process.stdout.write(`Look at them: curl -s ${values.url}/v1/cases\n`);
}

async function draw(door: Door, ids: string[], count: number): Promise<ShownCase[]> {
  const random = seededRandom(`${values.seed}/draw`);
  const drawn: ShownCase[] = [];
  while (drawn.length < count && ids.length > 0) drawn.push(await caseShown(door, ids.splice(below(random, ids.length), 1)[0] as string));
  return drawn;
}

async function withBar<T>(what: string, total: number, work: (tick: (done: number) => void) => Promise<T>): Promise<T> {
  if (!process.stderr.isTTY) return work(() => undefined);
  const bar = new SingleBar({ format: `${what} {bar} {value}/{total}`, hideCursor: true, clearOnComplete: true });
  bar.start(total, 0);
  try {
    return await work((done) => bar.update(done));
  } finally {
    bar.stop();
  }
}
