/**
 * The whole distribution of response times: x is 1/(1-p) on a log axis, so that each step to the right is a
 * request ten times rarer. All strategies share one chart; lines don't tangle here.
 */
import type { SpectrumPoint } from '../../harness/result/schema.ts';
import { type Layer, type LayeredSpec, titleLayer } from './layer.ts';
import { CHART_CONFIG, decades, INK, logDomain } from './theme.ts';

export interface SpectrumSeries {
  readonly name: string;
  readonly colour: string;
  readonly baseline: boolean;
  readonly points: readonly SpectrumPoint[];
}

export interface SpectrumInput {
  readonly series: readonly SpectrumSeries[];
  readonly width: number;
  readonly height: number;
  /** Names at the ends of the lines; without them the page must show a legend. */
  readonly labels: boolean;
}

const MARGIN = { left: 42, right: 12, rightWithLabels: 150, top: 26, bottom: 46 };
const LABEL_HEIGHT_PX = 15;
const LONGEST_LABEL = 18;
const MOST_POINTS = 1000;

export function latencySpectrum(input: SpectrumInput): LayeredSpec {
  const series = input.series.map((one) => ({ ...one, points: drawable(one.points) }));
  const all = series.flatMap((one) => one.points);
  const domainY = logDomain(all.map((point) => point.ms));
  const rarest = all.reduce((most, point) => Math.max(most, point.oneIn), 10);
  const domainX: [number, number] = [1, rarest];
  const right = input.labels ? MARGIN.rightWithLabels : MARGIN.right;
  const height = input.height - MARGIN.top - MARGIN.bottom;
  const x = {
    field: 'oneIn',
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain: domainX, nice: false },
    axis: {
      title: 'percentile of requests (axis: 1/(1−p), log)',
      values: [2, ...decades(10, rarest)],
      labelExpr: "datum.value < 2 ? 'p0' : 'p' + format(100 * (1 - 1 / datum.value), '.6~r')",
      grid: true,
      labelFlush: true,
      titlePadding: 8,
    },
  };
  const y = {
    field: 'ms',
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain: [...domainY], nice: false },
    axis: {
      title: null,
      values: [...decades(domainY[0], domainY[1])],
      format: ',~r',
      ticks: false,
      domain: false,
      grid: true,
    },
  };
  const lines: Layer[] = series
    .filter((one) => one.points.length > 0)
    .map((one) => ({
      data: { values: [...one.points] },
      mark: {
        type: 'line',
        stroke: one.colour,
        strokeWidth: 2,
        ...(one.baseline ? { strokeDash: [6, 3] } : {}),
      },
      encoding: { x, y },
    }));
  const labels: Layer[] = input.labels
    ? endLabels(series, domainX[1], domainY, height).flatMap(({ name, colour, oneIn, ms }) => {
        const text = (said: string, dx: number, fill: string): Layer => ({
          data: { values: [{ oneIn, ms }] },
          mark: { type: 'text', text: said, align: 'left', baseline: 'middle', dx, fontSize: 12, fill },
          encoding: { x, y },
        });
        // The square carries the colour: small type in it would be too faint to read.
        return [text('■', 8, colour), text(name, 22, INK.fg)];
      })
    : [];
  return {
    width: input.width - MARGIN.left - right,
    height,
    autosize: { type: 'none' },
    padding: { left: MARGIN.left, right, top: MARGIN.top, bottom: MARGIN.bottom },
    config: CHART_CONFIG,
    layer:
      lines.length === 0 ? [emptyLayer(x, y)] : [...lines, ...labels, titleLayer('Response time, ms (log)')],
  };
}

/** p100 would lie at infinity, and a log axis has no zero. */
function drawable(points: readonly SpectrumPoint[]): readonly SpectrumPoint[] {
  const finite = points
    .filter((point) => Number.isFinite(point.oneIn) && point.oneIn >= 1 && point.ms > 0)
    .toSorted((a, b) => a.oneIn - b.oneIn);
  const every = Math.ceil(finite.length / MOST_POINTS);
  return every <= 1 ? finite : finite.filter((_, i) => i % every === 0 || i === finite.length - 1);
}

interface EndLabel {
  readonly name: string;
  readonly colour: string;
  readonly oneIn: number;
  readonly ms: number;
}

/** One label beside each line's end, pushed apart (in pixels of the log axis) where they would overlap. */
function endLabels(
  series: readonly SpectrumSeries[],
  oneIn: number,
  [low, high]: readonly [number, number],
  height: number,
): readonly EndLabel[] {
  const span = Math.log(high / low);
  const ends = series
    .flatMap((one) => {
      const end = one.points.at(-1);
      return end === undefined ? [] : [{ one, px: (height * Math.log(high / end.ms)) / span }];
    })
    .toSorted((a, b) => a.px - b.px);
  const placed: number[] = [];
  for (const { px } of ends) placed.push(Math.max(px, (placed.at(-1) ?? -LABEL_HEIGHT_PX) + LABEL_HEIGHT_PX));
  // Labels pushed below the plot move up again, the lowest first.
  for (let i = placed.length - 1, floor = height; i >= 0; i -= 1, floor -= LABEL_HEIGHT_PX) {
    placed[i] = Math.min(placed[i] ?? 0, floor);
  }
  return ends.map(({ one }, i) => ({
    name: one.name.length > LONGEST_LABEL ? `${one.name.slice(0, LONGEST_LABEL - 1)}…` : one.name,
    colour: one.colour,
    oneIn,
    ms: high * Math.exp((-(placed[i] ?? 0) * span) / height),
  }));
}

function emptyLayer(x: object, y: object): Layer {
  return { data: { values: [] }, mark: { type: 'point', stroke: INK.muted }, encoding: { x, y } };
}
