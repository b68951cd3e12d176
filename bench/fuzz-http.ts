// Sends damaged requests to a service over keep-alive sockets and watches that every answer is 2xx or 4xx, that no connection
// is lost without an answer, and that memory stays flat.
//
//   node bench/fuzz-http.ts [--count 1000000] [--seed 1] [--connections 32] [--url http://127.0.0.1:7450]
//
// Without --url the door alone is started, over use cases that answer at once. Memory is read from /metrics of the service.
// Ends with exit code 1 at the first wrong answer, with the seed that repeats it.
import { fork } from 'node:child_process';
import { connect, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { fakeDoor, sampleAssessment } from '../test/support/http-fake.ts';
import { faultOfAnswer, mutatedRequest } from '../test/support/http-mutations.ts';

const { values: options } = parseArgs({
  options: {
    count: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
    connections: { type: 'string', default: '32' },
    url: { type: 'string' },
    serve: { type: 'boolean', default: false },
  },
});

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly close: boolean;
}

/** Reads one answer at a time from a socket; a lost socket without an answer is an error. */
class Connection {
  private readonly port: number;
  private socket: Socket | null = null;
  private bytes = Buffer.alloc(0);
  private settle: ((answer: Answer | Error) => void) | null = null;

  constructor(port: number) {
    this.port = port;
  }

  async send(head: string, body: Buffer): Promise<Answer> {
    this.socket ??= this.open();
    const answered = new Promise<Answer | Error>((resolve) => {
      this.settle = resolve;
    });
    this.socket.write(Buffer.concat([Buffer.from(head), body]));
    const answer = await answered;
    if (answer instanceof Error) throw answer;
    if (answer.close) this.close();
    return answer;
  }

  close(): void {
    this.socket?.removeAllListeners().on('error', () => undefined);
    this.socket?.destroy();
    this.socket = null;
    this.bytes = Buffer.alloc(0);
  }

  private open(): Socket {
    const socket = connect(this.port, '127.0.0.1');
    socket.setNoDelay(true);
    const lost = (): void => this.finish(new Error('the connection was lost without an answer'));
    socket.on('error', lost).on('close', lost);
    socket.on('data', (chunk) => {
      this.bytes = this.bytes.length === 0 ? chunk : Buffer.concat([this.bytes, chunk]);
      const answer = this.read();
      if (answer !== null) this.finish(answer);
    });
    return socket;
  }

  private finish(answer: Answer | Error): void {
    const settle = this.settle;
    this.settle = null;
    if (settle !== null) settle(answer);
    // Closed while idle: the next request opens another.
    else if (answer instanceof Error) this.close();
  }

  private read(): Answer | null {
    const headEnd = this.bytes.indexOf('\r\n\r\n');
    if (headEnd < 0) return null;
    const head = this.bytes.toString('latin1', 0, headEnd).toLowerCase();
    const length = /content-length: (\d+)/.exec(head)?.[1];
    const rest = this.bytes.subarray(headEnd + 4);
    let text: string | null = null;
    if (length !== undefined) text = rest.length < Number(length) ? null : rest.toString('utf8', 0, Number(length));
    else if (rest.toString('latin1').endsWith('0\r\n\r\n')) text = unchunked(rest);
    if (text === null) return null;
    this.bytes = Buffer.alloc(0);
    return { status: Number(head.slice(9, 12)), text, close: head.includes('connection: close') };
  }
}

function unchunked(bytes: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (!(size > 0)) break;
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Below this the quarters are too short for the collector to have gone through the whole heap in each. */
const countToJudgeMemory = 300_000;

interface Memory {
  readonly residentMiB: number;
  readonly heapMiB: number;
}

async function memoryOf(connection: Connection, host: string): Promise<Memory> {
  const { text } = await connection.send(`GET /metrics HTTP/1.1\r\nhost: ${host}\r\n\r\n`, Buffer.alloc(0));
  const mib = (name: string): number => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? Number.NaN) / 1_048_576;
  return { residentMiB: mib('portcullis_resident_memory_bytes'), heapMiB: mib('portcullis_heap_used_bytes') };
}

async function serve(): Promise<void> {
  const door = await fakeDoor({ log: { level: 'silent' } });
  const assessment = sampleAssessment('a');
  door.assess = async () => ({ kind: 'assessed', assessment });
  // The fake keeps what it was asked; here that would be a leak of its own.
  setInterval(() => door.requests.splice(0) && door.outcomes.splice(0) && door.labels.splice(0), 100);
  await door.app.listen({ port: 0, host: '127.0.0.1' });
  process.send?.((door.app.server.address() as AddressInfo).port);
  process.on('disconnect', () => process.exit());
}

async function run(port: number, host: string): Promise<boolean> {
  const count = Number(options.count);
  const firstSeed = Number(options.seed);
  const statuses = new Map<number, number>();
  const memory: Memory[] = [];
  const watch = new Connection(port);
  const step = Math.max(1000, Math.floor(count / 40));
  const beganMs = performance.now();
  let next = 0;
  let failed = false;

  const work = async (): Promise<void> => {
    const connection = new Connection(port);
    while (next < count && !failed) {
      const seed = firstSeed + next++;
      const { path, contentType, body } = mutatedRequest(seed);
      const head = `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: ${contentType}\r\ncontent-length: ${body.length}\r\n\r\n`;
      const answer = await connection.send(head, body).catch((error: Error) => error);
      const fault = answer instanceof Error ? answer.message : faultOfAnswer(answer.status, answer.text);
      if (fault !== null) {
        failed = true;
        console.error(`--seed ${seed} --count 1: ${fault}`);
        break;
      }
      const { status } = answer as Answer;
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      if ((seed - firstSeed) % step === 0) memory.push(await memoryOf(watch, host));
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: Number(options.connections) }, work));
  watch.close();

  const seconds = (performance.now() - beganMs) / 1000;
  const shown = [...statuses].sort(([a], [b]) => a - b).map(([status, times]) => `${status}: ${times}`);
  console.log(`${next} requests in ${seconds.toFixed(1)} s (${Math.round(next / seconds)}/s); ${shown.join(', ')}`);
  return !failed && (count < countToJudgeMemory || isFlat(memory));
}

/**
 * Resident memory alone does not tell: the collector lets garbage lie while the machine has memory to spare. A leak raises
 * both it and the floor of the heap, from the second quarter (the first warms caches and the compiler) to the last.
 */
function isFlat(memory: readonly Memory[]): boolean {
  const quarter = Math.floor(memory.length / 4);
  if (quarter < 3) return true;
  const early = memory.slice(quarter, 2 * quarter);
  const late = memory.slice(-quarter);
  const floor = (samples: readonly Memory[]): number => Math.min(...samples.map((each) => each.heapMiB));
  const most = (samples: readonly Memory[]): number => Math.max(...samples.map((each) => each.residentMiB));
  console.log(
    `resident MiB: ${most(early).toFixed(0)} in the second quarter, ${most(late).toFixed(0)} in the last; floor of the heap: ${floor(early).toFixed(0)}, ${floor(late).toFixed(0)}`,
  );
  const grew = floor(late) > floor(early) * 1.25 + 8 && most(late) > most(early) * 1.1 + 16;
  if (grew) console.error('memory grew');
  return !grew;
}

if (options.serve) {
  await serve();
} else if (options.url !== undefined) {
  const url = new URL(options.url);
  process.exitCode = (await run(Number(url.port), url.host)) ? 0 : 1;
} else {
  const child = fork(import.meta.filename, ['--serve']);
  const port = await new Promise<number>((resolve) => child.once('message', (message) => resolve(Number(message))));
  process.exitCode = (await run(port, `127.0.0.1:${port}`)) ? 0 : 1;
  child.disconnect();
}
