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

/** How windows with so many good requests got over what happened from one moment to another. */
function courseOf(good: readonly number[], fromMs: number, toMs = fromMs) {
  return recoveryOf(windowsOf(good), { fromMs, toMs, endMs: good.length * WINDOW_MS });
}

describe('recoveryOf', () => {
  test('counts from the trigger’s end to the half second from which on 95% are good', () => {
    expect(courseOf([...well(10), ...ill(7), ...well(13)], 1_000, 1_050)).toEqual({
      to95Ms: 650,
      recovered: true,
      lost: 700,
      worstGoodput: 0,
      finalGoodput: 1,
    });
  });

  test('a relapse is no recovery', () => {
    const good = [...well(5), ...ill(3), ...well(10), ...ill(2), ...well(10)];
    expect(courseOf(good, 500)).toMatchObject({ to95Ms: 1_500, recovered: true });
  });

  test('who is bad at the end is stuck', () => {
    expect(courseOf([...well(5), ...ill(5)], 500)).toEqual({
      to95Ms: 500,
      recovered: false,
      lost: 500,
      worstGoodput: 0,
      finalGoodput: 0,
    });
  });

  test('one good tenth of a second before the end is no recovery, nor are four', () => {
    const stuck = (good: number) => courseOf([...well(10), ...ill(40 - good), ...well(good)], 1_000);
    expect([1, 2, 3, 4].map((good) => stuck(good)?.recovered)).toEqual([false, false, false, false]);
    expect(stuck(5)).toMatchObject({ recovered: true, to95Ms: 3_500 });
  });

  test('what the end cut off may have been well: the time is at least that until then', () => {
    const good = [...well(10), ...ill(38), ...well(2)];
    expect(courseOf(good, 1_000)).toMatchObject({ recovered: false, to95Ms: 3_800 });
    // 20 of the 500 requests of a half second, at most: 96% are possible.
    expect(courseOf([...well(10), ...ill(39), 80], 1_000)).toMatchObject({ recovered: false, to95Ms: 3_900 });
    expect(courseOf([...well(10), ...ill(39), 70], 1_000)).toMatchObject({ recovered: false, to95Ms: 4_000 });
  });

  test('is neither late nor early by a window', () => {
    // 95% of a half second exactly, and one request less.
    expect(courseOf([...well(5), 75, ...well(9)], 500)).toMatchObject({ to95Ms: 0, worstGoodput: 0.95 });
    expect(courseOf([...well(5), 74, ...well(9)], 500)).toMatchObject({ to95Ms: 100, worstGoodput: 0.948 });
  });

  test('the worst is the worst of whole half seconds', () => {
    expect(courseOf([...well(14), 50], 500)?.worstGoodput).toBe(0.9);
  });

  test('a half second in which nothing was offered says nothing', () => {
    const windows = windowsOf([...well(5), ...ill(3), ...well(12)]).map((window, index) =>
      index > 9 ? { ...window, offered: 0, completed: 0, good: 0 } : window,
    );
    const recovery = recoveryOf(windows, { fromMs: 500, toMs: 500, endMs: 2_000 });
    expect(recovery).toMatchObject({ to95Ms: 300, recovered: true, worstGoodput: 0.4, finalGoodput: 1 });
  });

  test('a half second that goes on after the last, shorter window is not whole', () => {
    const windows = windowsOf([...well(5), ...ill(3), ...well(5)]);
    const until = (endMs: number) => recoveryOf(windows, { fromMs: 500, toMs: 500, endMs })?.recovered;
    expect([until(1_299), until(1_300)]).toEqual([false, true]);
  });

  test('the end is the last tenth of the storm, and nothing of it before the trigger', () => {
    const good = [...well(12), 60, 70, 80, 90, 80, 40, ...well(2)];
    expect(courseOf([...well(17), 90, 80, 40], 500)?.finalGoodput).toBe(0.6);
    expect(courseOf([...good, ...Array(20).fill(50)], 3_450)?.finalGoodput).toBe(0.5);
  });

  test('nothing lost is recovered at once', () => {
    expect(courseOf(well(10), 300, 310)).toEqual({
      to95Ms: 0,
      recovered: true,
      lost: 0,
      worstGoodput: 1,
      finalGoodput: 1,
    });
  });

  test('what was bad before the trigger is not its doing', () => {
    expect(courseOf([...ill(5), ...well(10)], 500)).toMatchObject({ to95Ms: 0, lost: 0 });
  });

  test('a window that the trigger falls into counts', () => {
    expect(courseOf([...well(5), 50, ...well(10)], 550, 560)?.lost).toBe(50);
  });

  test('with less than half a second after the trigger there is nothing to say', () => {
    expect(courseOf(well(9), 500)).toBeNull();
    expect(courseOf(well(10), 500)).not.toBeNull();
    expect(courseOf(well(3), 5_000)).toBeNull();
    expect(recoveryOf([], { fromMs: 0, toMs: 0, endMs: 0 })).toBeNull();
  });

  test('is back at the first half second that no bad one follows, if the storm lasted so long', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 8, maxLength: 60 }), (good) => {
        const recovery = courseOf(good, 0);
        const wrongFrom = (index: number) => 500 - good.slice(index, index + 5).reduce((a, b) => a + b, 0);
        const unseen = (index: number) => 100 * Math.max(0, index + 5 - good.length);
        const bad = good.flatMap((_, index) => (wrongFrom(index) - unseen(index) > 25 ? [index] : []));
        const back = (bad.at(-1) ?? -1) + 1;
        expect(recovery).toMatchObject({ to95Ms: back * WINDOW_MS, recovered: back + 5 <= good.length });
      }),
    );
  });
});

describe('recoveryValues', () => {
  const valuesOf = (fromMs: number, endMs: number) => {
    const windows = windowsOf([...well(5), ...ill(5)]);
    const load = { startedAtUs: 0, durationMs: 1_000, windows };
    const faults = [{ kind: 'kill', name: 'kill', fromUs: fromMs * 1_000, toUs: endMs * 1_000 }];
    const scenario = { start: 'warm', cache: { ttlMs: 1_000 } };
    return recoveryValues({ load, faults } as unknown as TrialSample, scenario as unknown as Scenario);
  };

  test('of who is stuck is the time until the storm’s end, and none when the trigger outlasts it', () => {
    expect(valuesOf(500, 700)).toMatchObject({ 'recovery.to95Ms': 300, 'recovery.stuck': 1 });
    expect(valuesOf(500, 1_400)).toMatchObject({ 'recovery.to95Ms': 0, 'recovery.stuck': 1 });
  });

  test('of a trigger just before the storm’s end nothing is known', () => {
    expect(Object.values(valuesOf(600, 600))).toEqual([null, null, null, null, null]);
  });
});
