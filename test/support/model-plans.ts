// Plans of models that ask the fake providers.
import type { ModelPlan } from '../../src/domain/explainer-plan.ts';
import type { ModelCall } from '../../src/ports/case/explainer-model.ts';
import { type FakeKind, fakeAccessKey, fakeKey, fakeRegion } from './fake-providers/script.ts';

/** Limits that no answer of a test reaches, also on a busy machine. */
const unhurried = { firstTextMs: 30_000, stallMs: 30_000, totalMs: 60_000 };

/** Of an older model on Bedrock, which answers through a tool and signs its requests. */
const modelIds: Readonly<Record<FakeKind, string>> = {
  openai: 'gpt-4.1-mini',
  azure: 'my-deployment',
  'azure-deployments': 'my-deployment',
  anthropic: 'claude-sonnet-4-5',
  bedrock: 'amazon.nova-lite-v1:0',
  ollama: 'gemma3:270m',
  compatible: 'qwen/qwen3-8b',
};

export function planFor(kind: FakeKind, baseUrl: string, change: Partial<ModelPlan> = {}): ModelPlan {
  const isBedrock = kind === 'bedrock';
  return {
    name: `my ${kind}`,
    provider: kind === 'azure-deployments' ? 'azure' : kind,
    model: modelIds[kind],
    baseUrl,
    apiKey: isBedrock ? null : fakeKey,
    region: isBedrock ? fakeRegion : null,
    accessKey: isBedrock ? fakeAccessKey : null,
    structuredOutput: true,
    outputTokensMax: 100,
    ...unhurried,
    concurrency: 8,
    price: null,
    ...change,
  };
}

export const sampleSchema = {
  type: 'object',
  properties: {
    findings: {
      type: 'array',
      items: {
        type: 'object',
        properties: { case: { type: 'string' }, evidence: { type: 'array', items: { type: 'string' } }, sentence: { type: 'string' } },
        required: ['case', 'evidence', 'sentence'],
        additionalProperties: false,
      },
    },
    next_checks: { type: 'array', items: { type: 'string' } },
  },
  required: ['findings', 'next_checks'],
  additionalProperties: false,
} as const;

/** With every kind of character that a wire format might change on the way. */
export const sampleCall: ModelCall = {
  instructions:
    'You explain logins.\nRules:\n\t1. Say only what is "cited" \\ nothing else.\n2. Ümläute, 日本, 🛡️ and \u2028 stay as they are.\n',
  text: 'case_1:\nraises the risk strongly: IMPOSSIBLE_TRAVEL\n  IMPOSSIBLE_TRAVEL.distance_km = 8,900 km\nAnswer with one JSON object.\n',
  schema: sampleSchema,
  outputTokensMax: 4_000,
};

export const sampleAnswer = JSON.stringify({
  findings: [
    { case: 'case_1', evidence: ['IMPOSSIBLE_TRAVEL.distance_km'], sentence: 'The login came from 8,900 km away – „zu weit“ 🛫.' },
    { case: 'case_1', evidence: [], sentence: 'A "quoted" \\ sentence.\n' },
  ],
  next_checks: ['ask_user'],
});
