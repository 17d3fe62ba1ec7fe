/** The matrix as a table whose rows open. On a narrow screen each row becomes a card (styles/matrix.css). */
import type { ScenarioResult } from '../../harness/result/schema.ts';
import { colourOf, type SeriesColours } from '../charts/palette.ts';
import { significant } from '../model/format.ts';
import { buildMatrix, type Cell, type Column, type Matrix, type Row } from '../model/matrix.ts';
import { verdictMark } from './header.ts';
import { html, type Markup } from './markup.ts';
import { strategyDetails } from './strategy-details.ts';

/** Fixed column widths (styles/matrix.css): opening a row must not move the columns. */
const WIDTHS = [
  'name',
  'reads',
  'measured',
  'predicted',
  'p50',
  'p99',
  'p999',
  'goodput',
  'rate',
  'age',
  'errors',
  'verdict',
];
const RESPONSE = ['p50', 'p99', 'p999'];

export function matrixTable(scenario: ScenarioResult, colours: SeriesColours, rounds: number): Markup {
  const matrix = buildMatrix(scenario);
  const small =
    rounds > 1
      ? `small: lowest–highest of ${rounds} rounds, left out where all read the same`
      : 'one round, so no interval';
  return html`<table class="matrix">
<caption>Medians. <b>Bold</b>: best, or tied with it inside the spread of rounds; ${small}. Open a row for its idea, bounds and every metric.</caption>
<colgroup>${WIDTHS.map((name) => html`<col class="w-${name}">`)}</colgroup>
${tableHead(matrix)}
<tbody>${matrix.rows.map((row) => tableRow(row, matrix.columns, scenario, colours))}</tbody>
</table>`;
}

function tableHead(matrix: Matrix): Markup {
  const column = (id: string) => matrix.columns.find((candidate) => candidate.id === id);
  const bound = column('bound');
  const th = (one: Column | undefined) =>
    one === undefined
      ? ''
      : html`<th scope="col" rowspan="2" class="num" title="${one.explains}">${one.title}${unit(one.unit)}</th>`;
  const response = matrix.columns.filter(({ id }) => RESPONSE.includes(id));
  return html`<thead>
<tr><th scope="col" rowspan="2">Strategy</th>
<th scope="col" rowspan="2" class="num" title="${column('reads')?.explains}">Database reads<small>bar: log</small></th>
<th scope="colgroup" colspan="2" class="group" title="${bound?.explains}">${bound?.title}</th>
<th scope="colgroup" colspan="3" class="group" title="${response[0]?.explains}">Response time<small class="inline">ms</small></th>
${th(column('goodput'))}${th(column('hitRate'))}${th(column('age'))}${th(column('errors'))}
<th scope="col" rowspan="2">Verdict</th></tr>
<tr><th scope="col" class="num sub">measured</th><th scope="col" class="num sub">predicted</th>
${response.map(({ title }) => html`<th scope="col" class="num sub">${title}</th>`)}</tr>
</thead>`;
}

function unit(text: string): Markup {
  return text === '' ? html`` : html`<small>${text}</small>`;
}

function tableRow(
  row: Row,
  columns: readonly Column[],
  scenario: ScenarioResult,
  colours: SeriesColours,
): Markup {
  const { strategy, cells } = row;
  const { className } = colourOf(colours, strategy.name);
  const rest = columns.filter(({ id }) => id !== 'reads' && id !== 'bound');
  return html`<tr class="row ${className}">
<th scope="row"><details class="${className}"><summary><span class="name">${swatch()}<span>${strategy.name}${strategy.aa ? html`<small>A/A: the baseline again</small>` : ''}</span></span></summary></details></th>
<td class="num reads" data-label="Database reads">${cellContent(cells.reads)}${row.bar === null ? '' : bar(row.bar)}</td>
<td class="num" data-label="${columns.find(({ id }) => id === 'bound')?.title}">${cellContent(cells.bound)}</td>
<td class="num" data-label="Predicted">${predictedContent(row)}</td>
${rest.map((column) => html`<td class="num" data-label="${label(column)}">${cellContent(cells[column.id])}</td>`)}
<td class="decision">${verdictMark(strategy.verdict)}</td></tr>
<tr class="details"><td colspan="12">${strategyDetails(strategy, scenario)}</td></tr>`;
}

function label(column: Column): string {
  return column.unit === '' ? column.title : `${column.title}, ${column.unit}`;
}

function cellContent(cell: Cell): Markup {
  const text = cell.best ? html`<b>${cell.text}</b>` : html`${cell.text}`;
  return html`<span class="value">${text}</span>${range(cell.interval)}`;
}

/** An interval in small type, which may break after its dash and nowhere else. */
function range(text: string | null): Markup {
  if (text === null) return html``;
  const [from, ...to] = text.split('–');
  return html`<small><span>${from}${to.length === 0 ? '' : '–'}</span><wbr><span>${to.join('–')}</span></small>`;
}

function predictedContent(row: Row): Markup {
  if (row.predicted === null) return html`<span class="value">–</span>`;
  const { text, interval, bound } = row.predicted;
  return html`<span class="value">${text}</span>${range(interval === text ? null : interval)}<small class="formula">${bound.predicted.formula}</small>`;
}

/** The colour of a strategy; `--series` comes from the row's class. */
export function swatch(): Markup {
  return html`<svg class="swatch" viewBox="0 0 10 10" aria-hidden="true"><rect width="10" height="10" rx="2" fill="var(--series)"/></svg>`;
}

/** Attributes, not styles: the page's CSP forbids inline styles. */
function bar(length: number): Markup {
  const width = significant(Math.min(1, Math.max(0, length)) * 100);
  return html`<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="4" fill="var(--hairline)"/><rect width="${width}" height="4" fill="var(--series)"/></svg>`;
}
