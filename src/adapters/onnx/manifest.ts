// What stands beside a model: which features and groups it has, how its numbers become contributions and scores, and the
// checksums of its files. A model whose manifest does not fit this build's feature schema must not serve.
import { type RankTable, rankTableProblem } from '../../domain/rank.ts';

export interface ModelManifest {
  /** "login-risk/2026-11-22". */
  readonly identity: string;
  readonly schemaHash: string;
  readonly features: readonly string[];
  readonly groups: readonly string[];
  /** Log-odds of an attempt about which nothing speaks either way. */
  readonly baseLogOdds: number;
  /** Mean of each group's sum over genuine logins; taken off, so that a contribution is relative to them. */
  readonly centres: readonly number[];
  readonly calibration: RankTable;
  readonly rulesCalibration: RankTable;
  /** File name to SHA-256 in hex. */
  readonly files: Readonly<Record<string, string>>;
}

/** Parses manifest.json. Throws a TypeError with one sentence that names what is wrong. */
export function parseManifest(text: string): ModelManifest {
  const file = record(JSON.parse(text), 'the manifest');
  if (file['format'] !== 1) throw new TypeError(`the manifest has format ${JSON.stringify(file['format'])}; this version reads format 1`);
  const manifest: ModelManifest = {
    identity: `${string(file, 'name')}/${string(file, 'version')}`,
    schemaHash: string(file, 'schema_hash'),
    features: strings(file, 'features'),
    groups: strings(file, 'groups'),
    baseLogOdds: number(file, 'base_log_odds'),
    centres: numbers(file, 'centres'),
    calibration: ranks(file, 'calibration'),
    rulesCalibration: ranks(file, 'rules_calibration'),
    files: record(file['files'], '"files"') as Record<string, string>,
  };
  if (manifest.centres.length !== manifest.groups.length) throw new TypeError('the manifest must have one centre per group');
  return manifest;
}

function record(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError(`${name} must be an object`);
  return value as Record<string, unknown>;
}

function string(file: Record<string, unknown>, key: string): string {
  const value = file[key];
  if (typeof value !== 'string' || value === '') throw new TypeError(`"${key}" must be a text`);
  return value;
}

function number(file: Record<string, unknown>, key: string): number {
  const value = file[key];
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new TypeError(`"${key}" must be a finite number`);
  return value;
}

function strings(file: Record<string, unknown>, key: string): string[] {
  const value = file[key];
  if (!Array.isArray(value) || value.length === 0 || value.some((item) => typeof item !== 'string'))
    throw new TypeError(`"${key}" must be a list of texts`);
  return value as string[];
}

function numbers(file: Record<string, unknown>, key: string): number[] {
  const value = file[key];
  if (!Array.isArray(value) || value.some((item) => typeof item !== 'number' || !Number.isFinite(item)))
    throw new TypeError(`"${key}" must be a list of finite numbers`);
  return value as number[];
}

function ranks(file: Record<string, unknown>, key: string): RankTable {
  const value = record(file[key], `"${key}"`);
  const table: RankTable = { logOdds: numbers(value, 'log_odds'), ranks: numbers(value, 'ranks'), tailScale: number(value, 'tail_scale') };
  const problem = rankTableProblem(table);
  if (problem !== null) throw new TypeError(`"${key}": ${problem}`);
  return table;
}
