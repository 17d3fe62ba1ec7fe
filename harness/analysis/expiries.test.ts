import { describe, expect, test } from 'vitest';
import { findExpiries, meanLoadSec } from './expiries.ts';

const at = (ms: number, event: string) => ({ atUs: ms * 1000, event });
const ms = (found: ReturnType<typeof findExpiries>) =>
  found.map(({ fromUs, refilledAtUs }) => [
    fromUs / 1000,
    refilledAtUs === null ? null : refilledAtUs / 1000,
  ]);

describe('physical expiry', () => {
  const window = { expiry: 'physical', ttlMs: 500, queryMs: 100, fromUs: 0, toUs: 2_000_000 } as const;

  test('an absence lasts from the announcement to the first set, however many sets follow', () => {
    const events = [
      at(100, 'expired'),
      at(200, 'set'),
      at(201, 'expire'),
      at(205, 'set'),
      at(705, 'expired'),
      at(800, 'set'),
    ];
    expect(ms(findExpiries(events, window))).toEqual([
      [100, 200],
      [705, 800],
    ]);
    expect(meanLoadSec(findExpiries(events, window))).toBeCloseTo(0.0975);
  });

  test('an entry gone before the storm counts from its start; one refilled before it does not', () => {
    const events = [at(100, 'expired'), at(150, 'set'), at(300, 'del'), at(600, 'set')];
    expect(ms(findExpiries(events, { ...window, fromUs: 400_000 }))).toEqual([[400, 600]]);
  });

  test('an entry is gone however it went', () => {
    for (const event of ['expired', 'del', 'evicted']) {
      expect(ms(findExpiries([at(100, event), at(200, 'set')], window))).toEqual([[100, 200]]);
    }
    expect(findExpiries([at(100, 'expire'), at(200, 'set')], window)).toEqual([]);
  });

  test('an entry never written again is an expiry without a refill; after the storm it is none', () => {
    expect(ms(findExpiries([at(1_900, 'expired')], window))).toEqual([[1_900, null]]);
    expect(ms(findExpiries([at(2_100, 'expired')], window))).toEqual([]);
    expect(meanLoadSec(findExpiries([at(1_900, 'expired')], window))).toBeNull();
  });
});

describe('logical expiry', () => {
  const window = { expiry: 'logical', ttlMs: 500, queryMs: 100, fromUs: 0, toUs: 2_000_000 } as const;

  test('each set expires a time to live later, unless it was written again before', () => {
    const events = [at(0, 'set'), at(600, 'set'), at(610, 'set'), at(1_210, 'set')];
    expect(ms(findExpiries(events, window))).toEqual([
      [500, 600],
      [1_110, 1_210],
      [1_710, null],
    ]);
  });

  test('a double load of one expiry is not taken for two expiries', () => {
    const once = findExpiries([at(0, 'set'), at(600, 'set')], { ...window, toUs: 1_000_000 });
    const twice = findExpiries([at(0, 'set'), at(600, 'set'), at(601, 'set')], {
      ...window,
      toUs: 1_000_000,
    });
    expect(once).toHaveLength(1);
    expect(twice).toHaveLength(1);
  });
});
