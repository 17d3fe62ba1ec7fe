/** The first screen of the report in text: verdict, sentence, matrix, what broke, in 100 columns. */
import { agreeing } from '../harness/result/agreement.ts';
import type { Result, ScenarioResult, Verdict } from '../harness/result/schema.ts';
import { CLAIMS_HEADING, claimList, foldedTitle } from './model/claims.ts';
import { doubtSentence, mainDoubt, openChecks, thresholdTally, warningPlace } from './model/findings.ts';
import { significant } from './model/format.ts';
import { buildMatrix, type Column, type Matrix, type Prediction, READS, type Row } from './model/matrix.ts';
import { metricHead } from './model/metrics.ts';
import { NOISE_FLOOR, noiseFloorSentence } from './model/noise-floor.ts';
import { outcomeLines, strategyMark } from './model/outcome.ts';
import { verdictWords } from './model/verdict.ts';
import { clean, displayWidth, pad, shorten, wrap } from './text.ts';

export interface TerminalOptions {
  /** ANSI colours; the words are the same without. */
  readonly colour: boolean;
  /** Where the HTML report lies; printed last. */
  readonly reportPath?: string;
}

const COLUMNS = 100;
/** A name longer than this may be cut to spare the bar or a number ... */
const LONG_NAME = 22;
/** ... and to this before a number goes. */
const SHORTEST_NAME = 14;
const BAR_CELLS = 8;
const LONGEST_HEAD = 12;

const ANSI: Readonly<Record<Verdict | 'bold' | 'dim', readonly [string, string]>> = {
  pass: ['\u001b[32m', '\u001b[39m'],
  fail: ['\u001b[31m', '\u001b[39m'],
  inconclusive: ['\u001b[33m', '\u001b[39m'],
  bold: ['\u001b[1m', '\u001b[22m'],
  dim: ['\u001b[2m', '\u001b[22m'],
};

type Paint = (style: keyof typeof ANSI, text: string) => string;

export function renderTerminal(result: Result, options: TerminalOptions): string {
  const paint: Paint = (style, text) => (options.colour ? `${ANSI[style][0]}${text}${ANSI[style][1]}` : text);
  const lines = result.scenarios.flatMap((scenario) => ['', ...scenarioLines(result, scenario, paint)]);
  if (result.interrupted) lines.unshift('', 'Interrupted: the plan was not finished.');
  if (result.scenarios.length !== 1) {
    // The sections have scrolled away by now.
    lines.push('', `Run: ${paint(result.verdict, paint('bold', verdictWords(result.verdict).text))}`);
    lines.push(...contents(result, paint));
  }
  lines.push(...warningLines(result.warnings, paint, ' about the run'));
  if (options.reportPath !== undefined) lines.push('', `Report: ${clean(options.reportPath)}`);
  return `${lines.join('\n')}\n`;
}

function scenarioLines(result: Result, scenario: ScenarioResult, paint: Paint): readonly string[] {
  const matrix = buildMatrix(scenario);
  const open = openChecks(scenario);
  const tally = thresholdTally(scenario);
  const noise = noiseFloorSentence(scenario);
  const doubt = mainDoubt(result, scenario);
  const { text } = verdictWords(scenario.verdict);
  const title = shorten(clean(scenario.title), COLUMNS - text.length - 2);
  return [
    `${paint(scenario.verdict, paint('bold', text))}  ${paint('bold', title)}`,
    ...wrap(clean(scenario.answer), COLUMNS),
    ...(doubt === null ? [] : wrap(clean(`In doubt: ${doubtSentence(doubt)}. ${doubt.remedy}`), COLUMNS)),
    ...wrap(clean(scenario.load.description), COLUMNS).map((line) => paint('dim', line)),
    '',
    ...table(matrix, paint),
    ...outcomeSection(scenario, paint),
    ...(noise === null ? [] : ['', ...wrap(clean(`${NOISE_FLOOR}: ${noise}`), COLUMNS)]),
    ...(open.length === 0 ? [] : ['']),
    ...open.flatMap(({ strategy, verdict, text: sentence }) => {
      const [first = '', ...rest] = wrap(clean(`${strategy}: ${sentence}`), COLUMNS - 2);
      return [`${paint(verdict, verdictWords(verdict).glyph)} ${first}`, ...rest.map((line) => `  ${line}`)];
    }),
    ...(tally === null ? [] : ['', tally]),
    ...claimLines(scenario, paint),
    ...warningLines(scenario.warnings, paint),
  ];
}

function outcomeSection(scenario: ScenarioResult, paint: Paint): readonly string[] {
  const lines = outcomeLines(scenario).flatMap(({ verdict, glyph, text }) => {
    const [first = '', ...rest] = wrap(clean(text), COLUMNS - 2);
    return [`${paint(verdict ?? 'dim', glyph)} ${first}`, ...rest.map((line) => `  ${line}`)];
  });
  return lines.length === 0 ? [] : ['', ...lines];
}

/** A line each; what they rest on, and why one was not judged, is in the report. */
function claimLines(scenario: ScenarioResult, paint: Paint): readonly string[] {
  const claims = claimList(scenario);
  const { listed, folded } = claims;
  if (listed.length + folded.length === 0) return [];
  const width = Math.max(0, ...listed.map(({ verdict }) => verdict.length));
  const indent = ' '.repeat(width + 4);
  return [
    '',
    paint('bold', CLAIMS_HEADING),
    ...listed.flatMap(({ glyph, verdict, text, when }) => {
      const said = clean(when === '' ? text : `${text}: when ${when}`);
      const [first = '', ...rest] = wrap(said, COLUMNS - indent.length);
      return [`${glyph} ${pad(verdict, width)}  ${first}`, ...rest.map((line) => `${indent}${line}`)];
    }),
    ...(folded.length === 0 ? [] : [foldedTitle(claims)]),
  ];
}

function contents({ scenarios }: Result, paint: Paint): readonly string[] {
  const width = Math.max(...scenarios.map(({ verdict }) => verdictWords(verdict).text.length));
  return scenarios.map(({ verdict, title }) => {
    const mark = paint(verdict, pad(verdictWords(verdict).text, width));
    return `  ${mark}  ${shorten(clean(title), COLUMNS - width - 4)}`;
  });
}

interface TextColumn {
  /** Of the matrix, whose place it takes; `null` for the bar. */
  readonly column: Column | null;
  readonly head: readonly [string, string];
  readonly cell: (row: Row) => string;
  readonly best?: (row: Row) => boolean;
}

function table(matrix: Matrix, paint: Paint): readonly string[] {
  const { columns, nameWidth } = fitting(matrix);
  const widths = columns.map((column) => columnWidth(column, matrix));
  const line = (first: string, cells: readonly string[]) =>
    `${pad(first, nameWidth + 2)} ${cells.map((cell, i) => pad(cell, -(widths[i] ?? 0))).join(' ')}`.trimEnd();
  return [
    paint(
      'dim',
      line(
        '  strategy',
        columns.map(({ head }) => head[0]),
      ),
    ),
    paint(
      'dim',
      line(
        '',
        columns.map(({ head }) => head[1]),
      ),
    ),
    ...matrix.rows.map((row) => {
      const { verdict, glyph } = strategyMark(row.strategy);
      const first = pad(shorten(clean(row.strategy.name), nameWidth), nameWidth);
      const cells = columns.map((column, i) => {
        const text = pad(column.cell(row), -(widths[i] ?? 0));
        return column.best?.(row) === true ? paint('bold', text) : text;
      });
      return `${paint(verdict ?? 'dim', glyph)} ${first} ${cells.join(' ')}`.trimEnd();
    }),
  ];
}

function columnWidth({ head, cell }: TextColumn, matrix: Matrix): number {
  return Math.max(...head.map(displayWidth), ...matrix.rows.map((row) => displayWidth(cell(row))));
}

/** The most that 100 columns hold: the bar goes first, names are cut, then the least asked-for numbers go. */
function fitting(matrix: Matrix): { readonly columns: readonly TextColumn[]; readonly nameWidth: number } {
  const longest = Math.max(8, ...matrix.rows.map(({ strategy }) => displayWidth(clean(strategy.name))));
  const all = textColumns(matrix);
  const dispensable = [null, ...matrix.dispensable];
  for (let dropped = 0; dropped <= dispensable.length; dropped += 1) {
    const gone = dispensable.slice(0, dropped);
    const columns = all.filter(({ column }) => !gone.includes(column));
    const numbers = columns.reduce((sum, column) => sum + 1 + columnWidth(column, matrix), 0);
    const left = COLUMNS - 2 - numbers;
    const least = Math.min(longest, dropped === 0 ? LONG_NAME : SHORTEST_NAME);
    if (left >= least) return { columns, nameWidth: Math.min(longest, left) };
  }
  return { columns: all.slice(0, 1), nameWidth: SHORTEST_NAME };
}

/** Short heads: twelve columns of numbers in one hundred of text. */
function textColumns({ columns }: Matrix): readonly TextColumn[] {
  // Beside one column there is room for what theory gives and what it allows, beside two for what it allows.
  const terse = columns.filter(({ predicted }) => predicted).length > 1;
  return columns.flatMap((column, index) => {
    const [head, second] = metricHead(column.metric);
    const under = [second, column.unit].filter((part) => part !== '').join(' ');
    const found: TextColumn[] = [
      {
        column,
        head: [headText(head), headText(under)],
        cell: ({ cells }) => cells[index]?.text ?? '',
        best: ({ cells }) => cells[index]?.best === true,
      },
    ];
    if (column.metric === READS) {
      found.push({ column: null, head: ['(log)', ''], cell: (row) => bar(row.bar) });
    }
    if (column.predicted) {
      found.push({
        column,
        head: [terse ? 'allowed' : 'theory', ''],
        cell: ({ cells }) => predicted(cells[index]?.predicted ?? null, terse),
      });
    }
    return found;
  });
}

/** A scenario may name what this version has no short head for. */
function headText(text: string): string {
  return shorten(clean(text), LONGEST_HEAD);
}

function predicted(prediction: Prediction | null, terse: boolean): string {
  if (prediction === null) return '–';
  const { text, interval } = prediction;
  if (interval === null || interval === text) return text;
  return terse ? interval : `${text} (${interval})`;
}

function bar(length: number | null): string {
  if (length === null) return '';
  const full = Math.round(length * BAR_CELLS);
  return '█'.repeat(full).padEnd(BAR_CELLS, '·');
}

function warningLines(warnings: Result['warnings'], paint: Paint, about = ''): readonly string[] {
  if (warnings.length === 0) return [];
  const heading = `${significant(warnings.length)} ${agreeing(warnings.length, 'warning')}${about}`;
  return [
    '',
    paint('bold', heading),
    ...warnings.flatMap((warning) => {
      const place = warningPlace(warning);
      const said = wrap(clean(`${place === '' ? '' : `${place}: `}${warning.message}`), COLUMNS - 2);
      const remedy = wrap(clean(`→ ${warning.remedy}`), COLUMNS - 4);
      return [
        ...said.map((line, i) => (i === 0 ? `${paint('inconclusive', '!')} ${line}` : `  ${line}`)),
        ...remedy.map((line) => `    ${line}`),
      ];
    }),
  ];
}
