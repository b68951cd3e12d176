// A server under measurement: its own process, pinned to one core where the system can, watched through /proc.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';

export interface ServerProcess {
  readonly child: ChildProcess;
  readonly url: string;
  /** CPU time of all threads since the start, microseconds. */
  cpuMicros(): number;
  /** The same by name of thread: "MainThread", "V8Worker", "libuv-worker". */
  threadMicros(): ReadonlyMap<string, number>;
  /** CPU time of the thread where logins are scored, microseconds. */
  mainMicros(): number;
  /** Resident memory without pages of the mapped database, bytes: what the process needs for itself, its program included. */
  ownMemoryBytes(): number;
  /** Resident memory, bytes. */
  residentBytes(): number;
  /** What it wrote to its outputs so far: where it listens, and every problem it told of. */
  output(): string;
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly script: string;
  /** What the script is given. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Core to pin to; -1 for none. */
  readonly core: number;
  /** Further flags for Node. */
  readonly flags?: readonly string[];
  /** Text of the line that says where it listens: the first http:// address in the output is taken. */
  readonly startMs?: number;
}

/** As `npm start` has them. */
const serviceFlags = ['--disable-warning=ExperimentalWarning', ...flagsOf('start')];

function flagsOf(script: string): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return (scripts[script] ?? '').split(' ').filter((word) => word.startsWith('--'));
}

/** USER_HZ of Linux on every architecture we run on. */
const ticksPerSecond = 100;

export async function startServer(options: StartOptions): Promise<ServerProcess> {
  const command = [process.execPath, ...serviceFlags, ...(options.flags ?? []), options.script, ...(options.args ?? [])];
  const pinned = options.core < 0 ? command : ['taskset', '-c', String(options.core), ...command];
  const child = spawn(pinned[0] as string, pinned.slice(1), { env: { ...process.env, ...options.env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
  const url = await listening(child, options.startMs ?? 60_000);
  const pid = child.pid as number;
  return {
    child,
    url,
    cpuMicros: () => cpuMicros(pid),
    threadMicros: () => threadMicros(pid),
    // The first thread has the number of its process.
    mainMicros: () => microsOf(readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8')),
    ownMemoryBytes: () => ownBytes(pid),
    residentBytes: () => statusKb(pid, 'VmRSS') * 1024,
    output: () => output,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

async function listening(child: ChildProcess, limitMs: number): Promise<string> {
  let output = '';
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The server did not listen within ${limitMs} ms:\n${output}`)), limitMs);
    function read(chunk: Buffer): void {
      output += chunk.toString('utf8');
      const url = /http:\/\/(?:\d+\.){3}\d+:\d+/.exec(output)?.[0];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    }
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`The server ended with ${code}:\n${output}`));
    });
  });
}

export interface ProcessUse {
  readonly cpuMicros: number;
  readonly ownBytes: number;
  readonly residentBytes: number;
}

/** What a process uses now; null when it is gone. */
export function useOf(pid: number): ProcessUse | null {
  try {
    return { cpuMicros: cpuMicros(pid), ownBytes: ownBytes(pid), residentBytes: statusKb(pid, 'VmRSS') * 1024 };
  } catch {
    return null;
  }
}

function threadMicros(pid: number): Map<string, number> {
  const micros = new Map<string, number>();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
    const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    micros.set(name, (micros.get(name) ?? 0) + microsOf(stat));
  }
  return micros;
}

function cpuMicros(pid: number): number {
  return microsOf(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}

function microsOf(stat: string): number {
  // The command may hold spaces: fields are counted from behind it. 11 and 12 behind the state are utime and stime.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1e6;
}

/** smaps names each mapping on a line of its own and says below it how much of it is resident. */
function ownBytes(pid: number): number {
  let isDatabase = false;
  let ownKb = 0;
  for (const line of readFileSync(`/proc/${pid}/smaps`, 'utf8').split('\n')) {
    if (/^[\da-f]+-[\da-f]+ /.test(line)) isDatabase = line.endsWith('.mdb');
    else if (!isDatabase && line.startsWith('Rss:')) ownKb += Number.parseInt(line.slice(4), 10);
  }
  return ownKb * 1024;
}

function statusKb(pid: number, key: string): number {
  const line = new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(line?.[1] ?? 0);
}
