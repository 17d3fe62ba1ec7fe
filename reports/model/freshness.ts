/** How soon a write is seen, one row per strategy, for the table of that name. */
import type { Freshness, ScenarioResult, StrategyResult } from '../../harness/result/schema.ts';
import { figure, interval, MISSING, percent, significant } from './format.ts';
import { buildMatrix } from './matrix.ts';
import { metricNotes, metricOf } from './metrics.ts';

export interface FreshnessColumn {
  /** Columns of one head stand side by side; `null`: it has no other. */
  readonly group: string | null;
  readonly title: string;
  /** Where it stands alone, without its group. */
  readonly label: string;
  readonly unit: string;
  readonly explains: string;
  readonly cell: (strategy: StrategyResult) => FreshnessCell;
}

export interface FreshnessCell {
  readonly text: string;
  /** How many, of how many, it was not so for; of counts the lowest and the highest round. */
  readonly small: string | null;
  /** Nothing is wrong here, or nothing is known: the eye may pass over it. */
  readonly quiet: boolean;
}

export interface FreshnessTable {
  readonly columns: readonly FreshnessColumn[];
  readonly rows: readonly { readonly strategy: StrategyResult; readonly cells: readonly FreshnessCell[] }[];
}

/** `null` where no history was kept, or no read could have been stale. */
export function freshnessTable(scenario: ScenarioResult): FreshnessTable | null {
  const strategies = buildMatrix(scenario)
    .rows.map(({ strategy }) => strategy)
    .filter(({ aa, freshness }) => aa !== true && freshness !== undefined);
  if (strategies.length === 0) return null;
  const measured = ({ cell }: FreshnessColumn) => strategies.some((one) => cell(one) !== UNKNOWN);
  const columns = [...SEEN, ...WITHIN, GAMMA, ...SESSIONS].filter(measured);
  return {
    columns,
    rows: strategies.map((strategy) => ({ strategy, cells: columns.map(({ cell }) => cell(strategy)) })),
  };
}

const UNKNOWN: FreshnessCell = { text: MISSING, small: null, quiet: true };

/** The steps of the result are finer; each lies within one of these. */
const SINCE = [
  { title: '< 1 ms', fromMs: 0, toMs: 1 },
  { title: '1–10 ms', fromMs: 1, toMs: 10 },
  { title: '10–100 ms', fromMs: 10, toMs: 100 },
  { title: '0.1–1 s', fromMs: 100, toMs: 1_000 },
  { title: '> 1 s', fromMs: 1_000, toMs: Number.POSITIVE_INFINITY },
] as const;

const SEEN = SINCE.map(
  ({ title, fromMs, toMs }): FreshnessColumn => ({
    group: 'Saw the write, when sent so long after it',
    title,
    label: `saw it ${title} after`,
    unit: '%',
    explains:
      'Of the reads that were sent so long after the latest acknowledged write of their row, the share that returned it, or a newer one (t-visibility).',
    cell: ({ freshness }) => seen(freshness, fromMs, toMs),
  }),
);

function seen(freshness: Freshness | undefined, fromMs: number, toMs: number): FreshnessCell {
  const steps = (freshness?.visibility ?? []).filter((step) => step.fromMs >= fromMs && step.fromMs < toMs);
  const reads = steps.reduce((sum, step) => sum + step.reads, 0);
  const fresh = steps.reduce((sum, step) => sum + step.fresh, 0);
  if (reads === 0) return UNKNOWN;
  return { text: percent(fresh / reads), small: outOf(reads - fresh, reads), quiet: fresh === reads };
}

/** Of the limits in the result, those that a reader asks for. */
const LIMITS = [
  { title: 'at all', withinMs: 0 },
  { title: '> 10 ms', withinMs: 10 },
  { title: '> 100 ms', withinMs: 100 },
  { title: '> 1 s', withinMs: 1_000 },
] as const;

const WITHIN = LIMITS.map(
  ({ title, withinMs }): FreshnessColumn => ({
    group: 'Not stale: at least',
    title,
    label: `not stale ${title}: at least`,
    unit: '%',
    explains:
      'The share of all reads that so few bad ones of so many support, with 95 % confidence: none of 3,000 supports 99.9 %, three nines, and no more.',
    cell: ({ freshness }) => supported(freshness?.within.find((one) => one.withinMs === withinMs)),
  }),
);

function supported(counted: Freshness['within'][number] | undefined): FreshnessCell {
  if (counted === undefined || counted.badShareAtMost === null) return UNKNOWN;
  const { withinMs, bad, reads, badShareAtMost } = counted;
  // All reads are the same everywhere: said once.
  const small = withinMs === 0 ? outOf(bad, reads) : significant(bad);
  return { text: atLeast(badShareAtMost), small, quiet: bad === 0 };
}

function outOf(part: number, whole: number): string {
  return `${significant(part)} of ${significant(whole)}`;
}

/**
 * What is left of 100 %, rounded down: `99.7` where up to 0.249 % may be bad. With two digits of what is bad, however
 * many nines that makes.
 */
export function atLeast(badShareAtMost: number): string {
  const bad = badShareAtMost * 100;
  if (bad <= 0) return '100';
  const digits = Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(bad))));
  const scale = 10 ** digits;
  // Binary dust must not cost a digit: 3 of 3,000 is 0.1 %.
  return String((100 * scale - Math.ceil(bad * scale - 1e-6)) / scale);
}

const GAMMA: FreshnessColumn = {
  group: null,
  title: 'Gamma',
  label: 'Gamma',
  unit: 'ms',
  explains: `${metricNotes('consistency.gammaMs')?.measured ?? ''} Below: how many of the values written or read are in such a conflict.`,
  cell: ({ freshness }) => {
    if (freshness === undefined) return UNKNOWN;
    const { values, conflicting, maxMs } = freshness.gamma;
    return {
      text: figure(maxMs, 'ms'),
      small: outOf(conflicting, values),
      quiet: conflicting === 0,
    };
  },
};

const SESSIONS = (
  [
    ['consistency.monotonicViolations', 'went back'],
    ['consistency.readYourWritesViolations', 'missed own write'],
  ] as const
).map(
  ([metric, title]): FreshnessColumn => ({
    group: 'To one client',
    title,
    label: `to one client: ${title}`,
    unit: '',
    explains: `${metricNotes(metric)?.measured ?? ''} Per round.`,
    cell: (strategy) => {
      const measured = metricOf(strategy, metric);
      if (measured === undefined) return UNKNOWN;
      const { median, low, high, unit } = measured;
      return { text: figure(median, unit), small: interval(low, high, unit), quiet: high === 0 };
    },
  }),
);
