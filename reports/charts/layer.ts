import type { TopLevelSpec } from 'vega-lite';
import { INK } from './theme.ts';

export type LayeredSpec = Extract<TopLevelSpec, { layer: unknown }>;
export type Layer = LayeredSpec['layer'][number];

/** A mark at a fixed place: Vega's own title moves with the height of the axis labels. */
export function titleLayer(text: string): Layer {
  return {
    data: { values: [{}] },
    mark: { type: 'text', text, align: 'left', baseline: 'alphabetic', fontSize: 11, fill: INK.muted },
    encoding: { x: { value: 0 }, y: { value: -7 } },
  };
}
