/** What the strategies against avalanches promise beyond the contract of all, on a real Redis and a real database. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ttlJitter } from '../../scenarios/strategies/read/ttl-jitter.ts';
import { type StrategyBench, startStrategyBench, TTL_MS } from './testing.ts';

let bench: StrategyBench;
beforeAll(async () => {
  bench = await startStrategyBench();
});
afterAll(() => bench[Symbol.asyncDispose]());
beforeEach(() => bench.reset());

describe('ttl-jitter', () => {
  const ROWS = 200;
  beforeEach(() => bench.reset(ROWS));

  /** Preloads everything and counts the entries that expire in each quarter of `[T/2, 3T/2)`. */
  async function expiriesByQuarter(spread: number): Promise<number[]> {
    const { strategy } = await bench.instanceOf(ttlJitter, { parameters: { spread } });
    const keys = Array.from({ length: ROWS }, (_, n) => `item-${n}`);
    await strategy.preload?.(await bench.origin.loadMany(keys));
    const left = await Promise.all(keys.map((key) => bench.redis.pttl(`test:item:${key}`)));
    expect(left.every((ms) => ms > TTL_MS * 0.4 && ms <= TTL_MS * 1.5)).toBe(true);
    const inQuarter = (n: number) => (ms: number) => Math.floor((ms / TTL_MS - 0.5) * 4) === n;
    return [0, 1, 2, 3].map((n) => left.filter(inQuarter(n)).length);
  }

  test('spreads what was filled together evenly over its window', async () => {
    // 50 each; drawn from a fixed seed.
    for (const count of await expiriesByQuarter(1)) expect(count).toBeGreaterThan(30);
  });

  test('without a window everything expires together', async () => {
    const quarters = await expiriesByQuarter(0);
    expect(quarters.toSorted((a, b) => b - a)[0]).toBe(ROWS);
  });

  test('spreads what readers fill, too', async () => {
    const { strategy } = await bench.instanceOf(ttlJitter, { parameters: { spread: 1 } });
    await Promise.all(Array.from({ length: 50 }, (_, n) => strategy.get(`item-${n}`)));
    const left = await Promise.all(
      Array.from({ length: 50 }, (_, n) => bench.redis.pttl(`test:item:item-${n}`)),
    );
    expect(Math.max(...left) - Math.min(...left)).toBeGreaterThan(TTL_MS / 2);
  });
});
