// What a V8 CPU profile says, by named parts of the program instead of by function.
//
// A sample belongs to the innermost function on its stack that a part claims; what serves every part (a byte writer, a promise)
// claims nothing and counts for its caller.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  /** Microseconds of the monotonic clock. */
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface Part {
  readonly name: string;
  /** Is matched with "functionName path", the path from the project's folder on. */
  readonly claims: RegExp;
  /** Whatever it calls is its own, even what another part would claim. */
  readonly whole?: boolean;
}

/** The only profile that lies in a directory. */
export function profileIn(directory: string): Profile {
  const [file] = readdirSync(directory).filter((name) => name.endsWith('.cpuprofile'));
  if (file === undefined) throw new Error(`There is no CPU profile in ${directory}.`);
  return JSON.parse(readFileSync(join(directory, file), 'utf8')) as Profile;
}

/** Share of each part in the busy time between two moments of the monotonic clock (microseconds); the shares add up to 1. */
export function sharesOf(profile: Profile, parts: readonly Part[], fromMicros: number, toMicros: number): ReadonlyMap<string, number> {
  const partOf = partsOfNodes(profile, parts);
  const micros = new Map<string, number>();
  let busy = 0;
  let now = profile.startTime;
  for (let i = 0; i < profile.samples.length; i++) {
    const delta = profile.timeDeltas[i] as number;
    now += delta;
    const part = partOf.get(profile.samples[i] as number);
    if (now < fromMicros || now > toMicros || part === undefined || part === idle) continue;
    micros.set(part, (micros.get(part) ?? 0) + delta);
    busy += delta;
  }
  return new Map([...micros].map(([part, used]) => [part, used / busy]));
}

const idle = '(idle)';
const rest = 'the rest';

function partsOfNodes({ nodes }: Profile, parts: readonly Part[]): Map<number, string> {
  const partOf = new Map<number, string>();
  const wholes = new Set(parts.filter((part) => part.whole === true).map((part) => part.name));
  // Parents come before their children.
  for (const node of nodes) {
    const { functionName, url } = node.callFrame;
    const label = `${functionName} ${url.replace(/^.*\/(?=(?:src|node_modules)\/)/, '')}`;
    const inherited = partOf.get(node.id) ?? rest;
    const claimed = functionName === idle ? idle : parts.find((part) => part.claims.test(label))?.name;
    const part = claimed === undefined || (wholes.has(inherited) && claimed !== 'garbage collection') ? inherited : claimed;
    partOf.set(node.id, part);
    for (const child of node.children ?? []) partOf.set(child, part);
  }
  return partOf;
}
