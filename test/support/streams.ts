// Servers with cases whose explanations are followed, for the tests of the event stream.
import type { AddressInfo } from 'node:net';
import type { ServerOptions } from '../../src/http/server.ts';
import type { CasePorts } from '../../src/review/cases/ports.ts';
import { type CaseWorld, caseWorld } from './case-world.ts';
import type { ReadEvent } from './event-reader.ts';
import { telling } from './explanations.ts';
import { type FakeDoor, fakeDoor } from './http-fake.ts';

type Tap = { teardown: (close: () => unknown) => void };

export interface Served extends FakeDoor {
  readonly port: number;
  stop(): Promise<void>;
}

export async function serve(t: Tap, cases: CasePorts, options: Partial<ServerOptions> = {}): Promise<Served> {
  const door = await fakeDoor(options, cases);
  await door.app.listen({ port: 0, host: '127.0.0.1' });
  const stop = async (): Promise<void> => {
    door.app.server.closeIdleConnections();
    await door.app.close();
  };
  t.teardown(() => {
    door.app.server.closeAllConnections();
    return door.app.close();
  });
  return Object.assign(door, { port: (door.app.server.address() as AddressInfo).port, stop });
}

/** A case of which so many findings were told between the template and the end. */
export async function toldCase(findings: number, size = 0): Promise<CaseWorld> {
  const world = caseWorld();
  await world.open('a');
  const between = Array.from({ length: findings }, (_, n) => telling(n, 'finding', size));
  await world.ports.log.append('default', 'case-a', [telling(0, 'template'), ...between, telling(0, 'done')]);
  return world;
}

export const idsOf = (events: readonly ReadEvent[]): (string | null)[] => events.map((event) => event.id);
export const numbers = (from: number, to: number): string[] => Array.from({ length: to - from + 1 }, (_, n) => String(from + n));

/** Waits for what has no event of its own, by turns of the loop. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}
