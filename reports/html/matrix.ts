/** The matrix as a table whose rows open. On a narrow screen each row becomes a card (styles/matrix.css). */
import type { ScenarioResult } from '../../harness/result/schema.ts';
import { colourOf, type SeriesColours } from '../charts/palette.ts';
import { significant } from '../model/format.ts';
import {
  buildMatrix,
  type Cell,
  type Column,
  isResponseTime,
  type Matrix,
  READS,
  type Row,
} from '../model/matrix.ts';
import { roundsOf } from '../model/rounds.ts';
import { outcomeMark } from './header.ts';
import { breakable, html, type Markup } from './markup.ts';
import { strategyDetails } from './strategy-details.ts';

/** Columns of a width of their own (styles/matrix.css); the others share what is left. */
const WIDTHS: Readonly<Record<string, string>> = {
  [READS]: 'reads',
  'latency.response.p50': 'p50',
  'requests.errors': 'errors',
};

/** Past so many columns of numbers a table takes smaller heads and gaps. */
const MOST_AT_EASE = 10;

export function matrixTable(scenario: ScenarioResult, colours: SeriesColours): Markup {
  const matrix = buildMatrix(scenario);
  const rounds = roundsOf(scenario);
  const small =
    rounds > 1
      ? `small: lowest–highest of ${rounds} rounds, left out where all read the same`
      : 'one round, so no interval';
  // Fixed widths: opening a row must not move the columns.
  const widths = [
    'name',
    ...matrix.columns.flatMap(({ metric, predicted }) => [
      WIDTHS[metric] ?? 'number',
      ...(predicted ? ['predicted'] : []),
    ]),
    'verdict',
  ];
  const dense = widths.length - 2 > MOST_AT_EASE ? ' dense' : '';
  return html`<table class="matrix${dense}">
<caption>Medians. <b>Bold</b>: best, or tied with it inside the spread of rounds; ${small}. Open a row for its idea, bounds and every metric.</caption>
<colgroup>${widths.map((name) => html`<col class="w-${name}">`)}</colgroup>
${tableHead(matrix)}
<tbody>${matrix.rows.map((row) => tableRow(row, { scenario, colours, span: widths.length }))}</tbody>
</table>`;
}

/** Two lines: what is measured once stands over both; the percentiles of response time have one head, too. */
function tableHead({ columns }: Matrix): Markup {
  const heads: Markup[] = [];
  const subheads: Markup[] = [];
  for (const [index, column] of columns.entries()) {
    const family = responseTimes(columns, index);
    if (family.length > 1) {
      if (family[0] === column) heads.push(group('Response time', 'ms', family));
      subheads.push(subhead(column.title));
    } else if (column.predicted) {
      heads.push(group(column.label, column.unit, [column, column]));
      subheads.push(subhead('measured'), subhead('predicted'));
    } else {
      const note = column.metric === READS ? 'bar: log' : column.unit;
      heads.push(
        html`<th scope="col" rowspan="2" class="num" title="${column.explains}">${headWords(column.label)}${note === '' ? '' : html`<small>${note}</small>`}</th>`,
      );
    }
  }
  return html`<thead>
<tr><th scope="col" rowspan="2">Strategy</th>
${heads}
<th scope="col" rowspan="2">Outcome</th></tr>
<tr>${subheads}</tr>
</thead>`;
}

/** The percentiles of response time that stand side by side with this column, none of them with a prediction. */
function responseTimes(columns: readonly Column[], index: number): readonly Column[] {
  const belongs = (column: Column | undefined) =>
    column !== undefined && isResponseTime(column.metric) && !column.predicted;
  if (!belongs(columns[index])) return [];
  let from = index;
  while (belongs(columns[from - 1])) from -= 1;
  let to = index + 1;
  while (belongs(columns[to])) to += 1;
  return columns.slice(from, to);
}

function group(title: string, unit: string, columns: readonly Column[]): Markup {
  const small = unit === '' ? '' : html`<small class="inline">${unit}</small>`;
  return html`<th scope="colgroup" colspan="${columns.length}" class="group" title="${columns[0]?.explains}">${title}${small}</th>`;
}

/** A metric that this version has no words for is called by its name, which is long. */
function headWords(label: string): Markup {
  return breakable(label, '.');
}

function subhead(text: string): Markup {
  return html`<th scope="col" class="num sub">${text}</th>`;
}

interface Surroundings {
  readonly scenario: ScenarioResult;
  readonly colours: SeriesColours;
  /** Columns of the table. */
  readonly span: number;
}

function tableRow(row: Row, { scenario, colours, span }: Surroundings): Markup {
  const { strategy } = row;
  const { className } = colourOf(colours, strategy.name);
  return html`<tr class="row ${className}">
<th scope="row"><details class="${className}"><summary><span class="name">${swatch()}<span>${breakable(strategy.name, '+')}${strategy.aa ? html`<small>A/A: the baseline again</small>` : ''}</span></span></summary></details></th>
${row.cells.map((cell) => tableCells(cell, row))}
<td class="decision">${outcomeMark(strategy)}</td></tr>
<tr class="details"><td colspan="${span}">${strategyDetails(strategy, scenario)}</td></tr>`;
}

/** What was measured, with the bar for database reads, and what was predicted. */
function tableCells(cell: Cell, { bar: length }: Row): Markup {
  const { metric, label, unit, predicted } = cell.column;
  const reads = metric === READS;
  const named = unit === '' ? label : `${label}, ${unit}`;
  return html`<td class="num${reads ? ' reads' : ''}${predicted ? ' paired' : ''}" data-label="${named}">${cellContent(cell)}${reads && length !== null ? bar(length) : ''}</td>
${predicted ? html`<td class="num" data-label="Predicted">${predictedContent(cell)}</td>` : ''}`;
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

function predictedContent({ predicted }: Cell): Markup {
  if (predicted === null) return html`<span class="value">–</span>`;
  const { text, interval, bound } = predicted;
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
