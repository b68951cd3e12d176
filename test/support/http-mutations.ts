// Bodies made from the schema of a request and then damaged, each from one number: the same seed always gives the same bytes,
// so a failure is repeated by its seed alone. Shared by the tests of the door and the long run in bench/fuzz-http.ts.
import { scoreRequestSchema } from '../../src/parse/score-request.ts';
import { labelRequestSchema, outcomeRequestSchema } from '../../src/http/wire.ts';

export interface MutatedRequest {
  readonly path: string;
  readonly contentType: string;
  readonly body: Buffer;
}

interface Schema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
}

/** Uniform in [0, 1); a 32-bit mixer, good enough to choose damage. */
function createChance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const addresses = ['8.8.4.4', '10.0.0.1', '2a00:1450:4001:82::1', '::ffff:8.8.8.8', '203.0.113.7', '::1', '2001:db8::1'];
const texts = [
  'u-1',
  'web',
  'Europe/Berlin',
  'de-DE,de;q=0.9',
  '1920x1080x24',
  'Win32',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'curl/8.5.0',
];
const hostile: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1e308,
  -1e-320,
  9_007_199_254_740_993,
  '',
  ' ',
  '\u0000',
  '\ud800',
  '\udfff\ud800',
  '\u202e\u2028',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '{{7*7}}${7*7}',
  "' OR 1=1 --",
  '<script>',
  'a'.repeat(300),
  'é'.repeat(5000),
  '9'.repeat(400),
  '1.2.3.4/8',
  '::1%eth0',
  '999999-01-01T00:00:00Z',
  '2026-02-30T25:61:61Z',
  [],
  {},
  [[[[[[]]]]]],
  { a: { a: { a: {} } } },
  Array.from({ length: 2000 }, () => 1),
  Array.from({ length: 40 }, (_, at) => ({ brand: `b${at}`, version: '1' })),
];

const targets: readonly { readonly path: string; readonly schema: Schema }[] = [
  { path: '/v1/score', schema: scoreRequestSchema as Schema },
  { path: '/v1/outcomes', schema: outcomeRequestSchema as Schema },
  { path: '/v1/labels', schema: labelRequestSchema as Schema },
];

export function mutatedRequest(seed: number): MutatedRequest {
  const chance = createChance(seed);
  const upTo = (count: number): number => Math.floor(chance() * count);
  const pick = <T>(values: readonly T[]): T => values[upTo(values.length)] as T;
  const { path, schema } = chance() < 0.8 ? (targets[0] as (typeof targets)[number]) : pick(targets);

  const valueFor = (name: string, schema: Schema): unknown => {
    if (schema.enum !== undefined) return pick(schema.enum);
    switch (schema.type === undefined || typeof schema.type === 'string' ? schema.type : pick(schema.type)) {
      case 'object':
        return objectFor(schema);
      case 'array':
        return Array.from({ length: upTo(12) }, () => valueFor(name, schema.items ?? {}));
      case 'string':
        return textFor(name);
      case 'integer':
        return 1 + upTo(100);
      case 'number':
        return upTo(1_000_000) / 100;
      case 'boolean':
        return chance() < 0.5;
      default:
        return null;
    }
  };
  const textFor = (name: string): string => {
    if (name === 'ip') return pick(addresses);
    if (name === 'occurred_at') return new Date(Date.now() - upTo(400_000)).toISOString();
    if (name.endsWith('_at')) return new Date(upTo(2_000_000_000) * 1000).toISOString();
    return name === 'attempt_id' ? `a-${upTo(1_000_000)}` : name === 'id' ? `u-${upTo(1000)}` : pick(texts);
  };
  const objectFor = (schema: Schema): Record<string, unknown> => {
    const object: Record<string, unknown> = {};
    for (const [name, member] of Object.entries(schema.properties ?? {})) {
      if (schema.required?.includes(name) === true || chance() < 0.5) object[name] = valueFor(name, member);
    }
    return object;
  };

  const value = objectFor(schema);
  for (let changes = chance() < 0.4 ? 0 : upTo(3); changes > 0; changes--) changeValue(value, chance);
  let body: Buffer = Buffer.from(changeText(JSON.stringify(value), chance));
  for (let changes = chance() < 0.65 ? 0 : 1 + upTo(4); changes > 0; changes--) body = changeBytes(body, chance);
  const contentType =
    chance() < 0.98 ? 'application/json' : pick(['text/plain', 'application/x-ndjson', 'application/json; charset=utf-16', 'x', '']);
  if (chance() < 0.04)
    return {
      path: '/v1/score/batch',
      contentType: 'application/x-ndjson',
      body: Buffer.concat([body, Buffer.from('\n'), body.subarray(0, upTo(200))]),
    };
  return { path, contentType, body };
}

/** A copy, because later changes may go into it. */
function hostileValue(chance: () => number): unknown {
  return structuredClone(hostile[Math.floor(chance() * hostile.length)]);
}

/** Puts something hostile at a random place, removes a member, or adds one. */
function changeValue(value: Record<string, unknown>, chance: () => number): void {
  let object = value;
  for (;;) {
    const keys = Object.keys(object);
    const key = keys[Math.floor(chance() * keys.length)];
    if (key === undefined) return;
    const member = object[key];
    if (typeof member === 'object' && member !== null && !Array.isArray(member) && chance() < 0.7 && Object.keys(member).length > 0) {
      object = member as Record<string, unknown>;
      continue;
    }
    const kind = chance();
    if (kind < 0.6) object[key] = hostileValue(chance);
    else if (kind < 0.8) delete object[key];
    else object[['extra', 'constructor', 'toString', 'ID', ''][Math.floor(chance() * 5)] as string] = hostileValue(chance);
    return;
  }
}

/** What JSON.stringify cannot write. */
function changeText(text: string, chance: () => number): string {
  const kind = chance();
  if (kind < 0.03) return text.replace('{', '{"__proto__":{"a":1},');
  if (kind < 0.06) return text.replace(/"(\w+)":/, '"$1":1,"$1":');
  if (kind < 0.08) return text.replace(/:(\d+)/, ':1e999');
  if (kind < 0.1) return text.replace(/:(\d+)/, ':-0.0000000000000000000000000000001E-400');
  if (kind < 0.11) return `${'['.repeat(Math.floor(chance() * 16_000))}${text}`;
  if (kind < 0.12) return text.replace('{', `{${' '.repeat(Math.floor(chance() * 16_000))}`);
  if (kind < 0.14) return text.replace(/"(\w)/, (_, letter: string) => `"\\u00${letter.charCodeAt(0).toString(16)}`);
  return text;
}

function changeBytes(body: Buffer, chance: () => number): Buffer {
  const at = Math.floor(chance() * (body.length + 1));
  const length = Math.floor(chance() * 8);
  switch (Math.floor(chance() * 6)) {
    case 0: {
      const copy = Buffer.from(body);
      if (at < copy.length) copy[at] = (copy[at] as number) ^ (1 << Math.floor(chance() * 8));
      return copy;
    }
    case 1:
      return Buffer.concat([body.subarray(0, at), body.subarray(at + length)]);
    case 2:
      return Buffer.concat([
        body.subarray(0, at),
        Buffer.from(Array.from({ length }, () => Math.floor(chance() * 256))),
        body.subarray(at),
      ]);
    case 3:
      return body.subarray(0, at);
    case 4:
      return Buffer.concat([body.subarray(0, at), body.subarray(Math.max(0, at - length * 4), at), body.subarray(at)]);
    default:
      return Buffer.concat([
        body.subarray(0, at),
        Buffer.from(['"', '\\', '{', '}', '[', ']', ':', ','][length] as string),
        body.subarray(at),
      ]);
  }
}

/** Null when an answer is one that the door may give to anything: 2xx or 4xx, JSON, nothing of our inside. */
export function faultOfAnswer(status: number, text: string): string | null {
  if (status < 200 || status > 499 || (status >= 300 && status < 400)) return `status ${status}`;
  if (/node_modules|\.ts:\d|\n\s+at |Error:/.test(text)) return 'something of a stack in the answer';
  try {
    for (const line of text.trimEnd().split('\n')) if (line !== '') JSON.parse(line);
    return null;
  } catch {
    return 'the answer is not JSON';
  }
}
