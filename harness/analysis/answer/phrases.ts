/** Numbers and lists as they are said. */
import type { StrategyResult } from '../../result/schema.ts';

/** So many of the best are named: more is a table, which stands below the sentence. */
export const BEST = 3;

const GROUPED = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function medianOf(strategy: StrategyResult, metric: string): number | null {
  return strategy.metrics[metric]?.median ?? null;
}

/** For sorting: what was not measured comes last. */
export function rankOf(strategy: StrategyResult, metric: string): number {
  return medianOf(strategy, metric) ?? Number.POSITIVE_INFINITY;
}

export function withoutProtection(baseline: StrategyResult): string {
  return baseline.name === 'none' ? 'Without protection' : `With ${baseline.name}`;
}

export function threeDigits(value: number): string {
  return Math.abs(value) >= 100 ? GROUPED.format(value) : String(Number(value.toPrecision(3)));
}

/** Of what is a share of one: a third digit is not said. */
export function twoDigits(value: number): string {
  return String(Number(value.toPrecision(2)));
}

/** `24%`; never rounded up to all or down to none. */
export function percent(share: number): string {
  const whole = Math.round(share * 100);
  if (whole === 100 && share < 1) return 'more than 99%';
  return whole === 0 && share > 0 ? 'less than 1%' : `${whole}%`;
}

export function ms(value: number | null): string {
  return value === null ? 'an unknown time' : `${threeDigits(value)} ms`;
}

/** `2.7 s`, `350 ms`. */
export function time(valueMs: number): string {
  return valueMs < 1000 ? `${Math.round(valueMs)} ms` : `${Number((valueMs / 1000).toPrecision(2))} s`;
}

export function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
