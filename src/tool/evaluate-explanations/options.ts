// The arguments of an evaluation.
import { parseArgs } from 'node:util';

export interface Options {
  /** Null: cases are simulated. */
  readonly data: string | null;
  readonly tenant: string;
  /** Null: as many as is usual. */
  readonly cases: number | null;
  readonly seed: string;
  readonly scale: number;
  readonly output: string;
  /** Null: the one that the settings name. */
  readonly explainer: string | null;
  readonly templateOnly: boolean;
  /** Null: all of the file. */
  readonly models: readonly string[] | null;
  /** Cases of which a model is asked the changed twins, too. */
  readonly changed: number;
  readonly concurrency: number | null;
  readonly tokens: number | null;
  readonly money: number | null;
  /** Where answers of models are kept. */
  readonly answers: string;
}

/** Throws with one sentence that names the argument. */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string' },
      tenant: { type: 'string', default: 'default' },
      cases: { type: 'string' },
      seed: { type: 'string', default: 'explanations' },
      scale: { type: 'string', default: '0.15' },
      output: { type: 'string', default: 'explanations-measured' },
      explainer: { type: 'string' },
      'template-only': { type: 'boolean', default: false },
      models: { type: 'string' },
      changed: { type: 'string', default: '5' },
      concurrency: { type: 'string' },
      tokens: { type: 'string' },
      money: { type: 'string' },
      answers: { type: 'string' },
    },
  });
  return {
    data: values.data ?? null,
    tenant: values.tenant,
    cases: wholeOf(values.cases, '--cases', 1),
    seed: values.seed,
    scale: amountOf(values.scale, '--scale') ?? 1,
    output: values.output,
    explainer: values.explainer ?? null,
    templateOnly: values['template-only'],
    models: values.models === undefined ? null : values.models.split(',').filter((name) => name !== ''),
    changed: wholeOf(values.changed, '--changed', 0) ?? 0,
    concurrency: wholeOf(values.concurrency, '--concurrency', 1),
    tokens: wholeOf(values.tokens, '--tokens', 1),
    money: amountOf(values.money, '--money'),
    answers: values.answers ?? `${values.output}.answers.ndjson`,
  };
}

function wholeOf(text: string | undefined, name: string, min: number): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (text.trim() === '' || !Number.isSafeInteger(value) || value < min) throw new Error(`${name} must be a whole number, ${min} or more.`);
  return value;
}

function amountOf(text: string | undefined, name: string): number | null {
  if (text === undefined) return null;
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) throw new Error(`${name} must be a number above 0.`);
  return value;
}
