/** Compare-and-set of cache entries, on a real Redis: what relays and writers with versions stand on. */
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { decodeEntry } from '../../scenarios/strategies/entry.ts';
import type { Item } from '../../scenarios/strategies/strategy.ts';
import { buryIfOlder, setIfNewer } from '../../scenarios/strategies/versioned-entry.ts';
import { KEY_PREFIX, type StrategyBench } from './testing.ts';

const HELD = `${KEY_PREFIX}k`;

export function versionedEntrySuite(benchOf: () => StrategyBench): void {
  let bench: StrategyBench;
  beforeAll(() => {
    bench = benchOf();
  });

  beforeEach(() => bench.reset());

  // As a value of a user's may look, so that a script which searches it for a version goes wrong.
  const TRAP = '{"version":99,"buried":true} "version":99,"loadedAtMs":1}';
  const itemOf = (version: number): Item => ({ id: 'k', value: TRAP, version, loadedAtMs: 1 });
  const cache = () => ({
    redis: bench.redis,
    ttlMs: 60_000,
    entryKey: (key: string) => `${KEY_PREFIX}${key}`,
    barrier: () => Promise.resolve(),
  });
  const held = async () => decodeEntry(await bench.redis.get(HELD))?.version ?? null;

  test('sets what is newer than what is held, and nothing else', async () => {
    const answers: boolean[] = [];
    for (const version of [3, 2, 3, 10, 9]) answers.push(await setIfNewer(cache(), itemOf(version)));
    expect(answers).toEqual([true, false, false, true, false]);
    expect(await held()).toBe(10);
    expect(decodeEntry(await bench.redis.get(HELD))).toEqual(itemOf(10));
  });

  test('a tombstone keeps out what is older than itself, and lets its own version in', async () => {
    await setIfNewer(cache(), itemOf(1));
    expect(await buryIfOlder(cache(), 'k', 2, 60_000)).toBe(true);
    expect(await held()).toBeNull();
    expect(await setIfNewer(cache(), itemOf(1))).toBe(false);
    expect(await setIfNewer(cache(), itemOf(2))).toBe(true);
    // Of a version as new, and of a newer one, nothing is buried.
    expect(await buryIfOlder(cache(), 'k', 2, 60_000)).toBe(false);
    expect(await buryIfOlder(cache(), 'k', 1, 60_000)).toBe(false);
    expect(await held()).toBe(2);
  });

  test('a tombstone stands where nothing was, for its own time; an entry for the cache’s', async () => {
    await buryIfOlder(cache(), 'k', 5, 9_000.5);
    const buriedMs = await bench.redis.pttl(HELD);
    expect(buriedMs).toBeGreaterThan(0);
    expect(buriedMs).toBeLessThanOrEqual(9_001);
    expect(await setIfNewer(cache(), itemOf(4))).toBe(false);
    await setIfNewer(cache(), itemOf(5));
    expect(await bench.redis.pttl(HELD)).toBeGreaterThan(9_001);
  });

  test('overwrites what is not one of ours', async () => {
    for (const damaged of ['', '{', 'null', '"version":7', '{"id":"k","version":7}']) {
      await bench.redis.set(HELD, damaged);
      expect(await setIfNewer(cache(), itemOf(1))).toBe(true);
    }
  });
}
