import { type MetricName, metricFacts } from '../../result/metrics.ts';

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
