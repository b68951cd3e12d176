// The policy file in force. A changed file is read again without a pause for requests: its text is parsed in another thread,
// the new policy replaces the old one in one assignment, and a decision under way keeps the one it began with. A faulty new
// version is reported once, in one sentence, and the old policy stays.
import { readFileSync, type Stats, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { readYamlAside } from '../../parse/yaml-aside.ts';
import { readYaml, type YamlReading, yamlBytesMax } from '../../parse/yaml-text.ts';
import type { Policy, PolicySource } from '../../ports/policy.ts';
import type { Stopwatch } from './expression.ts';
import { type PolicyReading, readPolicy } from './read-policy.ts';

export interface PolicySourceOptions {
  readonly file: string;
  readonly clock: Stopwatch;
  /** One sentence for the operator: a version that was refused, or the first failure of a rule's expression. */
  readonly onError: (sentence: string) => void;
  /** Told of each change of the policy in force, with its revision. */
  readonly onChange?: (revision: string) => void;
  /** How often the file is looked at, 0 = only when `reload` is called. */
  readonly pollMs?: number;
}

export interface PolicyFileSource extends PolicySource {
  /** Reads the file again now. True when a new policy is in force; a faulty one is reported and gives false. Never rejects. */
  reload(): Promise<boolean>;
  close(): void;
}

/** Thrown when there is no usable policy to start with. Its message is one sentence. */
export class PolicyFileError extends Error {
  override readonly name = 'PolicyFileError';
}

/** Throws PolicyFileError when the first reading fails: a service without a policy must not start. */
export function createPolicySource(options: PolicySourceOptions): PolicyFileSource {
  const { file, onError } = options;
  const read = (text: string, yaml: YamlReading): PolicyReading => readPolicy(text, yaml, options.clock, oncePerRule(onError));

  // The fingerprint is taken before the text: a change between the two is then seen by the next look.
  let seen = '';
  const first = orProblem(() => {
    const stats = statSync(file);
    seen = fingerprint(stats);
    refuseLarge(stats);
    const text = readFileSync(file, 'utf8');
    return read(text, readYaml(text));
  });
  if (!first.ok) throw new PolicyFileError(`The policy ${file} cannot be used: ${first.problem}.`);
  let current: Policy = first.policy;

  const readAside = async (): Promise<PolicyReading> => {
    try {
      const stats = await stat(file);
      seen = fingerprint(stats);
      refuseLarge(stats);
      const text = await readFile(file, 'utf8');
      const yaml = await readYamlAside(text);
      return read(text, yaml);
    } catch (error) {
      return { ok: false, problem: readProblem(error) };
    }
  };
  const reload = async (): Promise<boolean> => {
    const next = await readAside();
    if (!next.ok) {
      onError(`The policy ${file} was changed but cannot be used, and revision ${current.revision} stays in force: ${next.problem}.`);
      return false;
    }
    if (next.policy.revision === current.revision) return false;
    current = next.policy;
    options.onChange?.(current.revision);
    return true;
  };

  // One reading at a time: two of them could finish in the wrong order and leave the older policy in force.
  let queue: Promise<boolean> = Promise.resolve(false);
  const reloadInTurn = (): Promise<boolean> => {
    queue = queue.then(reload);
    return queue;
  };
  const look = async (): Promise<void> => {
    const now = await stat(file).then(fingerprint, () => 'absent');
    if (now === seen) return;
    seen = now;
    await reloadInTurn();
  };
  const pollMs = options.pollMs ?? 2000;
  const timer = pollMs > 0 ? setInterval(() => void look(), pollMs) : null;
  timer?.unref();

  return { current: () => current, reload: reloadInTurn, close: () => clearInterval(timer ?? undefined) };
}

/** A failing rule may fail in every request; one line per rule and revision is enough to act on. */
function oncePerRule(onError: (sentence: string) => void): (rule: string, problem: string) => void {
  const failed = new Set<string>();
  return (rule, problem) => {
    if (failed.has(rule)) return;
    failed.add(rule);
    onError(`The policy rule ${rule} failed on an attempt and counted as not holding: ${problem}.`);
  };
}

/** Size and inode as well: an editor that renames a new file into place may keep the old time. */
function fingerprint(stats: Stats): string {
  return `${stats.mtimeMs} ${stats.size} ${stats.ino}`;
}

/** Before the text is in memory: the wrong path may be a disk image. */
function refuseLarge(stats: Stats): void {
  if (stats.size > yamlBytesMax) throw new Error(`it is larger than ${yamlBytesMax / 1024} KiB`);
}

function orProblem(read: () => PolicyReading): PolicyReading {
  try {
    return read();
  } catch (error) {
    return { ok: false, problem: readProblem(error) };
  }
}

function readProblem(error: unknown): string {
  const code = (error as { code?: unknown }).code;
  if (code === 'ENOENT') return 'there is no such file';
  if (typeof code === 'string') return `it cannot be read (${code})`;
  return error instanceof Error ? error.message : String(error);
}
