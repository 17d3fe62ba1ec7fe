/** Queries per second that reached the database, one bar a window, under the rule of its capacity. */
import type { StripInput } from './frame.ts';
import type { Layer, LayeredSpec } from './layer.ts';
import { stripData, stripSpec, timeX } from './strip.ts';
import { GHOST_OPACITY, INK } from './theme.ts';

const HEIGHT = 72;

export function databaseOverTime(input: StripInput): LayeredSpec {
  const x = timeX(input, 'tSec');
  const y = {
    field: 'dbReadsPerSec',
    type: 'quantitative' as const,
    scale: { domain: [...input.frame.queriesPerSec], nice: false },
    axis: { title: null, format: '~s', tickCount: 3, ticks: false, domain: false, grid: true },
  };
  const busy = stripData(input.timeline, input).values.filter(
    ({ dbReadsPerSec }) => (dbReadsPerSec ?? 0) > 0,
  );
  const layers: Layer[] = [
    {
      data: stripData(input.ghost, input),
      mark: {
        type: 'line',
        interpolate: 'step-after',
        stroke: INK.muted,
        strokeWidth: 1,
        opacity: GHOST_OPACITY,
      },
      encoding: { x, y },
    },
    {
      // The stroke keeps one query visible beside a thousand; a window without any must draw none.
      data: { values: busy },
      mark: { type: 'rect', fill: input.colour, stroke: input.colour, strokeWidth: 1 },
      encoding: { x, x2: { field: 'endSec' }, y, y2: { datum: 0 } },
    },
    {
      data: { values: [{ capacity: input.frame.capacityPerSec }] },
      mark: { type: 'rule', stroke: INK.fg, strokeWidth: 1, strokeDash: [5, 3] },
      encoding: { y: { ...y, field: 'capacity' } },
    },
  ];
  return stripSpec(input, { title: 'Database queries/s', height: HEIGHT, layers });
}
