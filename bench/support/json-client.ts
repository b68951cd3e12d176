// A small keep-alive client for proofs: JSON out, JSON in, nothing retried, so that a lost answer is seen as one.
import { Agent, request } from 'node:http';

export interface Answer {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- answers are read by proofs that know the contract
  readonly body: any;
}

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
            resolve({ status: response.statusCode as number, body: text.startsWith('{') ? JSON.parse(text) : text });
          });
        });
        sent.on('error', reject);
        sent.end(payload ?? undefined);
      }),
    close: () => agent.destroy(),
  };
}
