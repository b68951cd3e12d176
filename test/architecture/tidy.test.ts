// What linters do not see: names, sizes, documentation that is made from code, traces of somebody's machine.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { schema } from '../../src/domain/feature/schema.ts';
import { referencePages } from '../../src/tool/generate-reference.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const notOurs = new Set(['node_modules', '.git', '.tap', 'coverage', 'data', 'out', '.venv', '.cache', '__pycache__', '.portcullis']);

function filesUnder(directory: string): string[] {
  return readdirSync(join(root, directory), { withFileTypes: true }).flatMap((entry) => {
    const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
    if (notOurs.has(entry.name)) return [];
    if (entry.isDirectory()) return filesUnder(path);
    return entry.isFile() ? [path] : [];
  });
}

const all = filesUnder('');
const code = all.filter((path) => /^(src|test|bench|scripts)\/.*\.(ts|mjs|cjs)$/.test(path));
const source = code.filter((path) => path.startsWith('src/'));
const text = new Map(code.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
const linesOf = (path: string): string[] => (text.get(path) ?? '').split('\n');
const where = (paths: readonly string[], matches: (line: string) => boolean): string[] =>
  paths.flatMap((path) => linesOf(path).flatMap((line, index) => (matches(line) ? [`${path}:${index + 1}`] : [])));

t.test('no file or folder is a drawer for anything', (t) => {
  const drawer =
    /^(utils?|helpers?|common|shared|lib|misc|types|index|constants|managers?|services?|base)(\.[a-z.]+)?$|(-impl|-manager|-service|-helper|-utils?)\.[a-z]+$/;
  // Tests of the whole service may say so.
  t.same(
    code.filter((path) => !path.startsWith('test/') && path.split('/').some((part) => drawer.test(part))),
    [],
  );
  t.same(
    code.filter((path) => !/^[a-z0-9.-]+$/.test(basename(path))),
    [],
    'names are in kebab case',
  );
  t.end();
});

t.test('files stay small: half of them to 120 lines, nine in ten to 250, each to 400', (t) => {
  const sizes = source.map((path) => linesOf(path).length - 1).sort((a, b) => a - b);
  const at = (share: number): number => sizes[Math.min(sizes.length - 1, Math.floor(sizes.length * share))] ?? 0;
  t.ok(at(0.5) <= 120, `median ${at(0.5)}`);
  t.ok(at(0.9) <= 250, `ninth decile ${at(0.9)}`);
  t.same(
    source.filter((path) => linesOf(path).length - 1 > 400),
    [],
  );
  t.end();
});

t.test('each source file opens with what it is for', (t) => {
  t.same(
    source.filter((path) => !linesOf(path)[0]?.startsWith('//')),
    [],
  );
  t.end();
});

t.test('unfinished work names its issue, and a silenced check says why', (t) => {
  const unfinished = /\/\/.*\b(TODO|FIXME|XXX|HACK)\b/;
  t.same(
    where(code, (line) => unfinished.test(line) && !/TODO\(#\d+\): \S/.test(line)),
    [],
  );
  const silenced = /@ts-(ignore|nocheck|expect-error)|(oxlint|eslint)-disable|biome-ignore|(c8|v8|istanbul) ignore/;
  const reason = /(@ts-expect-error|-disable[a-z-]*|biome-ignore|ignore( next| start| stop)?)[^:–]*(:|--|–) \S+( \S+){2}/;
  t.same(
    where(
      code.filter((path) => path !== 'test/architecture/tidy.test.ts'),
      (line) => silenced.test(line) && !reason.test(line),
    ),
    [],
  );
  t.end();
});

t.test('nothing names a path of the machine it was written on', (t) => {
  const personal = new RegExp(['/work', '/root', '/home/[a-z]+', '/Users/[A-Za-z]+'].map((path) => `(^|[\\s"'\`(=])${path}/`).join('|'));
  const readable = all.filter((path) => /\.(ts|mjs|cjs|json|ya?ml|md|py|txt)$|Dockerfile$|^\.[a-z]+rc$/.test(path));
  t.same(
    readable.filter((path) => path !== 'test/architecture/tidy.test.ts' && personal.test(readFileSync(join(root, path), 'utf8'))),
    [],
  );
  t.end();
});

t.test('the reference pages say what the code says', (t) => {
  for (const [name, page] of referencePages()) {
    const onDisk = all.includes(`docs/${name}`) ? readFileSync(join(root, 'docs', name), 'utf8') : '';
    t.ok(onDisk === page, `docs/${name} is current (else: npm run generate)`);
  }
  t.end();
});

t.test('each signal, feature, reason and rule has a name of its own and is explained in a sentence', (t) => {
  const { signals } = schema;
  // A formula may open a sentence about a feature, so only its end is checked.
  const sentence = /^\S.{10,}[.!?]$/s;
  const repeated = (names: readonly string[]): string[] => names.filter((name, index) => names.indexOf(name) !== index);
  t.same(repeated(signals.map((signal) => signal.name)), []);
  t.same(repeated(signals.flatMap((signal) => signal.features.map((feature) => feature.name))), []);
  t.same(repeated(signals.flatMap((signal) => Object.keys(signal.codes))), []);
  t.same(repeated(signals.flatMap((signal) => signal.rules.map((rule) => `${signal.name} ${rule.name}`))), []);
  for (const signal of signals) {
    const told = [
      signal.describes,
      ...Object.values(signal.codes).map((reason) => reason.sentence),
      ...signal.features.map((feature) => feature.sentence),
      ...signal.rules.map((rule) => rule.sentence),
    ];
    t.same(
      told.filter((words) => !sentence.test(words)),
      [],
      signal.name,
    );
    t.ok(
      Object.keys(signal.codes).every((name) => /^[A-Z][A-Z0-9_]+$/.test(name)),
      `codes of ${signal.name}`,
    );
    const directions = new Set(Object.values(signal.codes).map((reason) => reason.direction));
    t.equal(directions.size, 2, `${signal.name} can name a contribution of either sign`);
  }
  t.end();
});

t.test('the lock file holds every platform’s packages, not only those of the machine that wrote it', (t) => {
  interface Locked {
    readonly optionalDependencies?: Readonly<Record<string, string>>;
  }
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, Locked> };
  const names = new Set(Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)));
  t.same(
    Object.values(packages)
      .flatMap((locked) => Object.keys(locked.optionalDependencies ?? {}))
      .filter((name) => !names.has(name)),
    [],
  );
  t.end();
});
