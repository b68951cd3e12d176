// What a fake provider is asked and what it is told to do about it. The wire formats are in wire-*.ts, the server is in server.ts.

/** Azure has two doors: the v1 door with responses, and the deployments' chat. */
export const fakeKinds = ['openai', 'anthropic', 'azure', 'azure-deployments', 'bedrock', 'ollama', 'compatible'] as const;
export type FakeKind = (typeof fakeKinds)[number];

/** The keys that every fake takes; another one is refused as the provider would. */
export const fakeKey = 'test-key-0123456789';
export const fakeAccessKey = { id: 'AKIDFAKE00000000', secret: 'fake/secret+0123456789abcdef', sessionToken: 'fake-session-token' };
export const fakeRegion = 'eu-central-1';

export interface FakeUsage {
  /** All of the input. */
  readonly input: number;
  readonly cacheRead: number;
  /** OpenAI and those that speak its chat do not report it. */
  readonly cacheWrite: number;
  readonly output: number;
}

/** A request that the provider would take, read from its own form. */
export interface AskedOf {
  readonly model: string;
  readonly instructions: string;
  readonly text: string;
  /** The JSON schema that came with it; null: none. */
  readonly schema: unknown;
  /** Whether the schema came as the input of a tool that must be called. */
  readonly isByTool: boolean;
  /** Whether it marks what may be kept for the next request. */
  readonly isCacheMarked: boolean;
  readonly outputTokensMax: number | null;
}

export interface FakeRequest extends AskedOf {
  /** 1, 2, 3. */
  readonly number: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly auth: 'key' | 'signature' | 'none';
  /** Parsed. */
  readonly body: unknown;
  /** Settles when the client hung up before the answer had ended. */
  readonly hungUp: Promise<void>;
  /** Settles when the whole answer has left. */
  readonly answered: Promise<void>;
}

export type StreamError = 'rate_limited' | 'overloaded';

export type Step =
  /** Headers and what comes before text; any other step of a stream does it if it was not done. */
  | { readonly do: 'open' }
  | { readonly do: 'text'; readonly text: string }
  | { readonly do: 'pause'; readonly ms: number }
  /** For ever. */
  | { readonly do: 'hang' }
  | { readonly do: 'finish'; readonly finish: 'stop' | 'limit' | 'refused'; readonly usage: FakeUsage }
  /** The end of the body, in order or not. */
  | { readonly do: 'end' }
  /** The connection is cut. */
  | { readonly do: 'die' }
  /** An error frame of the provider's own inside the stream. */
  | { readonly do: 'error'; readonly error: StreamError }
  /** Bytes of the script's own inside the stream. */
  | { readonly do: 'bytes'; readonly bytes: string | Uint8Array }
  /** An error in the provider's own form instead of a stream. */
  | { readonly do: 'status'; readonly status: number; readonly message?: string; readonly headers?: Readonly<Record<string, string>> }
  /** Anything at all instead of a stream. */
  | {
      readonly do: 'page';
      readonly status: number;
      readonly contentType: string;
      readonly body: string;
      readonly headers?: Readonly<Record<string, string>>;
    };

/** Asked once for each request that is well formed. */
export type Script = (request: FakeRequest) => readonly Step[] | Promise<readonly Step[]>;

export const usualUsage: FakeUsage = { input: 1200, cacheRead: 1000, cacheWrite: 0, output: 60 };

export interface AnswerOptions {
  readonly pieceLength?: number;
  readonly pauseMs?: number;
  readonly usage?: FakeUsage;
  readonly finish?: 'stop' | 'limit' | 'refused';
}

/** A text in pieces of the stream, to its end. */
export function answering(text: string, options: AnswerOptions = {}): Step[] {
  const { pieceLength = 7, pauseMs = 0, usage = usualUsage, finish = 'stop' } = options;
  const steps: Step[] = [{ do: 'open' }];
  for (const piece of piecesOf(text, pieceLength)) {
    if (pauseMs > 0) steps.push({ do: 'pause', ms: pauseMs });
    steps.push({ do: 'text', text: piece });
  }
  steps.push({ do: 'finish', finish, usage }, { do: 'end' });
  return steps;
}

/** By code points, because no provider sends half of one. */
export function piecesOf(text: string, length: number): string[] {
  const points = Array.from(text);
  const pieces: string[] = [];
  for (let at = 0; at < points.length; at += length) pieces.push(points.slice(at, at + length).join(''));
  return pieces;
}
