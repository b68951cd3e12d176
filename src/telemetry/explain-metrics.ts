// What is counted of explaining, where it happens, and the metrics made of it, where they are asked for: the two are in different threads.
// Labels are tiers, closed lists and the operator's own names of models.
import type { GaugeSource } from './metrics.ts';

/** One series as it stands now. */
export interface CountedSeries {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Sentence by metric; all are counters that begin anew with their thread. */
const metrics = {
  portcullis_model_calls_total: 'Calls to language models, by how they ended.',
  portcullis_model_call_seconds_total: 'Time that calls to language models took.',
  portcullis_model_hedges_total: 'Calls that were made beside a slow one.',
  portcullis_model_tokens_total: 'Tokens as the providers counted them.',
  portcullis_model_money_total: 'What calls cost, in the currency of the explainer file.',
  portcullis_findings_dropped_total: 'Findings of a model that were not shown, by the rule that dropped them.',
  portcullis_explanations_total: 'Cases that have their last word, by who told them and why the template had a part in it.',
  portcullis_explanations_shared_total: 'Cases that were told without a call of their own.',
  portcullis_first_findings_total: 'Cases of which a model told something.',
  portcullis_first_finding_seconds_total: 'Time from the opening of those cases to the first finding.',
  portcullis_explanation_deadlines_total: 'Cases told within the time of their tier, and later.',
} as const;
type MetricName = keyof typeof metrics;

interface AskedCall {
  readonly model: string;
  readonly tier: string;
  readonly end: string;
  readonly elapsedMs: number;
  readonly tokens: { readonly input: number; readonly cacheRead: number; readonly cacheWrite: number; readonly output: number } | null;
  readonly money: number | null;
  readonly hedge: boolean;
}

/** Has the functions that whoever explains calls. */
export class ExplainCounts {
  readonly #series = new Map<string, { metric: MetricName; labels: Readonly<Record<string, string>>; value: number }>();

  asked({ model, tier, end, elapsedMs, tokens, money, hedge }: AskedCall): void {
    this.#add('portcullis_model_calls_total', { model, tier, end });
    this.#add('portcullis_model_call_seconds_total', { model }, elapsedMs / 1000);
    if (hedge) this.#add('portcullis_model_hedges_total', { model });
    if (money !== null) this.#add('portcullis_model_money_total', { model, tier }, money);
    if (tokens === null) return;
    const { input, cacheRead, cacheWrite, output } = tokens;
    this.#add('portcullis_model_tokens_total', { model, kind: 'input' }, Math.max(0, input - cacheRead - cacheWrite));
    this.#add('portcullis_model_tokens_total', { model, kind: 'cache_read' }, cacheRead);
    this.#add('portcullis_model_tokens_total', { model, kind: 'cache_write' }, cacheWrite);
    this.#add('portcullis_model_tokens_total', { model, kind: 'output' }, output);
  }

  dropped(model: string, rule: string, count: number): void {
    this.#add('portcullis_findings_dropped_total', { model, rule }, count);
  }

  told(tier: string, origin: string, cause: string | null): void {
    this.#add('portcullis_explanations_total', { tier, origin, cause: cause ?? 'none' });
  }

  shared(tier: string, how: string): void {
    this.#add('portcullis_explanations_shared_total', { tier, how });
  }

  firstFinding(tier: string, afterMs: number): void {
    this.#add('portcullis_first_findings_total', { tier });
    this.#add('portcullis_first_finding_seconds_total', { tier }, afterMs / 1000);
  }

  deadline(tier: string, met: boolean): void {
    this.#add('portcullis_explanation_deadlines_total', { tier, met: String(met) });
  }

  /** A copy, for another thread. */
  snapshot(): readonly CountedSeries[] {
    return Array.from(this.#series.values(), ({ metric, labels, value }) => ({ metric, labels, value }));
  }

  #add(metric: MetricName, labels: Readonly<Record<string, string>>, amount = 1): void {
    const key = `${metric} ${JSON.stringify(labels)}`;
    const known = this.#series.get(key);
    if (known === undefined) this.#series.set(key, { metric, labels, value: amount });
    else known.value += amount;
  }
}

export function explainMetrics(counted: () => readonly CountedSeries[]): GaugeSource[] {
  return Object.entries(metrics).map(([name, help]) => ({
    name,
    help,
    type: 'counter',
    read: () => counted().filter(({ metric }) => metric === name),
  }));
}
