/** Shares by window, always drawn from 0 to 100 % so that runs can be compared. */
import type { StripInput } from './frame.ts';
import type { Layer, LayeredSpec } from './layer.ts';
import { stripData, stripSpec, timeX } from './strip.ts';
import { GHOST_OPACITY, INK } from './theme.ts';

const HEIGHT = 48;

/** Share of cache lookups that hit. */
export function hitRatioOverTime(input: StripInput): LayeredSpec {
  return shareOverTime(input, 'hitRatio', 'Cache hit ratio');
}

/** Share of requests answered rightly and in time. */
export function goodputOverTime(input: StripInput): LayeredSpec {
  return shareOverTime(input, 'goodput', 'Goodput');
}

function shareOverTime(input: StripInput, field: 'hitRatio' | 'goodput', title: string): LayeredSpec {
  const x = timeX(input, 'midSec');
  const y = {
    field,
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
    title,
    height: HEIGHT,
    layers: [line(input.ghost, INK.muted, GHOST_OPACITY), line(input.timeline, input.colour, 1)],
  });
}
