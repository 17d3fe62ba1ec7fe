/**
 * One strip of the small multiples. Its margins are fixed (no automatic sizing), so that the strips of a
 * strategy line up under each other, and strategies beside each other.
 */
import type { StripInput, StripPoint } from './frame.ts';
import { thin } from './frame.ts';
import { type Layer, type LayeredSpec, titleLayer } from './layer.ts';
import { CHART_CONFIG, INK } from './theme.ts';
import { timeAxis } from './time-axis.ts';
import { triggerBands } from './trigger-bands.ts';

/** One row of chart data: a window of a strategy, in seconds. */
export interface StripDatum extends StripPoint {
  readonly tSec: number;
  readonly endSec: number;
  /** Lines go through the middle of their window, or they would run ahead of the expiry ticks. */
  readonly midSec: number;
}

const MARGIN = { left: 42, right: 8, top: 20, bottom: 6, bottomWithAxis: 42 };
const EXPIRY_TICK_PX = 6;
/** Past this many expiries, lines through the strip would be a grey wash: only the ticks stay. */
const MOST_EXPIRY_LINES = 24;
/** Closer together than this on average, even the ticks would merge into a bar: nothing is drawn. */
const CLOSEST_TICKS_PX = 3;

interface StripOptions {
  readonly title: string;
  readonly height: number;
  /** Marks from back to front. */
  readonly layers: readonly Layer[];
}

export function stripSpec(input: StripInput, options: StripOptions): LayeredSpec {
  const bottom = input.last ? MARGIN.bottomWithAxis : MARGIN.bottom;
  return {
    width: plotWidth(input),
    height: options.height,
    autosize: { type: 'none' },
    padding: { left: MARGIN.left, right: MARGIN.right, top: MARGIN.top, bottom },
    config: CHART_CONFIG,
    layer: [
      ...triggerBands(input.timeline.triggers ?? [], {
        seconds: input.frame.seconds,
        height: options.height,
        named: input.first,
        axis: input.last,
      }),
      ...expiryLayers(input, options),
      ...options.layers,
      titleLayer(options.title),
    ],
  };
}

function plotWidth({ width }: Pick<StripInput, 'width'>): number {
  return width - MARGIN.left - MARGIN.right;
}

/** Time on the x axis; labels only on the lowest strip, ticks and scale on all. */
export function timeX({ frame, last }: StripInput, field: string) {
  return timeAxis(field, frame.seconds, last);
}

/** Rows for a timeline, thinned to what the width can show (never above 1,000). */
export function stripData(
  timeline: StripInput['timeline'] | null,
  input: StripInput,
): { values: StripDatum[] } {
  const points = thin(timeline?.points ?? [], mostPoints(input));
  const windowSec = (timeline?.windowMs ?? 0) / 1000;
  return {
    values: points.map((point, index) => {
      const tSec = point.tMs / 1000;
      const next = points[index + 1];
      const endSec = next === undefined ? tSec + windowSec : next.tMs / 1000;
      return { ...point, tSec, endSec, midSec: (tSec + endSec) / 2 };
    }),
  };
}

/** What a plot of this width can show, and never above 1,000. */
function mostPoints(input: Pick<StripInput, 'width'>): number {
  return Math.min(1000, Math.floor(plotWidth(input) * 1.5));
}

/** True when a point of the chart stands for several windows. */
export function isThinned(input: Pick<StripInput, 'timeline' | 'width'>): boolean {
  return input.timeline.points.length > mostPoints(input);
}

function expiryLayers(input: StripInput, { height }: StripOptions): readonly Layer[] {
  // Anything outside the frame would be drawn outside the plot.
  const [from, to] = input.frame.seconds;
  const seconds = input.timeline.expiriesMs.map((ms) => ms / 1000).filter((s) => s >= from && s <= to);
  const data = { values: seconds.map((tSec) => ({ tSec })) };
  if (data.values.length === 0 || data.values.length > plotWidth(input) / CLOSEST_TICKS_PX) return [];
  const x = timeX(input, 'tSec');
  const tick: Layer = {
    data,
    mark: { type: 'rule', stroke: INK.fg, strokeWidth: 1.25 },
    encoding: { x, y: { value: height }, y2: { value: height - EXPIRY_TICK_PX } },
  };
  const line: Layer = {
    data,
    mark: { type: 'rule', stroke: INK.muted, strokeWidth: 1, strokeDash: [1, 3], opacity: 0.7 },
    encoding: { x, y: { value: 0 }, y2: { value: height } },
  };
  return data.values.length > MOST_EXPIRY_LINES ? [tick] : [line, tick];
}
