// The operator's explainer file, read once at the start: a faulty one ends it, because a tier that silently has no model is worse.
import { readFileSync } from 'node:fs';
import { type Environment, SettingsError } from '../config/load.ts';
import type { ExplainerPlan } from '../domain/explainer-plan.ts';
import { readExplainerFile } from '../parse/explainer-file.ts';

/** Null where no file is named. Throws SettingsError. `environment` holds the keys of the models. */
export function readPlan(file: string | null, environment: Environment): ExplainerPlan | null {
  if (file === null) return null;
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new SettingsError(`The explainer file ${file} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  const reading = readExplainerFile(text, (name) => environment[name]);
  if (!reading.ok) throw new SettingsError(`The explainer file ${file} cannot be used: ${reading.problem}.`);
  return reading.plan;
}
