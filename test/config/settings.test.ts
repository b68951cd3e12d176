import fc from 'fast-check';
import t from 'tap';
import type { Declaration } from '../../src/config/declaration.ts';
import { type Environment, loadSettings, SettingsError } from '../../src/config/load.ts';
import { settingsPage } from '../../src/config/reference.ts';
import { declarations, envName, fileKey, settingNames } from '../../src/config/settings.ts';
import { readYaml, yamlBytesMax, yamlDepthMax } from '../../src/parse/yaml-text.ts';

const files: Record<string, string> = {};
function readFile(path: string): string {
  const text = files[path];
  if (text === undefined) throw Object.assign(new Error(`no ${path}`), { code: 'ENOENT' });
  return text;
}
const load = (env: Environment) => loadSettings(env, readFile);
function sentence(env: Environment): string {
  try {
    load(env);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return 'no error';
}

t.test('without any setting the service is loopback only, and every default satisfies its own declaration', (t) => {
  const settings = load({});
  t.equal(settings.host, '127.0.0.1');
  t.equal(settings.budgetMs, 50);
  for (const name of settingNames) {
    const declaration: Declaration = declarations[name];
    t.same(settings[name], declaration.default, name);
    if (declaration.default === null || declaration.type === 'paths') continue;
    t.same(load({ [envName(name)]: String(declaration.default) })[name], declaration.default, `${name} from text`);
  }
  t.end();
});

t.test('the environment goes before the file, and the file before the default', (t) => {
  files['s.yaml'] = 'port: 1234\nrate_limit: "0"\ncity_files: [a.mmdb, b.mmdb]\nmetrics: no\nlog_level: warn\nasn_file:\n';
  const settings = load({ PORTCULLIS_CONFIG: 's.yaml', PORTCULLIS_PORT: ' 4321 ', PORTCULLIS_CITY_FILES: '', OTHER: 'x' });
  t.equal(settings.port, 4321);
  t.equal(settings.rateLimit, 0);
  t.equal(settings.metrics, false);
  t.equal(settings.logLevel, 'warn');
  t.equal(settings.asnFile, null);
  t.same(settings.cityFiles, ['a.mmdb', 'b.mmdb']);
  files['s.json'] = '{"port": 99, "metrics": false}';
  t.equal(load({ PORTCULLIS_CONFIG: 's.json' }).port, 99, 'JSON is read as well');
  t.equal(load({ PORTCULLIS_CITY_FILES: 'a, b' }).cityFiles.length, 2);
  files['empty'] = '';
  t.equal(load({ PORTCULLIS_CONFIG: 'empty' }).port, 7450);
  t.end();
});

t.test('what cannot be meant ends the start with one sentence that names the setting and what would be right', (t) => {
  files['typo.yaml'] = 'prot: 1\n';
  files['list.yaml'] = '- 1\n';
  files['twice.yaml'] = 'port: 1\nport: 2\n';
  files['map.yaml'] = 'port: {a: 1}\n';
  files['array.yaml'] = 'port: [1]\n';
  files['paths.yaml'] = 'city_files: [1]\n';
  const cases: [Environment, string][] = [
    [{ PORTCULLIS_PROT: '1' }, '"PORTCULLIS_PROT" is not a setting; did you mean PORTCULLIS_PORT?'],
    [{ portcullis_port: '1' }, '"portcullis_port" is not a setting; did you mean PORTCULLIS_PORT?'],
    [{ PORTCULLIS_EVERYTHING_ELSE: '' }, '"PORTCULLIS_EVERYTHING_ELSE" is not a setting; docs/settings.md lists them all.'],
    [{ PORTCULLIS_PORT_FILE: 'x' }, '"PORTCULLIS_PORT_FILE" is not a setting; docs/settings.md lists them all.'],
    [{ PORTCULLIS_PORT: '70000' }, 'PORTCULLIS_PORT must be a whole number from 0 to 65535 (TCP port, 0 = any free one), not "70000".'],
    [{ PORTCULLIS_PORT: '1e3' }, 'PORTCULLIS_PORT must be a whole number from 0 to 65535 (TCP port, 0 = any free one), not "1e3".'],
    [{ PORTCULLIS_BUDGET_MS: '51' }, 'PORTCULLIS_BUDGET_MS must be a number from 1 to 50 (milliseconds), not "51".'],
    [{ PORTCULLIS_BUDGET_MS: 'NaN' }, 'PORTCULLIS_BUDGET_MS must be a number from 1 to 50 (milliseconds), not "NaN".'],
    [{ PORTCULLIS_METRICS: 'maybe' }, 'PORTCULLIS_METRICS must be on or off, not "maybe".'],
    [{ PORTCULLIS_LOG_LEVEL: 'INFO' }, 'PORTCULLIS_LOG_LEVEL must be one of silent, fatal, error, warn, info, debug, trace, not "INFO".'],
    [{ PORTCULLIS_CITY_FILES: 'a,,b' }, 'PORTCULLIS_CITY_FILES must be a list of file paths, separated by commas, not "a,,b".'],
    [{ PORTCULLIS_KEYS_FILE: 'a\0b' }, 'PORTCULLIS_KEYS_FILE must be a path, not "a\\u0000b".'],
    [{ PORTCULLIS_CONFIG: 'nowhere' }, 'PORTCULLIS_CONFIG names nowhere, but there is no such file.'],
    [{ PORTCULLIS_CONFIG: 'typo.yaml' }, '"prot" in typo.yaml is not a setting; did you mean port?'],
    [{ PORTCULLIS_CONFIG: 'list.yaml' }, 'The settings file list.yaml must hold settings as "name: value".'],
    [{ PORTCULLIS_CONFIG: 'twice.yaml' }, 'The settings file twice.yaml cannot be read: Map keys must be unique (line 2, column 1).'],
    [
      { PORTCULLIS_CONFIG: 'map.yaml' },
      'port in map.yaml must be a whole number from 0 to 65535 (TCP port, 0 = any free one), not a mapping.',
    ],
    [
      { PORTCULLIS_CONFIG: 'array.yaml' },
      'port in array.yaml must be a whole number from 0 to 65535 (TCP port, 0 = any free one), not [1].',
    ],
    [{ PORTCULLIS_CONFIG: 'paths.yaml' }, 'city_files in paths.yaml must be a list of file paths, separated by commas, not [1].'],
    [
      { PORTCULLIS_HOST: '0.0.0.0' },
      'PORTCULLIS_HOST is "0.0.0.0", but without PORTCULLIS_KEYS_FILE the service listens on loopback only (127.0.0.1, ::1 or localhost).',
    ],
  ];
  for (const [env, expected] of cases) t.equal(sentence(env), expected, JSON.stringify(env));
  t.equal(load({ PORTCULLIS_HOST: '0.0.0.0', PORTCULLIS_KEYS_FILE: 'keys.json' }).host, '0.0.0.0', 'with keys any address is fine');
  for (const host of ['127.0.0.2', '::1', 'localhost']) t.equal(load({ PORTCULLIS_HOST: host }).host, host);
  for (const host of ['127.0.0.1.evil.example', '::', 'LOCALHOST.example']) t.match(sentence({ PORTCULLIS_HOST: host }), /loopback only/);
  t.end();
});

t.test('a secret may come from a file, is never shown, and is not taken from two places', (t) => {
  const key = 'k'.repeat(40);
  files['key'] = `${key}\n`;
  t.equal(load({ PORTCULLIS_PSEUDONYM_KEY_FILE: 'key' }).pseudonymKey, key);
  t.match(sentence({ PORTCULLIS_PSEUDONYM_KEY_FILE: 'key', PORTCULLIS_PSEUDONYM_KEY: key }), /both set; keep one/);
  const short = sentence({ PORTCULLIS_PSEUDONYM_KEY: 'hunter2' });
  t.equal(short, 'PORTCULLIS_PSEUDONYM_KEY must be text of at least 32 characters, not what was given.');
  t.end();
});

t.test('whatever the environment holds, the start succeeds or ends with a SettingsError of one line', (t) => {
  const name = fc.oneof(
    fc.constantFrom(...settingNames.map(envName)),
    fc.string().map((text) => `PORTCULLIS_${text}`),
  );
  fc.assert(
    fc.property(fc.dictionary(name, fc.oneof(fc.string(), fc.integer().map(String))), (env) => {
      const message = sentence(env);
      return !message.includes('\n') && message.length > 0;
    }),
  );
  t.end();
});

t.test('every setting has one environment name and one key, and the manual page has a row for each', (t) => {
  const page = settingsPage();
  t.equal(new Set(settingNames.map(envName)).size, settingNames.length);
  for (const name of settingNames) {
    const declaration: Declaration = declarations[name];
    t.match(declaration.sentence, /^[A-Z].*\.$/, `${name} is explained in whole sentences`);
    t.ok(page.includes(`| \`${envName(name)}\` | \`${fileKey(name)}\` |`), name);
  }
  t.end();
});

t.test('YAML that a person would not write is refused with its place, and never expanded', (t) => {
  const refused = (text: string) => {
    const reading = readYaml(text);
    return reading.ok ? 'read' : reading.problem;
  };
  t.equal(refused('a: &x 1\nb: *x'), 'anchors (&name) are not allowed (line 1, column 7)');
  t.equal(refused('a: *x'), 'aliases (*name) are not allowed (line 1, column 4)');
  t.equal(refused('a: 1\nb: 2\na: 3'), 'Map keys must be unique (line 3, column 1)');
  t.equal(refused('a: 1\n---\nb: 1'), 'it holds several documents (line 2, column 1)');
  t.match(refused('x: !!js/function y'), /Unresolved tag/);
  t.match(refused('['.repeat(100_000)), /nested too deeply/);
  t.equal(
    refused(`a: ${'['.repeat(yamlDepthMax)}${']'.repeat(yamlDepthMax)}`).replace(/ \(.*/, ''),
    `it is nested deeper than ${yamlDepthMax} levels`,
  );
  t.equal(refused(`a: ${'['.repeat(yamlDepthMax - 1)}${']'.repeat(yamlDepthMax - 1)}`), 'read');
  t.equal(refused('x'.repeat(yamlBytesMax + 1)), 'it is larger than 256 KiB');
  t.same(readYaml('country: NO\nday: 2026-01-01'), { ok: true, value: { country: 'NO', day: '2026-01-01' } }, 'Norway stays a country');
  fc.assert(fc.property(fc.string({ maxLength: 400 }), (text) => typeof readYaml(text).ok === 'boolean'));
  t.end();
});
