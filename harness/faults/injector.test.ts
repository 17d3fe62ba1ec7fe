import { describe, expect, test } from 'vitest';
import type { Clock } from '../time/clock.ts';
import { faultNames } from './fault.ts';
import { faultInjector } from './injector.ts';

/** A clock that stands still until it is moved. */
function manualClock() {
  let nowUs = 1_000_000;
  const sleepers = new Set<{ readonly untilUs: number; readonly wake: () => void }>();
  const clock: Clock = {
    nowUs: () => nowUs,
    wallMs: () => nowUs / 1000,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        sleepers.add({ untilUs: nowUs + ms * 1000, wake: resolve });
        signal?.addEventListener('abort', () => reject(signal.reason));
      }),
  };
  const moveTo = async (us: number): Promise<void> => {
    nowUs = us;
    for (const sleeper of sleepers) if (sleeper.untilUs <= us) sleeper.wake();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, moveTo };
}

describe('faultInjector', () => {
  test('injects each fault at its time from the storm’s start, and says when', async () => {
    const { clock, moveTo } = manualClock();
    let flushes = 0;
    const injector = faultInjector(
      [
        { kind: 'flush', atMs: 300 },
        { kind: 'flush', atMs: 100 },
      ],
      { flushCache: async () => void flushes++ },
      clock,
    );
    injector.start(1_000_000);
    await moveTo(1_099_000);
    expect(flushes).toBe(0);
    await moveTo(1_100_000);
    expect(flushes).toBe(1);
    await moveTo(1_300_000);
    expect(flushes).toBe(2);
    const at = (us: number) => ({ kind: 'flush', fromUs: us, toUs: us });
    expect(await injector.stop()).toEqual([
      { name: 'flush-1', ...at(1_300_000) },
      { name: 'flush-2', ...at(1_100_000) },
    ]);
  });

  test('drops what was not due when the storm ended', async () => {
    const { clock } = manualClock();
    const injector = faultInjector(
      [{ kind: 'flush', atMs: 100 }],
      { flushCache: () => Promise.reject(new Error('must not be called')) },
      clock,
    );
    injector.start(1_000_000);
    expect(await injector.stop()).toEqual([]);
  });

  test('hands on that a fault failed: the storm was another one', async () => {
    const { clock, moveTo } = manualClock();
    const injector = faultInjector(
      [{ kind: 'flush', atMs: 1 }],
      { flushCache: () => Promise.reject(new Error('Redis is gone')) },
      clock,
    );
    injector.start(1_000_000);
    await moveTo(1_002_000);
    await expect(injector.stop()).rejects.toThrow('Redis is gone');
  });

  test('has nothing to do without faults', async () => {
    expect(await faultInjector([], { flushCache: async () => {} }, manualClock().clock).stop()).toEqual([]);
  });
});

test('faults of one kind are numbered, a single one is not', () => {
  expect(faultNames([])).toEqual([]);
  expect(faultNames([{ kind: 'flush' }])).toEqual(['flush']);
  expect(faultNames([{ kind: 'flush' }, { kind: 'flush' }])).toEqual(['flush-1', 'flush-2']);
});
