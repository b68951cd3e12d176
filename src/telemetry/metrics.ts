// Every metric, declared once: name, sentence, labels from closed lists. Nothing that a caller sends is ever a label, so the
// number of time series is fixed when the service starts.
//
// Counting happens in plain arrays, because prom-client spends about a microsecond to find a labelled series, and the hot
// path would pay that ten times; prom-client formats them when they are asked for.
import { createRequire } from 'node:module';
import type { Metric, Registry } from 'prom-client';
import { absenceCauses } from '../domain/absence.ts';
import { type Assessment, outcomes, verdicts } from '../domain/assessment.ts';

// The registry alone: the package as a whole also loads its own metrics, a client of a push gateway and a tracing interface,
// eighty modules for nothing at each start.
const RegistryOfText = createRequire(import.meta.url)('prom-client/lib/registry.js') as typeof Registry;

/** Milliseconds. Fine below one, where answers should be; the last bound is the promise. */
const latencyBoundsMs = [0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 7.5, 10, 15, 20, 30, 40, 50];
const stageBoundsMs = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50];
const stages = ['gather', 'derive', 'score', 'decide'] as const;
const decidedBy = ['model', 'rules'] as const;

export interface CounterSeries {
  add(index: number, amount?: number): void;
}

export interface HistogramSeries {
  observe(index: number, value: number): void;
}

export interface GaugeSource {
  readonly name: string;
  readonly help: string;
  /** A counter that somebody else counts; a gauge unless said. */
  readonly type?: 'gauge' | 'counter';
  /** Read when asked for. `labels` values come from what the operator configured, never from a caller. */
  readonly read: () => readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

export interface MetricsOptions {
  /** Names of signals and pieces that can be missing; anything else is counted as "other". */
  readonly signals: readonly string[];
  readonly problemCodes: readonly string[];
}

export interface Metrics {
  assessed(assessment: Assessment, repeated: boolean): void;
  answered(elapsedMs: number): void;
  refused(code: string): void;
  outcome(outcome: string): void;
  label(): void;
  connectionDropped(): void;
  /** Adds a gauge or counter that is read when asked for: feed ages, store health. */
  gauge(source: GaugeSource): void;
  /** Prometheus text. */
  text(): Promise<string>;
  readonly contentType: string;
}

type Labels = Readonly<Record<string, string>>;

/** Every series that is counted as attempts pass. */
function declareSeries(registry: Registry, signals: readonly string[], problemCodes: readonly string[]) {
  const scores = counter(
    registry,
    'portcullis_scores_total',
    'Assessments by verdict, by what decided, and whether a piece was missing through our failure.',
    product({ verdict: verdicts, decided_by: decidedBy, degraded: ['false', 'true'] }),
  );
  const repeats = counter(
    registry,
    'portcullis_repeats_total',
    'Attempts answered from the record because they had been assessed before.',
    [{}],
  );
  const latency = histogram(
    registry,
    'portcullis_answer_milliseconds',
    'From first touch of a score request to its answer.',
    [{}],
    latencyBoundsMs,
  );
  const stageTimes = histogram(
    registry,
    'portcullis_stage_milliseconds',
    'Time of each stage of an assessment.',
    product({ stage: stages }),
    stageBoundsMs,
  );
  const missing = counter(
    registry,
    'portcullis_missing_total',
    'Signals that could not be observed, by cause.',
    product({ signal: signals, cause: absenceCauses }),
  );
  const refusals = counter(registry, 'portcullis_problems_total', 'Refusals by code.', product({ code: problemCodes }));
  const outcomeCounts = counter(registry, 'portcullis_outcomes_total', 'Outcomes reported.', product({ outcome: outcomes }));
  const labelCounts = counter(registry, 'portcullis_labels_total', 'Labels reported.', [{}]);
  const drops = counter(registry, 'portcullis_connections_dropped_total', 'Connections refused because as many as allowed were open.', [
    {},
  ]);
  return { scores, repeats, latency, stageTimes, missing, refusals, outcomeCounts, labelCounts, drops };
}

export function createMetrics(options: MetricsOptions): Metrics {
  const registry = new RegistryOfText();
  const signals = [...new Set([...options.signals, 'model', 'profiles', 'other'])];
  const signalIndex = new Map(signals.map((signal, at) => [signal, at]));
  const problemIndex = new Map(options.problemCodes.map((code, at) => [code, at]));

  const { scores, repeats, latency, stageTimes, missing, refusals, outcomeCounts, labelCounts, drops } = declareSeries(
    registry,
    signals,
    options.problemCodes,
  );
  addGauge(registry, loopUtilisation());
  addGauge(registry, memory());
  addGauge(registry, heap());

  return {
    assessed(assessment, repeated) {
      if (repeated) {
        repeats.add(0);
        return;
      }
      const verdict = verdicts.indexOf(assessment.verdict);
      scores.add((verdict * 2 + (assessment.decidedBy === 'model' ? 0 : 1)) * 2 + (assessment.degraded ? 1 : 0));
      const { stagesMs } = assessment.budget;
      stageTimes.observe(0, stagesMs.gather);
      stageTimes.observe(1, stagesMs.derive);
      stageTimes.observe(2, stagesMs.score);
      stageTimes.observe(3, stagesMs.decide);
      for (const absent of assessment.missing) {
        const signal = signalIndex.get(absent.signal) ?? signals.length - 1;
        missing.add(signal * absenceCauses.length + absenceCauses.indexOf(absent.cause));
      }
    },
    answered: (elapsedMs) => latency.observe(0, elapsedMs),
    refused(code) {
      const at = problemIndex.get(code);
      if (at !== undefined) refusals.add(at);
    },
    outcome(outcome) {
      const at = outcomes.indexOf(outcome as (typeof outcomes)[number]);
      if (at >= 0) outcomeCounts.add(at);
    },
    label: () => labelCounts.add(0),
    connectionDropped: () => drops.add(0),
    gauge: (source) => addGauge(registry, source),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** Every combination of label values, the last label changing fastest. */
function product(labels: Readonly<Record<string, readonly string[]>>): Labels[] {
  return Object.entries(labels).reduce<Labels[]>(
    (series, [name, values]) => series.flatMap((each) => values.map((value) => ({ ...each, [name]: value }))),
    [{}],
  );
}

interface Sample {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
  readonly metricName?: string;
}

/** prom-client formats whatever answers `get`; that is all it needs from a metric that counts by itself. */
function register(registry: Registry, name: string, help: string, type: 'counter' | 'gauge' | 'histogram', read: () => Sample[]): void {
  const metric = { name, help, type, get: async () => ({ name, help, type, values: read(), aggregator: 'sum' }), reset: () => undefined };
  registry.registerMetric(metric as unknown as Metric);
}

function counter(registry: Registry, name: string, help: string, series: readonly Labels[]): CounterSeries {
  const counts = new Float64Array(series.length);
  register(registry, name, help, 'counter', () => series.map((labels, at) => ({ labels, value: counts[at] as number })));
  return {
    add(index, amount = 1) {
      counts[index] = (counts[index] as number) + amount;
    },
  };
}

function histogram(registry: Registry, name: string, help: string, series: readonly Labels[], bounds: readonly number[]): HistogramSeries {
  const width = bounds.length + 1;
  const counts = new Float64Array(series.length * width);
  const sums = new Float64Array(series.length);
  register(registry, name, help, 'histogram', () =>
    series.flatMap((labels, at) => samplesOf(name, labels, bounds, counts.subarray(at * width, (at + 1) * width), sums[at] as number)),
  );
  return {
    observe(index, value) {
      if (!(value >= 0)) return;
      let bucket = 0;
      while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++;
      const at = index * width + bucket;
      counts[at] = (counts[at] as number) + 1;
      sums[index] = (sums[index] as number) + value;
    },
  };
}

function samplesOf(name: string, labels: Labels, bounds: readonly number[], counts: Float64Array, sum: number): Sample[] {
  let total = 0;
  const samples: Sample[] = bounds.map((bound, at) => {
    total += counts[at] as number;
    return { labels: { ...labels, le: bound }, value: total, metricName: `${name}_bucket` };
  });
  total += counts[bounds.length] as number;
  samples.push({ labels: { ...labels, le: '+Inf' }, value: total, metricName: `${name}_bucket` });
  samples.push({ labels, value: sum, metricName: `${name}_sum` }, { labels, value: total, metricName: `${name}_count` });
  return samples;
}

function addGauge(registry: Registry, source: GaugeSource): void {
  register(registry, source.name, source.help, source.type ?? 'gauge', () => source.read().map(({ labels, value }) => ({ labels, value })));
}

/** Share of the time since the last look that the event loop was busy. */
function loopUtilisation(): GaugeSource {
  let last = performance.eventLoopUtilization();
  return {
    name: 'portcullis_event_loop_utilisation_ratio',
    help: 'Share of the time since the last scrape in which the event loop was busy.',
    read: () => {
      const now = performance.eventLoopUtilization();
      const { utilization } = performance.eventLoopUtilization(now, last);
      last = now;
      return [{ labels: {}, value: utilization }];
    },
  };
}

function memory(): GaugeSource {
  return {
    name: 'portcullis_resident_memory_bytes',
    help: 'Resident memory of the process, pages of mapped databases included.',
    read: () => [{ labels: {}, value: process.memoryUsage.rss() }],
  };
}

/** Grows between collections; its lowest values are what a leak shows in. */
function heap(): GaugeSource {
  return {
    name: 'portcullis_heap_used_bytes',
    help: 'JavaScript heap in use, garbage that was not yet collected included.',
    read: () => [{ labels: {}, value: process.memoryUsage().heapUsed }],
  };
}
