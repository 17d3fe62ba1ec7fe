import { expect, test } from 'vitest';
import type { StrategyContext } from '../strategy.ts';
import { keepFilter } from './filter-upkeep.ts';
import type { KeyFilter, MakeFilter } from './key-filter.ts';

const parameters = { errorRate: 0.01, headroom: 0, rebuildMs: 1_000 };

/** A filter that never errs and is full after so many keys. */
function exactFilter(room: number): MakeFilter {
  return () => {
    const keys = new Set<string>();
    const filter: KeyFilter = {
      sizeBits: 0,
      has: (key) => keys.has(key),
      add(key) {
        if (keys.size < room) keys.add(key);
        return keys.has(key);
      },
    };
    return filter;
  };
}

/** A context whose scans and waits end when the test says so. */
function heldContext() {
  const scans: PromiseWithResolvers<readonly string[]>[] = [];
  const waits: PromiseWithResolvers<void>[] = [];
  const failures: unknown[] = [];
  const shutdown = new AbortController();
  const context = {
    signal: shutdown.signal,
    random: { next: () => 0.5 },
    onBackgroundError: (error: unknown) => failures.push(error),
    clock: {
      wallMs: () => 0,
      sleep(ms: number) {
        if (ms === 0) return Promise.resolve();
        const wait = Promise.withResolvers<void>();
        waits.push(wait);
        return wait.promise;
      },
    },
    origin: {
      async *keys() {
        const scan = Promise.withResolvers<readonly string[]>();
        scans.push(scan);
        yield await scan.promise;
      },
    },
  } as unknown as StrategyContext;
  return { context, scans, waits, failures };
}

test('every key may exist until the filter is built', async () => {
  const { context, scans } = heldContext();
  const filter = keepFilter(context, parameters, exactFilter(100));
  const started = filter.start();
  expect(filter.mayExist('anything')).toBe(true);
  scans[0]?.resolve(['item-0']);
  await started;
  expect(filter.mayExist('item-0')).toBe(true);
  expect(filter.mayExist('anything')).toBe(false);
});

test('a row written while the filter is rebuilt is in the new one, though the scan had passed its place', async () => {
  const { context, scans, waits } = heldContext();
  const filter = keepFilter(context, parameters, exactFilter(100));
  const started = filter.start();
  scans[0]?.resolve(['item-0']);
  await started;
  waits[0]?.resolve();
  await expect.poll(() => scans.length).toBe(2);
  filter.add('item-1');
  expect(filter.mayExist('item-1')).toBe(true);
  scans[1]?.resolve(['item-0', 'item-9']);
  // The new one is in use.
  await expect.poll(() => filter.mayExist('item-9')).toBe(true);
  expect(filter.mayExist('item-1')).toBe(true);
});

test('a full filter denies no row: what did not fit is held beside it', async () => {
  const { context, scans } = heldContext();
  const filter = keepFilter(context, parameters, exactFilter(2));
  const started = filter.start();
  scans[0]?.resolve(['item-0', 'item-1', 'item-2']);
  await started;
  filter.add('item-3');
  expect(['item-0', 'item-1', 'item-2', 'item-3'].every(filter.mayExist)).toBe(true);
  expect(filter.mayExist('item-4')).toBe(false);
});

test('a rebuild that fails is reported, and the old filter stays', async () => {
  const { context, scans, waits, failures } = heldContext();
  const filter = keepFilter(context, parameters, exactFilter(100));
  const started = filter.start();
  scans[0]?.resolve(['item-0']);
  await started;
  waits[0]?.resolve();
  await expect.poll(() => scans.length).toBe(2);
  scans[1]?.reject(new Error('the database burns'));
  await expect.poll(() => failures).toMatchObject([{ message: 'the database burns' }]);
  expect(filter.mayExist('item-0')).toBe(true);
  expect(filter.mayExist('item-1')).toBe(false);
});
