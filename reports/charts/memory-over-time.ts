/** What the cache holds: its server's memory at the end of each window, from nothing up. */
import { MIB, type StripInput } from './frame.ts';
import type { Layer, LayeredSpec } from './layer.ts';
import { stripData, stripSpec, timeX } from './strip.ts';
import { GHOST_OPACITY, INK } from './theme.ts';

const HEIGHT = 48;

export function memoryOverTime(input: StripInput): LayeredSpec {
  const x = timeX(input, 'midSec');
  const y = {
    field: 'memoryMiB',
    type: 'quantitative' as const,
    scale: { domain: [...(input.frame.memoryMiB ?? [0, 1])], nice: false },
    axis: { title: null, tickCount: 2, ticks: false, domain: false, grid: true },
  };
  const line = (timeline: StripInput['ghost'], stroke: string, opacity: number): Layer => ({
    data: {
      values: stripData(timeline, input).values.map((datum) => ({
        ...datum,
        memoryMiB: datum.memoryBytes === undefined ? null : datum.memoryBytes / MIB,
      })),
    },
    mark: { type: 'line', stroke, strokeWidth: opacity < 1 ? 1 : 1.75, opacity },
    encoding: { x, y },
  });
  return stripSpec(input, {
    title: 'Cache memory, MiB',
    height: HEIGHT,
    layers: [line(input.ghost, INK.muted, GHOST_OPACITY), line(input.timeline, input.colour, 1)],
  });
}
