// What threads may take from the one that scores.
import { once } from 'node:events';
import { getPriority } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import t from 'tap';
import { keepThreadsSmall } from '../../src/adapters/system/small-threads.ts';

const entry = new URL('../../src/adapters/system/small-threads.ts', import.meta.url).href;

/** What a thread says of itself. */
async function told(expression: string): Promise<unknown> {
  const source = `import(${JSON.stringify(entry)}).then(async ({ giveWay }) => {
    const os = await import('node:os');
    const v8 = await import('node:v8');
    require('node:worker_threads').parentPort.postMessage(${expression});
  });`;
  const worker = new Worker(source, { eval: true });
  const [message] = (await once(worker, 'message')) as [unknown];
  await worker.terminate();
  return message;
}

const skip = process.platform === 'linux' ? false : 'only Linux has a priority per thread';
t.test('a thread that gives way steps back behind the others, and takes nobody with it', { skip }, async (t) => {
  const before = getPriority(0);
  t.equal(await told('(giveWay(), os.getPriority(0))'), Math.max(before, 10));
  t.equal(getPriority(0), before, 'the thread that scores is where it was');
});

t.test('threads that are started afterwards have a young generation of a few megabytes', async (t) => {
  // As the service is started.
  for (const end of ['min', 'max']) setFlagsFromString(`--${end}-semi-space-size=32`);
  keepThreadsSmall();
  const churn = `(() => { let kept = []; for (let i = 0; i < 2e6; i++) { kept.push([i]); if (kept.length > 2000) kept = []; }
    return v8.getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size; })()`;
  t.ok(Number(await told(churn)) <= 8 * 2 ** 20);
});
