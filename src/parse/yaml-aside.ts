// Reads YAML in a thread of its own, so that a large document (a quarter of a second at the size limit) never holds up a
// request. The thread lives for one document: reloads are rare, and a thread kept for them would cost memory all day.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { readYaml, type YamlReading } from './yaml-text.ts';

/** Never rejects: a thread that cannot start or dies gives a problem like any other. */
export function readYamlAside(text: string): Promise<YamlReading> {
  return new Promise((resolve) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: { yamlText: text } });
    worker.once('message', resolve);
    worker.once('error', (error) => resolve({ ok: false, problem: `it could not be read (${error.message})` }));
    worker.once('exit', () => resolve({ ok: false, problem: 'the reading thread ended early' }));
  });
}

const given: unknown = workerData;
if (!isMainThread && typeof given === 'object' && given !== null && 'yamlText' in given) {
  parentPort?.postMessage(readYaml(String(given.yamlText)));
}
