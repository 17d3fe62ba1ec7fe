/**
 * Spec → static SVG text. No canvas and no browser: Vega lays the scene out and prints it, the same bytes
 * for the same spec.
 */
import { Error as LogErrors, parse, resetSVGDefIds, View } from 'vega';
import { compile, type TopLevelSpec } from 'vega-lite';
import { slim } from './slim.ts';

/** Which drawing of a chart this is; the page's CSS shows one, so that text is never scaled to a blur. */
export type ChartSize = 'wide' | 'medium' | 'narrow';

export interface ChartLabel {
  /** One sentence for readers who can't see the chart. */
  readonly sentence: string;
  readonly size: ChartSize;
}

/** An SVG element that is safe to place in a page under a strict CSP: no script, no style attribute. */
export async function renderSvg(spec: TopLevelSpec, label: ChartLabel): Promise<string> {
  return dress(slim(await draw(spec)), label);
}

/** As Vega prints it: each mark an element of its own. */
export async function draw(spec: TopLevelSpec): Promise<string> {
  // Ids of definitions would otherwise count up over the life of the process.
  resetSVGDefIds();
  // Vega marks each datum that it reads with an id: give it a copy, the data are the caller's.
  const own = structuredClone(spec);
  const view = new View(parse(compile(own, { logger: SILENT }).spec), {
    renderer: 'none',
    logLevel: LogErrors,
  });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** Vega-Lite warns on stderr, which is the CLI's; a test compiles every chart and allows no warning. */
const SILENT: NonNullable<NonNullable<Parameters<typeof compile>[1]>['logger']> = {
  level: () => SILENT,
  error: () => SILENT,
  warn: () => SILENT,
  info: () => SILENT,
  debug: () => SILENT,
};

function dress(svg: string, label: ChartLabel): string {
  const attributes = `class="chart ${label.size}" role="img" aria-label="${escapeAttribute(label.sentence)}"`;
  const tag = /^<svg[^>]*?( width="[^"]*" height="[^"]*" viewBox="[^"]*")>/;
  // A function, since `$` in a sentence would be read as a pattern.
  return svg.replace(tag, (_, size: string) => `<svg ${attributes}${size}>`);
}

function escapeAttribute(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
