// The real service in this process: real stores in a directory of its own, real data, the shipped model, a free port.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Service, startService } from '../../src/compose.ts';
import { loadSettings } from '../../src/config/load.ts';

export interface TestService extends Service {
  readonly directory: string;
  /** Sends JSON and reads JSON; `status` is beside the body. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<{ status: number; body: Answer }>;
  /** Closes, and removes the directory unless it is to be opened again. */
  end(keep?: boolean): Promise<void>;
}

// Answers are read by tests that know their shape from the contract; a wrong shape fails the test.
// oxlint-disable-next-line typescript/no-explicit-any -- the shape is the contract's, which the tests check field by field.
export type Answer = any;

/** For tests of scoring alone: the threads of cases cost more to start than all else. */
export const withoutCases = { PORTCULLIS_CASES: 'false' };

export async function startTestService(
  env: Record<string, string> = {},
  directory = mkdtempSync(join(tmpdir(), 'portcullis-service-')),
): Promise<TestService> {
  const settings = loadSettings(
    { PORTCULLIS_PORT: '0', PORTCULLIS_DATA_DIR: directory, PORTCULLIS_LOG_LEVEL: 'silent', PORTCULLIS_RATE_LIMIT: '0', ...env },
    () => '',
  );
  const service = await startService(settings, process.env);
  return {
    ...service,
    directory,
    async call(method, path, body, headers = {}) {
      const init: RequestInit = { method, headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) } };
      if (body !== undefined) init.body = typeof body === 'string' ? body : JSON.stringify(body);
      const response = await fetch(service.url + path, init);
      const text = await response.text();
      return { status: response.status, body: text.startsWith('{') ? JSON.parse(text) : text };
    },
    async end(keep = false) {
      await service.close();
      if (!keep) rmSync(directory, { recursive: true, force: true });
    },
  };
}
