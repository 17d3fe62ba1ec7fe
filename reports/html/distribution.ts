/** All response times of a scenario in one chart, with the legend that its narrow drawing needs. */
import type { ScenarioResult } from '../../harness/result/schema.ts';
import { latencySpectrum, type SpectrumSeries } from '../charts/latency-spectrum.ts';
import { colourOf, type SeriesColours } from '../charts/palette.ts';
import { renderSvg } from '../charts/render.ts';
import { quantity } from '../model/format.ts';
import { buildMatrix } from '../model/matrix.ts';
import { html, type Markup, trusted } from './markup.ts';
import { swatch } from './matrix.ts';
import { term } from './terms.ts';

const WIDE = { width: 1100, height: 340, labels: true };
const MEDIUM = { width: 680, height: 320, labels: true };
const NARROW = { width: 328, height: 260, labels: false };

export async function distributionSection(scenario: ScenarioResult, colours: SeriesColours): Promise<Markup> {
  // Without the baseline again: its line would lie on the baseline's, and its label on that one's.
  const strategies = buildMatrix(scenario)
    .rows.map((row) => row.strategy)
    .filter(({ aa }) => aa !== true);
  const series: SpectrumSeries[] = strategies
    .filter((strategy) => strategy.spectrum.length > 0)
    .map(({ name, baseline, spectrum }) => ({
      name,
      baseline,
      colour: colourOf(colours, name).css,
      points: spectrum,
    }));
  if (series.length === 0) return html`<p class="muted">No response times were recorded.</p>`;
  const sentence = `Response time by percentile. ${series.map(ending).join('; ')}.`;
  const wide = await renderSvg(latencySpectrum({ series, ...WIDE }), { sentence, size: 'wide' });
  const medium = await renderSvg(latencySpectrum({ series, ...MEDIUM }), { sentence, size: 'medium' });
  const narrow = await renderSvg(latencySpectrum({ series, ...NARROW }), { sentence, size: 'narrow' });
  const names = series.map(
    ({ name }) => html`<li class="${colourOf(colours, name).className}">${swatch()}${name}</li>`,
  );
  return html`<p class="hint">How slow the slowest are. Read ${term('p99')} as: one request in a hundred was slower. A line that jumps shows how many requests waited for a load. All rounds together.</p>
<ul class="legend series narrow">${names}</ul>
<figure class="spectrum">${trusted(wide)}${trusted(medium)}${trusted(narrow)}</figure>`;
}

function ending(series: SpectrumSeries): string {
  const last = series.points.findLast((point) => Number.isFinite(point.oneIn));
  return last === undefined ? series.name : `${series.name} reaches ${quantity(last.ms, 'ms')}`;
}
