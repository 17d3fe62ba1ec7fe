/** Response time by window: the line is p50, the band reaches up to p99, on a log axis. */
import type { StripInput } from './frame.ts';
import type { Layer, LayeredSpec } from './layer.ts';
import type { StripDatum } from './strip.ts';
import { stripData, stripSpec, timeX } from './strip.ts';
import { decades, GHOST_OPACITY, INK } from './theme.ts';

const HEIGHT = 92;

export function latencyOverTime(input: StripInput): LayeredSpec {
  const domain = [...input.frame.latencyMs];
  const x = timeX(input, 'midSec');
  const y = (field: string) => ({
    field,
    type: 'quantitative' as const,
    scale: { type: 'log' as const, domain, nice: false },
    axis: {
      title: null,
      values: [...decades(input.frame.latencyMs[0], input.frame.latencyMs[1])],
      format: ',~r',
      ticks: false,
      domain: false,
      grid: true,
    },
  });
  const own = stripData(input.timeline, input).values.map(positive);
  const ghost = stripData(input.ghost, input).values.map(positive);
  const layers: Layer[] = [
    {
      data: { values: ghost },
      mark: { type: 'line', stroke: INK.muted, strokeWidth: 1, opacity: GHOST_OPACITY },
      encoding: { x, y: y('p99Ms') },
    },
    {
      data: { values: own },
      mark: { type: 'area', fill: input.colour, fillOpacity: 0.24 },
      encoding: { x, y: y('p50Ms'), y2: { field: 'p99Ms' } },
    },
    {
      data: { values: own },
      mark: { type: 'line', stroke: input.colour, strokeWidth: 0.75 },
      encoding: { x, y: y('p99Ms') },
    },
    {
      data: { values: own },
      mark: { type: 'line', stroke: input.colour, strokeWidth: 1.75 },
      encoding: { x, y: y('p50Ms') },
    },
  ];
  return stripSpec(input, { title: 'Response time, ms', height: HEIGHT, layers });
}

/** A log axis has no zero: such a window is a gap. */
function positive(datum: StripDatum): StripDatum {
  const above = (value: number | null) => (value !== null && value > 0 ? value : null);
  const [p50Ms, p99Ms] = [above(datum.p50Ms), above(datum.p99Ms)];
  return p50Ms === null || p99Ms === null
    ? { ...datum, p50Ms: null, p99Ms: null }
    : { ...datum, p50Ms, p99Ms };
}
