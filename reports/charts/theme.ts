/** The look shared by all charts. Colours are CSS variables, so that one SVG serves light and dark. */
import type { TopLevelSpec } from 'vega-lite';

type ChartConfig = NonNullable<TopLevelSpec['config']>;

export const INK = { fg: 'var(--fg)', muted: 'var(--muted)', hairline: 'var(--hairline)' } as const;

/** The baseline behind each strategy's own marks: there to compare with, not to read. */
export const GHOST_OPACITY = 0.5;

const FONT = 'system-ui, -apple-system, Segoe UI, Roboto, sans-serif';

export const CHART_CONFIG: ChartConfig = {
  background: 'transparent',
  font: FONT,
  // The whole chart is one image with one sentence; labels on 300 path points would only be read aloud.
  aria: false,
  view: { stroke: null },
  axis: {
    domainColor: INK.hairline,
    tickColor: INK.hairline,
    gridColor: INK.hairline,
    gridWidth: 1,
    labelColor: INK.muted,
    titleColor: INK.muted,
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: 'normal',
    labelPadding: 4,
    tickSize: 4,
  },
  // A window without requests is a gap, not a zero and not a bridge.
  line: { strokeWidth: 1.5, strokeJoin: 'round', strokeCap: 'round', invalid: 'break-paths-show-domains' },
  area: { invalid: 'break-paths-show-domains' },
};

/** Decades between two positive values: `[1, 10, 100]`. */
export function decades(low: number, high: number): readonly number[] {
  const from = Math.ceil(Math.log10(low) - 1e-9);
  const to = Math.floor(Math.log10(high) + 1e-9);
  // Number('1e-1') is 0.1; 10 ** -1 may carry binary dust into a label.
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => Number(`1e${from + i}`));
}

/** A log domain that holds all positive values, opened to the next 1, 2 or 5 on either side. */
export function logDomain(values: readonly number[]): readonly [number, number] {
  const positive = values.filter((value) => Number.isFinite(value) && value > 0);
  if (positive.length === 0) return [1, 10];
  const low = step(
    positive.reduce((a, b) => Math.min(a, b)),
    'down',
  );
  const high = step(
    positive.reduce((a, b) => Math.max(a, b)),
    'up',
  );
  // A domain without a whole decade would have no labelled line.
  return decades(low, high).length >= 2
    ? [low, high]
    : [Number(`1e${Math.floor(Math.log10(low))}`), Number(`1e${Math.floor(Math.log10(high)) + 1}`)];
}

function step(value: number, direction: 'up' | 'down'): number {
  const exponent = Math.floor(Math.log10(value));
  const steps = [1, 2, 5, 10].map((factor) => Number(`${factor}e${exponent}`));
  const found = direction === 'up' ? steps.find((s) => s >= value) : steps.findLast((s) => s <= value);
  return found ?? value;
}
