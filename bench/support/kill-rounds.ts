// What benches that kill the service have in common: how it is started again, and how they end.
import { type ServerProcess, startServer } from './server-process.ts';

/** The real service on any core; how long it took until it listened is added to `startsMs`. */
export async function startTimed(env: Readonly<Record<string, string>>, startsMs: number[]): Promise<ServerProcess> {
  const beganMs = performance.now();
  const service = await startServer({ script: 'src/start.js', core: -1, env });
  startsMs.push(performance.now() - beganMs);
  return service;
}

/** Says whether every promise was kept, and ends with exit code 1 when one was not. */
export function endBy(problems: readonly string[]): void {
  process.stdout.write(problems.length === 0 ? 'Every promise was kept.\n' : `Broken:\n${problems.slice(0, 40).join('\n')}\n`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}
