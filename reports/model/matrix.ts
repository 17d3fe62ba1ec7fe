/**
 * The matrix: one row per strategy, the columns that the scenario names or the usual ones. Page, terminal and
 * Markdown all draw this one model, so that they can't disagree.
 */
import { isMetricName, metricFacts } from '../../harness/result/metrics.ts';
import type { BoundResult, Metric, ScenarioResult, StrategyResult } from '../../harness/result/schema.ts';
import { figure, interval, MISSING, unitLabel } from './format.ts';
import { betterEnd, lastPart, metricLabel, metricNotes, metricOf } from './metrics.ts';

export interface Column {
  readonly metric: string;
  /** Short, for the head of a table: `p99`. */
  readonly title: string;
  /** In full: `Response time p99`. */
  readonly label: string;
  readonly unit: string;
  readonly explains: string;
  /** Whether what theory gives stands beside it. */
  readonly predicted: boolean;
}

export interface Cell {
  readonly column: Column;
  /** The median over rounds, or `–`. */
  readonly text: string;
  /** Lowest and highest round, or `null` when all rounds read the same. */
  readonly interval: string | null;
  /** Best of its column, or tied with it inside the spread of rounds. */
  readonly best: boolean;
  /** What theory gives; `null` when it states no bound, or has no column for it. */
  readonly predicted: Prediction | null;
}

export interface Prediction {
  readonly text: string;
  readonly interval: string | null;
  readonly bound: BoundResult;
}

export interface Row {
  readonly strategy: StrategyResult;
  /** One for each column, in their order. */
  readonly cells: readonly Cell[];
  /** Length of the bar of database reads, 0 to 1 on a log scale; `null` when not measured. */
  readonly bar: number | null;
}

export interface Matrix {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Of the columns, those that narrow paper may lose, the least missed first. Never the first column. */
  readonly dispensable: readonly Column[];
}

/** The column with the bar. */
export const READS = 'db.reads';

/** By how little they are missed; the column of the bound is never. */
const USUALLY_DISPENSABLE = [
  'latency.response.p50',
  'db.hitRate',
  'age.maxMs',
  'latency.response.p999',
  'goodput',
  'requests.errors',
];

export function buildMatrix(scenario: ScenarioResult): Matrix {
  const columns = columnsOf(scenario);
  const ordered = scenario.strategies.toSorted(rowOrder(scenario.columns?.[0] ?? READS));
  // The baseline again can't win: it is there to show what noise does to a row.
  const contenders = ordered.filter(({ aa }) => aa !== true);
  const edges = new Map(columns.map((column) => [column, bestOf(column, contenders)]));
  const mostReads = Math.max(0, ...ordered.map((strategy) => reads(strategy)?.median ?? 0));
  return {
    columns,
    rows: ordered.map((strategy) => ({
      strategy,
      cells: columns.map((column) => cell(column, strategy, strategy.aa ? undefined : edges.get(column))),
      bar: barLength(reads(strategy)?.median, mostReads),
    })),
    dispensable:
      scenario.columns === undefined
        ? USUALLY_DISPENSABLE.flatMap((name) => columns.filter((column) => isUsual(column, name)))
        : columns.slice(1).toReversed(),
  };
}

function isUsual({ metric, predicted }: Column, name: string): boolean {
  return metric === name && !predicted;
}

/** The metric whose bound stands in the matrix: loads per expiry, else the bound most strategies state. */
export function boundMetric(scenario: ScenarioResult): string {
  const fallback = 'db.loadsPerExpiry';
  const stated = scenario.strategies.flatMap((strategy) => strategy.bounds.map((bound) => bound.metric));
  if (stated.length === 0 || stated.includes(fallback)) return fallback;
  const count = (metric: string) => stated.filter((other) => other === metric).length;
  return stated.toSorted((a, b) => count(b) - count(a))[0] ?? fallback;
}

function columnsOf(scenario: ScenarioResult): readonly Column[] {
  const { columns, strategies } = scenario;
  if (columns !== undefined) {
    const stated = strategies.flatMap(({ bounds }) => bounds.map(({ metric }) => metric));
    return columns.map((metric) => columnOf(metric, stated.includes(metric)));
  }
  const bound = boundMetric(scenario);
  const usual = [
    READS,
    bound,
    'latency.response.p50',
    'latency.response.p99',
    'latency.response.p999',
    'goodput',
    'db.hitRate',
    'age.maxMs',
    'requests.errors',
  ];
  return [...new Set(usual)].map((metric) => columnOf(metric, metric === bound));
}

function columnOf(metric: string, predicted: boolean): Column {
  const label = metricLabel(metric);
  const unit = unitOf(metric);
  return {
    metric,
    title: isResponseTime(metric) ? lastPart(metric) : label,
    label,
    // The words say what a ratio is of: loads per expiry.
    unit: unit === 'ratio' ? '' : unitLabel(unit),
    explains: metricNotes(metric)?.measured ?? metric,
    predicted,
  };
}

/** Those whose percentiles a table puts under one head. */
export function isResponseTime(metric: string): boolean {
  return metric.startsWith('latency.response.');
}

function unitOf(metric: string): Metric['unit'] {
  return isMetricName(metric) ? metricFacts[metric].unit : 'count';
}

function reads(strategy: StrategyResult): Metric | undefined {
  return strategy.metrics[READS];
}

/** The baseline, then by what the scenario is about first, the best on top; alike in that, by database load. */
function rowOrder(first: string): (a: StrategyResult, b: StrategyResult) => number {
  const keys = [...(first === READS || betterEnd(first) === null ? [] : [first]), READS];
  return (a, b) => {
    if (a.baseline !== b.baseline) return a.baseline ? -1 : 1;
    if (a.aa === true || b.aa === true) return a.aa === true ? -1 : 1;
    const apart = keys.map((name) => rank(a, name) - rank(b, name));
    return apart.find((difference) => difference !== 0 && !Number.isNaN(difference)) ?? 0;
  };
}

/** The lower the better; what was not measured, or took longer than was seen, comes last. */
function rank(strategy: StrategyResult, name: string): number {
  const median = metricOf(strategy, name)?.median;
  if (median === undefined) return Number.POSITIVE_INFINITY;
  return betterEnd(name) === 'high' ? -median : median;
}

/** The edge that a metric must reach to count as best: the far end of the best strategy's rounds. */
function bestOf({ metric: name }: Column, strategies: readonly StrategyResult[]): number | undefined {
  const measured = strategies.flatMap((strategy) => metricOf(strategy, name) ?? []);
  if (measured.length < 2 || betterEnd(name) === null) return undefined;
  const low = betterEnd(name) === 'low';
  const winner = measured.reduce((a, b) => (b.median < a.median === low && b.median !== a.median ? b : a));
  const edge = low ? winner.high : winner.low;
  // When every strategy ties, bold would say nothing.
  return measured.every((metric) => reaches(name, metric, edge)) ? undefined : edge;
}

function reaches(name: string, metric: Metric, edge: number): boolean {
  return betterEnd(name) === 'low' ? metric.low <= edge : metric.high >= edge;
}

function cell(column: Column, strategy: StrategyResult, edge: number | undefined): Cell {
  const metric = metricOf(strategy, column.metric);
  const unit = unitOf(column.metric);
  return {
    column,
    text: figure(metric?.median, unit),
    interval: metric === undefined ? null : interval(metric.low, metric.high, unit),
    best: metric !== undefined && edge !== undefined && reaches(column.metric, metric, edge),
    predicted: column.predicted ? predicted(strategy, column.metric) : null,
  };
}

function predicted(strategy: StrategyResult, metric: string): Prediction | null {
  const bound = strategy.bounds.find((candidate) => candidate.metric === metric);
  if (bound === undefined) return null;
  const unit = unitOf(metric);
  const { low, high, value } = bound.predicted;
  const range = interval(low, high, unit);
  return { text: value === null ? (range ?? MISSING) : figure(value, unit), interval: range, bound };
}

/** log(1 + n), so that one read still shows and none shows nothing. */
function barLength(value: number | undefined, most: number): number | null {
  if (value === undefined) return null;
  return most <= 0 ? 0 : Math.log1p(Math.max(0, value)) / Math.log1p(most);
}
