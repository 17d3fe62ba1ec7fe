import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LoadWindow } from '../load/protocol.ts';
import type { TrialSample } from '../record/sample.ts';
import type { Scenario } from '../scenario/schema.ts';
import { recoveryOf, recoveryValues } from './recovery.ts';

const WINDOW_MS = 100;

/** Windows of 100 requests each, of which so many were good. */
function windowsOf(good: readonly number[]): LoadWindow[] {
  return good.map((count, index) => ({
    tMs: index * WINDOW_MS,
    offered: 100,
    completed: 100,
    failed: 0,
    timeout: 0,
    good: count,
    responseHistogram: '',
  }));
}

const well = (count: number) => Array.from({ length: count }, () => 100);
const ill = (count: number) => Array.from({ length: count }, () => 0);

describe('recoveryOf', () => {
  test('counts from the trigger’s end to the half second from which on 95% are good', () => {
    const windows = windowsOf([...well(10), ...ill(7), ...well(13)]);
    expect(recoveryOf(windows, 1_000, 1_050)).toEqual({
      to95Ms: 650,
      lost: 700,
      worstGoodput: 0,
      finalGoodput: 1,
    });
  });

  test('a relapse is no recovery', () => {
    const windows = windowsOf([...well(5), ...ill(3), ...well(10), ...ill(2), ...well(10)]);
    expect(recoveryOf(windows, 500, 500)?.to95Ms).toBe(1_500);
  });

  test('who is bad at the end is stuck', () => {
    expect(recoveryOf(windowsOf([...well(5), ...ill(5)]), 500, 500)).toEqual({
      to95Ms: null,
      lost: 500,
      worstGoodput: 0,
      finalGoodput: 0,
    });
  });

  test('the end is the last tenth of the storm, and nothing of it before the trigger', () => {
    const windows = windowsOf([...well(17), 90, 80, 40]);
    expect(recoveryOf(windows, 500, 500)?.finalGoodput).toBe(0.6);
    expect(recoveryOf(windows, 1_900, 1_900)?.finalGoodput).toBe(0.4);
  });

  test('nothing lost is recovered at once', () => {
    expect(recoveryOf(windowsOf(well(10)), 300, 310)).toEqual({
      to95Ms: 0,
      lost: 0,
      worstGoodput: 1,
      finalGoodput: 1,
    });
  });

  test('what was bad before the trigger is not its doing', () => {
    expect(recoveryOf(windowsOf([...ill(5), ...well(10)]), 500, 500)).toMatchObject({ to95Ms: 0, lost: 0 });
  });

  test('a window that the trigger falls into counts', () => {
    expect(recoveryOf(windowsOf([...well(5), 50, ...well(10)]), 550, 560)?.lost).toBe(50);
  });

  test('without anything offered since there is nothing to say', () => {
    expect(recoveryOf(windowsOf(well(3)), 5_000, 5_000)).toBeNull();
    expect(recoveryOf([], 0, 0)).toBeNull();
  });

  test('never says recovered while any later half second is below 95%', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 8, maxLength: 60 }), (good) => {
        const recovery = recoveryOf(windowsOf(good), 0, 0);
        const from = recovery?.to95Ms == null ? null : recovery.to95Ms / WINDOW_MS;
        const goodput = (index: number) => {
          const span = good.slice(index, index + 5);
          return span.reduce((total, count) => total + count, 0) / (100 * span.length);
        };
        const bad = good.flatMap((_, index) => (goodput(index) < 0.95 ? [index] : []));
        expect(from).toBe(
          bad.length === 0 ? 0 : bad.at(-1) === good.length - 1 ? null : (bad.at(-1) ?? 0) + 1,
        );
      }),
    );
  });
});

describe('recoveryValues', () => {
  const valuesOf = (endMs: number) => {
    const windows = windowsOf([...well(5), ...ill(5)]);
    const load = { startedAtUs: 0, durationMs: 1_000, windows };
    const faults = [{ kind: 'kill', name: 'kill', fromUs: 500_000, toUs: endMs * 1_000 }];
    const scenario = { start: 'warm', cache: { ttlMs: 1_000 } };
    return recoveryValues({ load, faults } as unknown as TrialSample, scenario as unknown as Scenario);
  };

  test('of who is stuck is the time until the storm’s end, and none when the trigger outlasts it', () => {
    expect(valuesOf(700)).toMatchObject({ 'recovery.to95Ms': 300, 'recovery.stuck': 1 });
    expect(valuesOf(1_400)).toMatchObject({ 'recovery.to95Ms': 0, 'recovery.stuck': 1 });
  });
});
