import type { Parameter, StrategyContext } from './strategy.ts';

export const jitterParameters = {
  spread: {
    unit: 'fraction',
    default: 0.2,
    min: 0,
    max: 2,
    description:
      'Width of the window that expiries are spread over, as a share of the time to live: 0.2 is T - 10% to T + 10%.',
  },
} as const satisfies Record<string, Parameter>;

/**
 * A time to live drawn uniformly from `[T - W/2, T + W/2)`, W being `spread` times T.
 *
 * Around T, not above it as in "base plus random": the mean time to live stays T, so a strategy with jitter
 * makes as many loads as one without, and what differs is only when. The price is an age of up to T + W/2.
 */
export function jitteredTtlMs({ ttlMs, random }: StrategyContext, spread: number): number {
  return ttlMs * (1 + spread * (random.next() - 0.5));
}
