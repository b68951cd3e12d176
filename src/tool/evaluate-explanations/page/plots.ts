// The plots of the page, as SVG text: Vega draws them here, so that the page needs no script.
import { type Spec, parse, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import type { EvaluationResult } from '../evaluate.ts';

/** As wide as a telephone's text, so that plots stand beside each other on a screen and below each other on a telephone. */
const width = 300;
/** Blue and orange first: told apart by everybody. */
const colours = ['#2f6fb3', '#c9690f', '#4c8a4a', '#8a5aa8', '#a8862a', '#2a9a96', '#b84a6b', '#777777'];

/** Of the explainer in that place, in every plot. */
export function colourOf(place: number): string {
  return colours[place % colours.length] as string;
}

/** The page has the legend, once. */
function colourOfEach({ explainers }: EvaluationResult) {
  const scale = { domain: explainers.map(({ name }) => name), range: explainers.map((_, place) => colourOf(place)) };
  return { field: 'explainer', type: 'nominal', legend: null, scale } as const;
}

const config = {
  background: 'transparent',
  font: 'system-ui, sans-serif',
  view: { stroke: 'transparent' },
  axis: {
    labelLimit: 200,
    labelFontSize: 11,
    titleFontSize: 11,
    gridColor: '#8883',
    domainColor: '#888',
    tickColor: '#888',
    labelColor: '#777',
    titleColor: '#777',
  },
  legend: { orient: 'bottom', labelFontSize: 11, titleFontSize: 11, labelColor: '#777', titleColor: '#777' },
  range: { category: colours },
} as const;

/** Beside each other in the order of the page, whoever has nothing to show. */
function offsetOf({ explainers }: Pick<EvaluationResult, 'explainers'>) {
  return { field: 'explainer', scale: { domain: explainers.map(({ name }) => name) } } as const;
}

/** Names as they stand at an axis. */
export const titles = {
  rank_agreement: 'Rank agreement',
  sign_agreement: 'Sign agreement',
  value_agreement: 'Value agreement',
  top_three_told: 'Top three reasons told',
  unsupported: 'Unsupported findings',
  sign_flip: 'Sign-flip test',
  masking: 'Masking test',
  usable: 'Usable answers',
  held: 'Findings that held',
} as const;

export async function drawMeasures(result: EvaluationResult): Promise<string> {
  const { explainers } = result;
  const values = explainers.flatMap(({ name, measures, asked }) =>
    Object.entries({ ...measures, ...(asked === null ? {} : { usable: asked.usable, held: asked.held }) }).flatMap(
      ([measure, { value, low, high, count }]) =>
        count === 0 ? [] : [{ explainer: name, measure: titles[measure as keyof typeof titles], value, low, high }],
    ),
  );
  const y = { field: 'measure', type: 'nominal', title: null, sort: Object.values(titles) } as const;
  const offset = offsetOf(result);
  const color = colourOfEach(result);
  // A model may order its findings worse than chance would.
  const scale = { domain: [Math.min(0, ...values.map(({ low }) => low)), 1] };
  return draw({
    width: width - 150,
    height: { step: 10, for: 'offset' },
    data: { values },
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 2, clip: true },
        encoding: {
          x: { field: 'low', type: 'quantitative', title: '95 % interval', scale },
          x2: { field: 'high' },
          y,
          yOffset: offset,
          color,
        },
      },
      {
        mark: { type: 'point', filled: true, size: 50, opacity: 1 },
        encoding: { x: { field: 'value', type: 'quantitative' }, y, yOffset: offset, color },
      },
    ],
  });
}

/** From every pair the wrong way round to every pair the right way. */
const rankSteps = Array.from({ length: 9 }, (_, step) => (step / 4 - 1).toFixed(2));

export async function drawRanks(result: EvaluationResult): Promise<string> {
  const { explainers } = result;
  const values = explainers.flatMap(({ name, ranks }) =>
    ranks.map((rank) => ({ explainer: name, rank: (Math.round(rank * 4) / 4).toFixed(2) })),
  );
  return draw({
    width: width - 40,
    height: 140,
    data: { values },
    mark: 'bar',
    encoding: {
      x: { field: 'rank', type: 'ordinal', title: 'Kendall’s τ of a case', axis: { labelAngle: -90 }, scale: { domain: rankSteps } },
      xOffset: offsetOf(result),
      y: { aggregate: 'count', type: 'quantitative', title: 'Cases' },
      color: colourOfEach(result),
    },
  });
}

/** Of all findings that a model gave, those that each rule dropped. */
export async function drawDrops(result: EvaluationResult): Promise<string> {
  const explainers = result.explainers.filter(({ asked }) => asked !== null);
  const values = explainers.flatMap(({ name, asked }) =>
    Object.entries(asked?.account.dropped ?? {}).map(([rule, count]) => ({
      explainer: name,
      rule: rule.replaceAll('_', ' '),
      share: count / Math.max(1, asked?.held.count ?? 0),
    })),
  );
  return draw({
    width: width - 110,
    height: { step: 8, for: 'offset' },
    data: { values },
    mark: 'bar',
    encoding: {
      x: { field: 'share', type: 'quantitative', title: 'Share of findings', axis: { format: '%', tickCount: 4 } },
      y: { field: 'rule', type: 'nominal', title: null, sort: '-x' },
      yOffset: offsetOf({ ...result, explainers }),
      color: colourOfEach(result),
    },
  });
}

export async function drawFeedback({ feedback }: EvaluationResult): Promise<string> {
  const values = feedback.flatMap(({ source, about, opinions }) =>
    Object.entries(opinions).map(([opinion, { value }]) => ({ source: `${source}, ${about}`, opinion, value })),
  );
  return draw({
    width: width - 70,
    height: { step: 28 },
    data: { values },
    mark: 'bar',
    encoding: {
      x: { field: 'value', type: 'quantitative', title: 'Share of opinions', axis: { format: '%' }, scale: { domain: [0, 1] } },
      y: { field: 'source', type: 'nominal', title: null },
      color: {
        field: 'opinion',
        type: 'nominal',
        title: null,
        scale: { domain: ['useful', 'useless', 'wrong'], range: [colours[2] as string, colours[4] as string, colours[1] as string] },
      },
    },
  });
}

async function draw(spec: TopLevelSpec): Promise<string> {
  const drawn: Spec = compile({ ...spec, config } as TopLevelSpec).spec;
  const view = new View(parse(drawn), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}
