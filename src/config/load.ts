// Reads the settings: environment before file before default. Whatever is unknown, misspelt or impossible ends the start
// with one sentence that names the setting and says what would be right; guessing on would be worse than not starting.
import { readYaml } from '../parse/yaml-text.ts';
import { type Declaration, type Raw, readValue, wanted } from './declaration.ts';
import { configFileEnvName, declarations, envName, fileKey, type SettingName, type Settings, settingNames } from './settings.ts';

/** Its message is one sentence for the person who starts the service; no stack is needed to act on it. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

export type Environment = Readonly<Record<string, string | undefined>>;
/** Text of a file; throws with a `code` such as ENOENT. */
export type ReadFile = (path: string) => string;

interface Given {
  /** How the person wrote it: environment name, or file and key. */
  readonly as: string;
  readonly raw: Raw;
}

/** Throws SettingsError, and nothing else that the caller need know. An empty environment value counts as not given. */
export function loadSettings(env: Environment, readFile: ReadFile): Settings {
  const fromFile = readSettingsFile(env, readFile);
  const fromEnv = readEnvironment(env, readFile);
  const values: Record<string, unknown> = {};
  for (const name of settingNames) {
    const declaration: Declaration = declarations[name];
    const given = fromEnv.get(name) ?? fromFile.get(name);
    values[name] = given === undefined ? declaration.default : valueOf(declaration, given);
  }
  const settings = values as unknown as Settings;
  checkRelations(settings);
  return Object.freeze(settings);
}

function valueOf(declaration: Declaration, given: Given): unknown {
  const reading = readValue(declaration, given.raw);
  if (reading.ok) return reading.value;
  const shown = declaration.secret === true ? 'what was given' : JSON.stringify(given.raw);
  throw new SettingsError(`${given.as} must be ${reading.wanted}, not ${shown}.`);
}

function readEnvironment(env: Environment, readFile: ReadFile): Map<SettingName, Given> {
  const byEnvName = new Map<string, SettingName>(settingNames.map((name) => [envName(name), name]));
  const given = new Map<SettingName, Given>();
  for (const [key, value] of Object.entries(env)) {
    if (!key.toUpperCase().startsWith('PORTCULLIS_') || key === configFileEnvName) continue;
    const name = byEnvName.get(key);
    const secret = key.endsWith('_FILE') ? byEnvName.get(key.slice(0, -5)) : undefined;
    if (name === undefined && (secret === undefined || !isSecret(secret)))
      throw unknownSetting(key, [...byEnvName.keys(), configFileEnvName]);
    if (value === undefined || value.trim() === '') continue;
    const target = name ?? (secret as SettingName);
    if (given.has(target)) throw new SettingsError(`${envName(target)} and ${envName(target)}_FILE are both set; keep one of them.`);
    given.set(target, { as: key, raw: name === undefined ? readText(key, value, readFile).trim() : value });
  }
  return given;
}

function readSettingsFile(env: Environment, readFile: ReadFile): Map<SettingName, Given> {
  const path = env[configFileEnvName]?.trim();
  const given = new Map<SettingName, Given>();
  if (path === undefined || path === '') return given;
  const reading = readYaml(readText(configFileEnvName, path, readFile));
  if (!reading.ok) throw new SettingsError(`The settings file ${path} cannot be read: ${reading.problem}.`);
  if (reading.value === null) return given;
  if (typeof reading.value !== 'object' || Array.isArray(reading.value))
    throw new SettingsError(`The settings file ${path} must hold settings as "name: value".`);
  const byKey = new Map<string, SettingName>(settingNames.map((name) => [fileKey(name), name]));
  for (const [key, raw] of Object.entries(reading.value)) {
    const name = byKey.get(key);
    if (name === undefined) throw unknownSetting(key, [...byKey.keys()], ` in ${path}`);
    if (raw === null || raw === '') continue;
    const as = `${key} in ${path}`;
    if (!isRaw(raw)) throw new SettingsError(`${as} must be ${wanted(declarations[name])}, not a mapping.`);
    given.set(name, { as, raw });
  }
  return given;
}

function isRaw(value: unknown): value is Raw {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || Array.isArray(value);
}

function isSecret(name: SettingName): boolean {
  const declaration: Declaration = declarations[name];
  return declaration.secret === true;
}

function readText(setting: string, path: string, readFile: ReadFile): string {
  try {
    return readFile(path);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    const cause = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${typeof code === 'string' ? code : 'unknown error'})`;
    throw new SettingsError(`${setting} names ${path}, but ${cause}.`, { cause: error });
  }
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** Each setting may be right by itself and the whole still impossible. */
function checkRelations(settings: Settings): void {
  if (settings.keysFile === null && !isLoopback(settings.host)) {
    throw new SettingsError(
      `${envName('host')} is ${JSON.stringify(settings.host)}, but without ${envName('keysFile')} the service listens on loopback only (127.0.0.1, ::1 or localhost).`,
    );
  }
}

function unknownSetting(given: string, known: readonly string[], where = ''): SettingsError {
  const near = known
    .map((name) => ({ name, edits: editDistance(given.toUpperCase(), name.toUpperCase()) }))
    .sort((a, b) => a.edits - b.edits)[0];
  const hint = near !== undefined && near.edits <= 3 ? `did you mean ${near.name}?` : 'docs/settings.md lists them all.';
  return new SettingsError(`${JSON.stringify(given.slice(0, 100))}${where} is not a setting; ${hint}`);
}

/** Levenshtein distance in one row; names are short. */
function editDistance(a: string, b: string): number {
  const row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0] as number;
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const above = row[j] as number;
      row[j] = Math.min(above + 1, (row[j - 1] as number) + 1, diagonal + (a[i - 1] === b[j - 1] ? 0 : 1));
      diagonal = above;
    }
  }
  return row[b.length] as number;
}
