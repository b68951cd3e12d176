// A small keep-alive client for proofs: JSON out, JSON in, nothing retried, so that a lost answer is seen as one.
import { Agent, request } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly body: AnswerBody;
}

/** The fields of a JSON object, those that proofs look at by the types of the contract; of any other answer its text. */
export type AnswerBody = Readonly<Record<string, unknown>> & {
  readonly assessment_id?: string;
  readonly decided_by?: string;
  readonly degraded?: boolean;
  readonly good_logins?: number;
  readonly devices?: readonly unknown[];
  readonly checks?: readonly { readonly name: string; readonly detail: string }[];
  readonly text?: string;
};

export interface JsonClient {
  /** Rejects when the connection ends without a complete answer. */
  call(method: string, path: string, body?: unknown): Promise<Answer>;
  close(): void;
}

export function createClient(url: string, connections: number): JsonClient {
  const { hostname, port } = new URL(url);
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  return {
    call: (method, path, body) =>
      new Promise((resolve, reject) => {
        const payload = body === undefined ? null : JSON.stringify(body);
        const headers = payload === null ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) };
        const sent = request({ agent, hostname, port, method, path, headers }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            resolve({ status: response.statusCode as number, body: text.startsWith('{') ? (JSON.parse(text) as AnswerBody) : { text } });
          });
        });
        sent.on('error', reject);
        sent.end(payload ?? undefined);
      }),
    close: () => agent.destroy(),
  };
}
