// Explanations as they are stored and told.
import { createWording } from '../../src/adapters/icu-messages/wording.ts';
import type { NewTelling } from '../../src/ports/case/explanation-log.ts';
import { type ExplanationBody, noTokens, templateBody, type ToldFinding, writeBody } from '../../src/review/explain/told/body.ts';
import { noonMs, storedOf } from './records.ts';

export const english = createWording('en');

export function toldFinding(id: string, change: Partial<ToldFinding> = {}): ToldFinding {
  return {
    id,
    code: 'NEW_DEVICE',
    codes: ['NEW_DEVICE'],
    evidenceIds: ['NEW_DEVICE.devices'],
    direction: 'raises',
    strength: 'high',
    sentence: 'The device is new.',
    origin: 'model',
    model: 'claude',
    written: 'The device is new.',
    ...change,
  };
}

export function toldBody(change: Partial<ExplanationBody> = {}): ExplanationBody {
  return { ...templateBody(storedOf('assessment-a', 'account-a'), english), ...change };
}

const bodies: Readonly<Record<string, (n: number, size: number) => string>> = {
  template: () => writeBody(toldBody()),
  finding: (n, size) => JSON.stringify(toldFinding(`f${n}`, { sentence: 'x'.repeat(size) })),
  done: () =>
    JSON.stringify({
      version: 2,
      origin: 'model',
      models: ['claude'],
      promptVersion: 'p1',
      tokens: { ...noTokens, cacheRead: 7 },
      money: 0.01,
      calls: 1,
      cause: null,
      nextChecks: ['ask_user', 'of_another_version'],
    }),
};

/** `size`: letters of a finding's sentence. */
export function telling(n: number, kind = 'finding', size = 0): NewTelling {
  return { key: `${kind}-${n}`, kind, body: bodies[kind]?.(n, size) ?? '{}', atMs: noonMs };
}
