// Several servers under the same load in turn, each round beginning with another one, and what each costs beside the first.
import { type Load, warm } from './load.ts';
import type { ServerProcess } from './server-process.ts';
import { median, spread } from './statistics.ts';

export interface Named {
  readonly name: string;
  readonly server: ServerProcess;
}

interface Measured extends Named {
  readonly cpuMicros: number[];
  /** By name of thread. */
  readonly threads: Map<string, number[]>;
  failed: number;
}

const threadNames: readonly (readonly [string, string])[] = [
  ['MainThread', 'main'],
  ['V8Worker', 'V8'],
  ['libuv-worker', 'database'],
];

/** Warms all of them, saturates them for `rounds` rounds and prints medians with their spread. */
export async function interleave(servers: readonly Named[], load: Load, rounds: number): Promise<void> {
  const measured = servers.map((named): Measured => ({ ...named, cpuMicros: [], threads: new Map(), failed: 0 }));
  for (const { server } of measured) await warm(server, load);
  for (let round = 0; round < rounds; round++)
    for (let i = 0; i < measured.length; i++) await measure(measured[(i + round) % measured.length] as Measured, load);
  const first = measured[0] as Measured;
  process.stdout.write(
    `CPU per request, us; times the first's, round by round: median (lowest to highest of ${rounds} rounds); of it by thread; memory\n`,
  );
  for (const { name, server, cpuMicros, threads, failed } of measured) {
    const ratios = cpuMicros.map((micros, round) => micros / (first.cpuMicros[round] as number));
    const shares = threadNames.map(([thread, title]) => `${title} ${median(threads.get(thread) ?? [0]).toFixed(0)}`).join(', ');
    const mib = (server.ownMemoryBytes() / 2 ** 20).toFixed(0);
    process.stdout.write(
      `  ${name.padEnd(14)} ${spread(cpuMicros, 1).padEnd(24)}  ${spread(ratios).padEnd(20)}  ${shares}; ${mib} MiB; ${failed} not 2xx\n`,
    );
  }
}

async function measure(one: Measured, load: Load): Promise<void> {
  const before = one.server.threadMicros();
  const { answered, cpuMicros, failed } = await load(one.server, null);
  one.cpuMicros.push(cpuMicros);
  one.failed += failed;
  for (const [name, micros] of one.server.threadMicros())
    one.threads.set(name, [...(one.threads.get(name) ?? []), (micros - (before.get(name) ?? 0)) / answered]);
}
