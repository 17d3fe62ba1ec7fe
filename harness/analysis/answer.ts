import type { StrategyResult } from '../result/schema.ts';

/** One sentence made from the data: what happened without protection, and what the best strategy made of it. */
export function answerOf(strategies: readonly StrategyResult[]): string {
  const baseline = strategies.find((strategy) => strategy.baseline);
  if (baseline === undefined) return 'The baseline was not measured, so there is no answer.';
  const metric = strategies.every((strategy) => strategy.metrics['db.loadsPerExpiry'] !== undefined)
    ? 'db.loadsPerExpiry'
    : 'db.reads';
  const unit = metric === 'db.reads' ? 'database queries' : 'database queries per expiry of the hot key';
  const others = strategies
    // The baseline again is no answer to anything.
    .filter((strategy) => !strategy.baseline && strategy.aa !== true)
    .toSorted((a, b) => loads(a, metric) - loads(b, metric) || p99(a) - p99(b));
  const opening = `With ${baseline.name === 'none' ? 'no protection' : baseline.name} there were ${withTheory(baseline, metric)} ${unit}`;
  const best = others[0];
  if (best === undefined) return `${opening}, at ${ms(p99(baseline))} p99.`;
  const rest = others.map(
    (strategy) => `${strategy.name} ${withTheory(strategy, metric)} at ${ms(p99(strategy))} p99`,
  );
  return `${opening}, at ${ms(p99(baseline))} p99; with ${joined(rest)}.`;
}

function loads(strategy: StrategyResult, metric: string): number {
  return strategy.metrics[metric]?.median ?? Number.POSITIVE_INFINITY;
}

function p99(strategy: StrategyResult): number {
  return strategy.metrics['latency.response.p99']?.median ?? Number.NaN;
}

function withTheory(strategy: StrategyResult, metric: string): string {
  const predicted = strategy.bounds.find((bound) => bound.metric === metric)?.predicted.value ?? null;
  const theory = predicted === null ? '' : ` (theory ${threeDigits(predicted)})`;
  return `${threeDigits(loads(strategy, metric))}${theory}`;
}

function ms(value: number): string {
  return Number.isNaN(value) ? 'an unknown' : `${threeDigits(value)} ms`;
}

function threeDigits(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

function joined(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
