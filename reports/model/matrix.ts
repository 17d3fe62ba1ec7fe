/**
 * The matrix: one row per strategy, the same columns everywhere. Page, terminal and Markdown all draw this
 * one model, so that they can't disagree.
 */
import type { BoundResult, Metric, ScenarioResult, StrategyResult } from '../../harness/result/schema.ts';
import { figure, interval, MISSING, unitLabel } from './format.ts';
import { betterEnd, metricLabel, metricNotes, sumMetrics } from './metrics.ts';

type ColumnId = 'reads' | 'bound' | 'p50' | 'p99' | 'p999' | 'goodput' | 'hitRate' | 'age' | 'errors';

export interface Column {
  readonly id: ColumnId;
  readonly title: string;
  readonly unit: string;
  readonly explains: string;
}

export interface Cell {
  /** The median over rounds, or `–`. */
  readonly text: string;
  /** Lowest and highest round, or `null` when all rounds read the same. */
  readonly interval: string | null;
  /** Best of its column, or tied with it inside the spread of rounds. */
  readonly best: boolean;
}

export interface Row {
  readonly strategy: StrategyResult;
  readonly cells: Readonly<Record<ColumnId, Cell>>;
  /** What theory gives for the column `bound`; `null` when no bound is stated. */
  readonly predicted: {
    readonly text: string;
    readonly interval: string | null;
    readonly bound: BoundResult;
  } | null;
  /** Length of the bar of database reads, 0 to 1 on a log scale; `null` when not measured. */
  readonly bar: number | null;
}

export interface Matrix {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

interface Source {
  readonly id: ColumnId;
  readonly title: string;
  readonly unit: Metric['unit'];
  readonly better: 'low' | 'high';
  readonly explains: string;
  readonly read: (strategy: StrategyResult) => Metric | undefined;
}

const ERRORS = ['requests.failed', 'requests.timeout', 'requests.lost'];

export function buildMatrix(scenario: ScenarioResult): Matrix {
  const bound = boundMetric(scenario);
  const sources = columnSources(bound, scenario);
  const ordered = scenario.strategies.toSorted(byBaselineThenReads);
  // The baseline again can't win: it is there to show what noise does to a row.
  const contenders = ordered.filter(({ aa }) => aa !== true);
  const best = new Map(sources.map((source) => [source.id, bestOf(source, contenders)]));
  const mostReads = Math.max(0, ...ordered.map((strategy) => reads(strategy)?.median ?? 0));
  return {
    columns: sources.map(({ id, title, unit, explains }) => ({ id, title, unit: unitLabel(unit), explains })),
    rows: ordered.map((strategy) => ({
      strategy,
      cells: Object.fromEntries(
        sources.map((source) => [
          source.id,
          cell(source, strategy, strategy.aa ? undefined : best.get(source.id)),
        ]),
      ) as Record<ColumnId, Cell>,
      predicted: predicted(strategy, bound, sources),
      bar: barLength(reads(strategy)?.median, mostReads),
    })),
  };
}

/** The metric whose bound stands in the matrix: loads per expiry, else the bound most strategies state. */
export function boundMetric(scenario: ScenarioResult): string {
  const fallback = 'db.loadsPerExpiry';
  const stated = scenario.strategies.flatMap((strategy) => strategy.bounds.map((bound) => bound.metric));
  if (stated.length === 0 || stated.includes(fallback)) return fallback;
  const count = (metric: string) => stated.filter((other) => other === metric).length;
  return stated.toSorted((a, b) => count(b) - count(a))[0] ?? fallback;
}

function columnSources(bound: string, scenario: ScenarioResult): readonly Source[] {
  const of = (id: ColumnId, metric: string, unit: Metric['unit'], title = metricLabel(metric)): Source => ({
    id,
    title,
    unit,
    better: betterEnd(metric),
    explains: metricNotes(metric)?.measured ?? metric,
    read: (strategy) => strategy.metrics[metric],
  });
  const boundUnit =
    scenario.strategies.flatMap((strategy) => strategy.metrics[bound]?.unit ?? [])[0] ?? 'count';
  return [
    of('reads', 'db.reads', 'count'),
    of('bound', bound, boundUnit),
    of('p50', 'latency.response.p50', 'ms', 'p50'),
    of('p99', 'latency.response.p99', 'ms', 'p99'),
    of('p999', 'latency.response.p999', 'ms', 'p99.9'),
    of('goodput', 'goodput', 'fraction'),
    of('hitRate', 'db.hitRate', 'fraction'),
    of('age', 'age.maxMs', 'ms', 'Oldest data'),
    {
      ...of('errors', 'requests.failed', 'count', 'Errors'),
      better: 'low',
      read: (strategy) => sumMetrics(strategy.metrics, ERRORS),
    },
  ];
}

function reads(strategy: StrategyResult): Metric | undefined {
  return strategy.metrics['db.reads'];
}

function byBaselineThenReads(a: StrategyResult, b: StrategyResult): number {
  if (a.baseline !== b.baseline) return a.baseline ? -1 : 1;
  if (a.aa === true || b.aa === true) return a.aa === true ? -1 : 1;
  const [left, right] = [reads(a)?.median ?? Infinity, reads(b)?.median ?? Infinity];
  return left === right ? 0 : left - right;
}

/** The edge that a metric must reach to count as best: the far end of the best strategy's rounds. */
function bestOf(source: Source, strategies: readonly StrategyResult[]): number | undefined {
  const measured = strategies.flatMap((strategy) => source.read(strategy) ?? []);
  if (measured.length < 2) return undefined;
  const low = source.better === 'low';
  const winner = measured.reduce((a, b) => (b.median < a.median === low && b.median !== a.median ? b : a));
  const edge = low ? winner.high : winner.low;
  // When every strategy ties, bold would say nothing.
  return measured.every((metric) => reaches(source, metric, edge)) ? undefined : edge;
}

function reaches(source: Source, metric: Metric, edge: number): boolean {
  return source.better === 'low' ? metric.low <= edge : metric.high >= edge;
}

function cell(source: Source, strategy: StrategyResult, edge: number | undefined): Cell {
  const metric = source.read(strategy);
  if (metric === undefined) return { text: MISSING, interval: null, best: false };
  return {
    text: figure(metric.median, source.unit),
    interval: interval(metric.low, metric.high, source.unit),
    best: edge !== undefined && reaches(source, metric, edge),
  };
}

function predicted(strategy: StrategyResult, metric: string, sources: readonly Source[]): Row['predicted'] {
  const bound = strategy.bounds.find((candidate) => candidate.metric === metric);
  if (bound === undefined) return null;
  const unit = sources.find((source) => source.id === 'bound')?.unit ?? 'count';
  const { low, high, value } = bound.predicted;
  const range = interval(low, high, unit);
  return { text: value === null ? (range ?? MISSING) : figure(value, unit), interval: range, bound };
}

/** log(1 + n), so that one read still shows and none shows nothing. */
function barLength(value: number | undefined, most: number): number | null {
  if (value === undefined) return null;
  return most <= 0 ? 0 : Math.log1p(Math.max(0, value)) / Math.log1p(most);
}
