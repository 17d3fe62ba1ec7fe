/** How soon a write is seen: a table beside the matrix, and on a narrow screen cards like its rows. */
import type { ScenarioResult } from '../../harness/result/schema.ts';
import { colourOf, type SeriesColours } from '../charts/palette.ts';
import { type FreshnessCell, type FreshnessColumn, freshnessTable } from '../model/freshness.ts';
import { breakable, html, type Markup } from './markup.ts';
import { swatch } from './matrix.ts';
import { term } from './terms.ts';

/** Nothing for a scenario that doesn't write. */
export function freshnessSection(
  scenario: ScenarioResult,
  colours: SeriesColours,
  heading: (text: string) => Markup,
): Markup {
  const table = freshnessTable(scenario);
  if (table === null) return html``;
  const { columns, rows } = table;
  return html`<section>${heading('How soon a write is seen')}
<p class="hint">From the answer to the writer until a reader may count on it. First the share of reads that saw the latest write, by how long after its acknowledgement they were sent (${term('t-visibility')}). Then the share of all reads that was not ${term('stale', 'stale read')} for longer than that: no more ${term('nines')} than so many reads can support.</p>
<table class="matrix seen">
<caption>All rounds together. Small: how many, of how many, were not so; of ${term('Gamma')} how many of the values seen are in conflict. What so many reads support holds with 95 % confidence, as if each read stood alone.</caption>
<colgroup><col class="w-name">${columns.map(() => html`<col>`)}</colgroup>
${tableHead(columns)}
<tbody>${rows.map(
    ({ strategy, cells }) => html`<tr class="row ${colourOf(colours, strategy.name).className}">
<th scope="row"><span class="who">${swatch()}<span>${breakable(strategy.name, '+')}</span></span></th>
${cells.map((cell, index) => tableCell(cell, columns[index]))}</tr>`,
  )}</tbody>
</table></section>`;
}

function tableHead(columns: readonly FreshnessColumn[]): Markup {
  const groups = Map.groupBy(columns, ({ group, title }) => group ?? title);
  const heads = [...groups].map(([name, [first, ...others]]) =>
    first?.group === null
      ? html`<th scope="col" rowspan="2" class="num" title="${first.explains}">${name}<small>${first.unit}</small></th>`
      : html`<th scope="colgroup" colspan="${others.length + 1}" class="group" title="${first?.explains}">${name}${first?.unit === '' ? '' : html`<small class="inline">${first?.unit}</small>`}</th>`,
  );
  const subheads = columns.filter(({ group }) => group !== null);
  return html`<thead>
<tr><th scope="col" rowspan="2">Strategy</th>${heads}</tr>
<tr>${subheads.map(({ title, explains }) => html`<th scope="col" class="num sub" title="${explains}">${title}</th>`)}</tr>
</thead>`;
}

function tableCell({ text, small, quiet }: FreshnessCell, column: FreshnessColumn | undefined): Markup {
  const unit = column === undefined || column.unit === '' ? '' : `, ${column.unit}`;
  return html`<td class="num${quiet ? ' quiet' : ''}" data-label="${column?.label}${unit}"><span class="value">${text}</span>${small === null ? '' : html`<small>${small}</small>`}</td>`;
}
