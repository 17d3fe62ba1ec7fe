/** Share of cache lookups that hit, always drawn from 0 to 100 % so that runs can be compared. */
import type { StripInput } from './frame.ts';
import type { Layer, LayeredSpec } from './strip.ts';
import { stripData, stripSpec, timeX } from './strip.ts';
import { GHOST_OPACITY, INK } from './theme.ts';

const HEIGHT = 48;

export function hitRatioOverTime(input: StripInput): LayeredSpec {
  const x = timeX(input, 'midSec', true);
  const y = {
    field: 'hitRatio',
    type: 'quantitative' as const,
    scale: { domain: [0, 1], nice: false },
    axis: { title: null, format: '.0%', values: [0, 0.5, 1], ticks: false, domain: false, grid: true },
  };
  const line = (timeline: StripInput['ghost'], stroke: string, opacity: number): Layer => ({
    data: stripData(timeline, input),
    mark: { type: 'line', stroke, strokeWidth: opacity < 1 ? 1 : 1.75, opacity },
    encoding: { x, y },
  });
  return stripSpec(input, {
    title: 'Cache hit ratio',
    height: HEIGHT,
    showTimeAxis: true,
    layers: [line(input.ghost, INK.muted, GHOST_OPACITY), line(input.timeline, input.colour, 1)],
  });
}
