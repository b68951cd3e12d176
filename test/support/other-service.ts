// The real service as a process of its own, for tests of what two of them share and of what a killed one leaves behind.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Test } from 'tap';
import type { Answer } from './service.ts';

const main = fileURLToPath(new URL('../../src/start.js', import.meta.url));

export type Call = (method: string, path: string, body?: unknown) => Promise<{ status: number; body: Answer }>;

export interface OtherService {
  readonly call: Call;
  readonly child: ChildProcess;
}

/** Killed when the test of `t` ends, however it ends: a test that fails leaves nothing running. */
export async function startOther(t: Test, directory: string, more: Record<string, string> = {}): Promise<OtherService> {
  const settings = { PORTCULLIS_PORT: '0', PORTCULLIS_DATA_DIR: directory, PORTCULLIS_RATE_LIMIT: '0', PORTCULLIS_LOG_LEVEL: 'silent' };
  const env = { ...process.env, ...settings, ...more };
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  const [greeting] = (await once(child.stdout, 'data')) as [Buffer];
  const url = /http:\/\/[\d.]+:\d+/.exec(greeting.toString('utf8'))?.[0];
  const call: Call = async (method, path, body) => {
    const init = body === undefined ? { method } : { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(url + path, init);
    return { status: response.status, body: (await response.json()) as Answer };
  };
  return { call, child };
}
