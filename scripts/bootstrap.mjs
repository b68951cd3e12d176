// Makes a fresh clone ready before an npm script runs: packages, the right Node, the test runner, the ASN table.
//
//   node scripts/bootstrap.mjs start    what the service needs
//   node scripts/bootstrap.mjs dev      and what tests and checks need
//
// Plain JavaScript without packages, because it runs first, on whatever Node the machine has (20 or later). When nothing is
// to be done it costs about fifty milliseconds. It decides by content, not by time stamps: a clone, a copy or a container
// layer gives files new times.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = join(root, 'node_modules');
const node = join(modules, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
const nodeMajorMin = 24;
const withDev = process.argv[2] !== 'start';

ensurePackages();
ensureNode();
if (withDev) ensureTestRunner();
ensureAsnTable();

/** npm keeps a copy of what it installed; the lock file says what should be there. */
function ensurePackages() {
  const missing = missingPackages();
  if (missing.length === 0) return;
  if (existsSync(modules) && lstatSync(modules).isSymbolicLink()) {
    fail(`node_modules is a link and lacks ${missing[0]}; install where it points to, so that nothing is deleted behind your back.`);
  }
  say(`Installing packages (${missing.length} to fetch, once; about a minute)...`);
  // Who has run the tests here will do so again: npm ci would remove what they need.
  const keepDev = withDev || existsSync(join(modules, 'tap'));
  const options = ['ci', '--no-audit', '--no-fund', '--loglevel=error', ...(keepDev ? [] : ['--omit=dev'])];
  // npm tells its scripts where it is; running that very file keeps the version that the person chose.
  const npm = process.env.npm_execpath;
  const [command, ...args] = npm?.endsWith('.js') ? [process.execPath, npm, ...options] : ['npm', ...options];
  if (run(command, args) !== 0) fail('The packages could not be installed; npm says why above.');
  const still = missingPackages();
  if (still.length > 0) fail(`npm finished but ${still[0]} is not installed. Remove node_modules and try again.`);
}

function missingPackages() {
  const wanted = readJson(join(root, 'package-lock.json'))?.packages ?? {};
  const present = readJson(join(modules, '.package-lock.json'))?.packages ?? {};
  return Object.entries(wanted)
    .filter(([path, entry]) => path !== '' && entry.optional !== true && entry.devOptional !== true && (withDev || entry.dev !== true))
    .filter(([path, entry]) => present[path]?.version !== entry.version || !existsSync(join(root, path, 'package.json')))
    .map(([path]) => path.replace(/^node_modules\//, ''));
}

/** The package "node" brings the Node that runs TypeScript. Without its install script there is no binary, and npm does not say so. */
function ensureNode() {
  const version = versionOf(node);
  if (version !== null && Number(version.split('.')[0]) >= nodeMajorMin) return;
  const script = join(modules, 'node', 'installArchSpecificPackage.js');
  if (version === null && existsSync(script)) {
    say('Fetching Node for this machine (its install script was not run)...');
    spawnSync(process.execPath, [script], { cwd: dirname(script), stdio: ['ignore', 'ignore', 'inherit'] });
    if (versionOf(node) !== null) return;
  }
  fail(
    `node_modules holds no Node ${nodeMajorMin}. Let npm run the install script of the package "node" (package.json allows it) and try again.`,
  );
}

function versionOf(binary) {
  const { status, stdout } = spawnSync(binary, ['-p', 'process.versions.node'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : null;
}

/** tap comes ready for its default plugins; with another choice in .taprc its test class must be made once per installation. */
function ensureTestRunner() {
  const settings = readFileSync(join(root, '.taprc'), 'utf8');
  if (!/^\s*-\s*["']?!/m.test(settings)) return;
  once('tap', hash(settings) + version('tap'), () => {
    say('Preparing the test runner (once; about fifteen seconds)...');
    return run(node, [join(modules, 'tap', 'dist', 'esm', 'run.mjs'), 'build'], ['ignore', 'ignore', 'inherit']);
  });
}

/** Done here so that the first start answers in seconds; the service itself compiles the table when this was skipped. */
function ensureAsnTable() {
  const tool = join(root, 'src', 'tool', 'tables', 'compile-asn.ts');
  if (!existsSync(tool)) return;
  once('asn', hash(readFileSync(tool, 'utf8')) + version('@ip-location-db/asn'), () => {
    say('Compiling the network table (once; a few seconds)...');
    return run(node, [tool, join(modules, '.cache', 'portcullis')], ['ignore', 'ignore', 'inherit']);
  });
}

/** Remembers in node_modules, which goes away together with what was prepared in it. */
function once(name, wanted, work) {
  const file = join(modules, '.portcullis.json');
  const done = readJson(file) ?? {};
  if (done[name] === wanted) return;
  if (work() !== 0) fail(`The step "${name}" failed; see above.`);
  writeFileSync(file, `${JSON.stringify({ ...done, [name]: wanted })}\n`);
}

function version(name) {
  return readJson(join(modules, name, 'package.json'))?.version ?? '';
}

function hash(text) {
  return `${createHash('sha256').update(text).digest('hex').slice(0, 12)} `;
}

function run(command, args, stdio = ['ignore', 'inherit', 'inherit']) {
  // npm itself is a shell script on some systems and a .cmd on others.
  return spawnSync(command, args, { cwd: root, stdio, shell: command === 'npm' }).status ?? 1;
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

function say(sentence) {
  process.stderr.write(`portcullis: ${sentence}\n`);
}

function fail(sentence) {
  say(sentence);
  process.exit(1);
}
