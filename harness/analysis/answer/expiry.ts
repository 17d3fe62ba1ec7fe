import type { StrategyResult } from '../../result/schema.ts';
import { BEST, joined, medianOf, ms, rankOf, threeDigits } from './phrases.ts';

const P99 = 'latency.response.p99';

/** How many loads an expiry of the hot key took, or the whole storm where no key is hot, and who waited. */
export function expiryAnswer(baseline: StrategyResult, others: readonly StrategyResult[]): string {
  const perExpiry = [baseline, ...others].every(({ metrics }) => metrics['db.loadsPerExpiry'] !== undefined);
  const metric = perExpiry ? 'db.loadsPerExpiry' : 'db.reads';
  const unit = perExpiry ? 'database queries per expiry of the hot key' : 'database queries';
  const ranked = others.toSorted(
    (a, b) => rankOf(a, metric) - rankOf(b, metric) || rankOf(a, P99) - rankOf(b, P99),
  );
  const opening = `With ${baseline.name === 'none' ? 'no protection' : baseline.name} there were ${withTheory(baseline, metric)} ${unit}, at ${ms(medianOf(baseline, P99))} p99`;
  if (ranked.length === 0) return `${opening}.`;
  const best = ranked
    .slice(0, BEST)
    .map(
      (strategy) => `${strategy.name} ${withTheory(strategy, metric)} at ${ms(medianOf(strategy, P99))} p99`,
    );
  const last = ranked.slice(BEST).at(-1);
  const most = last === undefined ? '' : `; at the other end, ${last.name} had ${withTheory(last, metric)}`;
  return `${opening}; with ${joined(best)}${most}.`;
}

function withTheory(strategy: StrategyResult, metric: string): string {
  const measured = medianOf(strategy, metric);
  const predicted = strategy.bounds.find((bound) => bound.metric === metric)?.predicted.value ?? null;
  const theory = predicted === null ? '' : ` (theory ${threeDigits(predicted)})`;
  return `${measured === null ? 'an unknown number of' : threeDigits(measured)}${theory}`;
}
