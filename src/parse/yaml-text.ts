// Reads YAML (and therefore JSON) that a person wrote into plain values, and refuses what a person would not mean:
// a key given twice, anchors and aliases (a few lines of them expand to gigabytes), custom tags, several documents in one
// file, and anything deeper or longer than a policy or a settings file can need.
import { isAlias, isCollection, isNode, LineCounter, parseDocument, visit } from 'yaml';

/** 256 KiB: about four thousand list entries, read in a fraction of a second. */
export const yamlBytesMax = 262_144;
export const yamlDepthMax = 12;

export type YamlReading = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string };

function refused(problem: string): YamlReading {
  return { ok: false, problem };
}

/** Never throws. `problem` is one clause without a full stop, with line and column where there is one. Empty text is null. */
export function readYaml(text: string): YamlReading {
  if (Buffer.byteLength(text) > yamlBytesMax) return refused(`it is larger than ${yamlBytesMax / 1024} KiB`);
  try {
    return readBounded(text);
  } catch (error) {
    // The parser recurses into nested brackets, so hostile nesting ends its stack before our own depth check can run.
    return refused(error instanceof RangeError ? 'it is nested too deeply' : firstLine(String(error)));
  }
}

function readBounded(text: string): YamlReading {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { version: '1.2', schema: 'core', strict: true, uniqueKeys: true, stringKeys: true, lineCounter });
  const fault = document.errors[0] ?? document.warnings[0];
  if (fault !== undefined) return refused(`${inOurWords(fault.message)}${at(lineCounter, fault.pos[0])}`);

  let problem: string | null = null;
  visit(document, (_key, node, path) => {
    if (!isNode(node)) return undefined;
    const where = at(lineCounter, node.range?.[0] ?? 0);
    if (isAlias(node)) problem = `aliases (*name) are not allowed${where}`;
    else if (node.anchor !== undefined) problem = `anchors (&name) are not allowed${where}`;
    else if (isCollection(node) && path.filter(isCollection).length >= yamlDepthMax)
      problem = `it is nested deeper than ${yamlDepthMax} levels${where}`;
    return problem === null ? undefined : visit.BREAK;
  });
  return problem === null ? { ok: true, value: document.toJS({ maxAliasCount: 0 }) } : refused(problem);
}

/** The parser's messages name its own functions and stack; two of them are ours to say better. */
function inOurWords(message: string): string {
  if (message.includes('multiple documents')) return 'it holds several documents';
  if (message.includes('call stack')) return 'it is nested too deeply';
  return firstLine(message).replace(/ at line \d+, column \d+$/, '');
}

function at(lineCounter: LineCounter, offset: number): string {
  const { line, col } = lineCounter.linePos(offset);
  return ` (line ${line}, column ${col})`;
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').trim().replace(/[.:]$/, '');
}
