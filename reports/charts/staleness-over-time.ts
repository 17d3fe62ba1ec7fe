/**
 * The share of reads that were stale, window by window. The axis ends at the worst window of the scenario, which it
 * names: a share of a thousandth would be a line on the floor of one that ends at 100%.
 */
import type { StripInput } from './frame.ts';
import type { Layer, LayeredSpec } from './layer.ts';
import { stripData, stripSpec, timeX } from './strip.ts';
import { GHOST_OPACITY, INK } from './theme.ts';

const HEIGHT = 48;

export function stalenessOverTime(input: StripInput): LayeredSpec {
  const x = timeX(input, 'midSec');
  const most = input.frame.staleShare ?? 0;
  const y = {
    field: 'staleReads',
    type: 'quantitative' as const,
    scale: { domain: [0, most === 0 ? 1 : most], nice: false },
    axis: {
      title: null,
      format: '.2~p',
      values: most === 0 ? [0] : [0, most],
      ticks: false,
      domain: false,
      grid: true,
    },
  };
  const own = stripData(input.timeline, input);
  const layers: Layer[] = [
    {
      data: stripData(input.ghost, input),
      mark: { type: 'line', stroke: INK.muted, strokeWidth: 1, opacity: GHOST_OPACITY },
      encoding: { x, y },
    },
    {
      data: own,
      mark: { type: 'area', fill: input.colour, fillOpacity: 0.24 },
      encoding: { x, y, y2: { datum: 0 } },
    },
    {
      data: own,
      mark: { type: 'line', stroke: input.colour, strokeWidth: 1.75 },
      encoding: { x, y },
    },
  ];
  return stripSpec(input, { title: 'Stale reads', height: HEIGHT, layers });
}
