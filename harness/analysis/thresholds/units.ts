import { type MetricName, metricFacts } from '../../result/metrics.ts';
import type { Threshold } from './threshold.ts';

/** What may stand behind a limit, by the unit of its metric, and what it multiplies by. '' is the plain number. */
const unitsOf = {
  ms: { '': 1, us: 0.001, ms: 1, s: 1_000 },
  fraction: { '': 1, '%': 0.01 },
  bytes: { '': 1, kB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 },
  'per second': { '': 1, '/s': 1 },
  count: { '': 1 },
  ratio: { '': 1 },
} as const satisfies Record<string, Record<string, number>>;

/** In the metric's own unit; `null` for a unit that it doesn't have. */
export function factorOf(metric: MetricName, unit: string): number | null {
  const units: Readonly<Record<string, number>> = unitsOf[metricFacts[metric].unit];
  return Object.hasOwn(units, unit) ? (units[unit] ?? null) : null;
}

/** For an error: `ms, us, s or no unit`. */
export function unitNames(metric: MetricName): string {
  const named = Object.keys(unitsOf[metricFacts[metric].unit]).filter((unit) => unit !== '');
  return named.length === 0 ? 'no unit' : `${named.join(', ')} or no unit`;
}

/** In the unit of the metric; for `vs` as a ratio, 1.1 for +10%. */
export function limitOf({ limit, metric }: Threshold): number {
  if (limit.kind === 'share') return limit.percent / 100;
  if (limit.kind === 'change') return 1 + limit.percent / 100;
  const factor = factorOf(metric, limit.unit);
  if (factor === null) throw new Error(`${metricFacts[metric].unit} has no unit ${limit.unit}`);
  // 99.9 x 0.01 is not 0.999 in binary, and a goodput of 0.999 must be >= 99.9%.
  return Number((limit.value * factor).toPrecision(15));
}
