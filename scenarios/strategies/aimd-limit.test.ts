import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AimdLimit, type AimdOptions } from './aimd-limit.ts';

const OPTIONS: AimdOptions = { initial: 10, min: 2, max: 100, targetMs: 50, decrease: 0.5 };
const FAST = { startedAtMs: 0, endedAtMs: 10, failed: false };

test('grows by one for as many fast loads as the limit is', () => {
  const limit = new AimdLimit(OPTIONS);
  for (let load = 0; load < 11; load++) limit.observe({ ...FAST, inFlight: 10 });
  expect(limit.current).toBe(11);
});

test('does not grow while half of it is unused', () => {
  const limit = new AimdLimit(OPTIONS);
  for (let load = 0; load < 1_000; load++) limit.observe({ ...FAST, inFlight: 4 });
  expect(limit.current).toBe(10);
});

test('takes one step back for all the slow or failed loads of a round', () => {
  const limit = new AimdLimit(OPTIONS);
  for (let load = 0; load < 10; load++) {
    limit.observe({ startedAtMs: 0, endedAtMs: 60 + load, inFlight: 10, failed: false });
  }
  expect(limit.current).toBe(5);
  limit.observe({ startedAtMs: 61, endedAtMs: 62, inFlight: 5, failed: true });
  expect(limit.current).toBe(2);
});

test('stays within its bounds, whatever it sees', () => {
  const observation = fc.record({
    startedAtMs: fc.nat(1_000),
    endedAtMs: fc.nat(2_000),
    inFlight: fc.nat(200),
    failed: fc.boolean(),
  });
  fc.assert(
    fc.property(
      fc.record({
        initial: fc.integer({ min: 1, max: 300 }),
        min: fc.integer({ min: 1, max: 20 }),
        max: fc.integer({ min: 20, max: 100 }),
        targetMs: fc.integer({ min: 1, max: 1_000 }),
        decrease: fc.double({ min: 0.1, max: 0.99, noNaN: true }),
      }),
      fc.array(observation, { maxLength: 200 }),
      (options, observations) => {
        const limit = new AimdLimit(options);
        for (const seen of observations) {
          limit.observe(seen);
          expect(limit.current).toBeGreaterThanOrEqual(options.min);
          expect(limit.current).toBeLessThanOrEqual(options.max);
        }
      },
    ),
  );
});

/** A pool of `connections`, each busy `queryMs`: what is more than them waits for its turn. */
function afterRounds(
  options: AimdOptions,
  { connections, queryMs }: { connections: number; queryMs: number },
) {
  const limit = new AimdLimit(options);
  let nowMs = 0;
  const seen: number[] = [];
  for (let round = 0; round < 500; round++) {
    const inFlight = limit.current;
    const startedAtMs = nowMs;
    nowMs += queryMs * Math.max(1, inFlight / connections);
    for (let load = 0; load < inFlight; load++) {
      limit.observe({ startedAtMs, endedAtMs: nowMs, inFlight, failed: false });
    }
    if (round >= 250) seen.push(limit.current);
  }
  return { lowest: Math.min(...seen), highest: Math.max(...seen) };
}

test('finds the number of loads whose time is the target, from either side', () => {
  for (const initial of [2, 1_000]) {
    const options: AimdOptions = { initial, min: 1, max: 1_000, targetMs: 200, decrease: 0.9 };
    // 16 connections of 20 ms each: 160 at once take 200 ms.
    const { lowest, highest } = afterRounds(options, { connections: 16, queryMs: 20 });
    expect(lowest).toBeGreaterThanOrEqual(140);
    expect(highest).toBeLessThanOrEqual(161);
  }
});

test('falls to its minimum when the target is below the bare query', () => {
  const options: AimdOptions = { initial: 50, min: 3, max: 100, targetMs: 10, decrease: 0.9 };
  expect(afterRounds(options, { connections: 16, queryMs: 20 })).toEqual({ lowest: 3, highest: 3 });
});
