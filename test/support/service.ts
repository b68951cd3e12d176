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
  /** The same for what is no JSON. */
  text(path: string): Promise<string>;
  /** Closes, and removes the directory unless it is to be opened again. */
  end(keep?: boolean): Promise<void>;
}

/**
 * What tests read of answers, whichever call it was: a field that is misspelt does not compile, and one that is not there is undefined and fails
 * the test that reads it.
 */
export interface Answer {
  readonly assessment_id: string;
  readonly attempt_id: string;
  readonly case_id: string;
  readonly occurred_at: string;
  readonly verdict: string;
  readonly level: string;
  readonly score: number;
  readonly log_odds: number;
  readonly base_log_odds: number;
  readonly other_contributions: number;
  readonly reasons: readonly {
    readonly code: string;
    readonly contribution: number;
    readonly evidence: Readonly<Record<string, unknown>>;
  }[];
  readonly missing: readonly { readonly signal: string; readonly cause: string }[];
  readonly degraded: boolean;
  readonly decided_by: string;
  readonly user: { readonly id: string };
  readonly good_logins: number;
  readonly devices: readonly object[];
  readonly checks: readonly { readonly name: string; readonly ok: boolean }[];
  readonly result: string;
  readonly explanations: readonly {
    readonly final: boolean;
    readonly body: { readonly findings: readonly { readonly origin: string }[] };
  }[];
  readonly context: {
    readonly asset: object;
    readonly account: object;
    readonly counterfactual: object;
    readonly baseline: { readonly day: string; readonly logins: { readonly on_day: number } };
  };
}

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
    async text(path) {
      return (await fetch(service.url + path)).text();
    },
    async end(keep = false) {
      await service.close();
      if (!keep) rmSync(directory, { recursive: true, force: true });
    },
  };
}
