import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binomialHigh, filterErrors, rememberedAbsence } from './penetration-theory.ts';
import type { MissingTraffic } from './prediction.ts';

const repeated: MissingTraffic = {
  attack: 'repeated',
  requests: 5_000,
  distinctKeys: 100,
  seconds: 10,
  clients: 5,
};
const endless: MissingTraffic = { ...repeated, attack: 'endless', distinctKeys: 5_000 };

describe('the largest number of hits that chance gives', () => {
  test.each([
    // From tables of the binomial distribution: P(X <= high) is the first over 0.99995.
    [100, 0.01, 7],
    [10, 0.5, 10],
    [1_000, 0.001, 7],
    [100, 0, 0],
    [100, 1, 100],
  ])('of %d draws of %d: %d', (draws, p, high) => {
    expect(binomialHigh(draws, p)).toBe(high);
  });

  test('lies between the mean and all of them, also where (1 - p)^n is no double', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (draws, p) => {
          const high = binomialHigh(draws, p);
          expect(high).toBeGreaterThanOrEqual(Math.floor(draws * p));
          expect(high).toBeLessThanOrEqual(draws);
        },
      ),
    );
  });
});

describe('errors of a filter', () => {
  test('of an endless stream are a share of the requests', () => {
    expect(filterErrors(endless, 0.01, 0.005)).toMatchObject({ value: 0.005, low: null, high: 0.01 });
  });

  test('may be a little more than asked for where the formula says so', () => {
    expect(filterErrors(endless, 0.05, 0.051)).toMatchObject({ high: 0.051 });
  });

  test('of repeated keys are a share of the keys, and so vary more', () => {
    expect(filterErrors(repeated, 0.01, 0.005)).toMatchObject({ high: 0.07, tolerance: 'always' });
  });
});

describe('remembered absence', () => {
  test('lets each process load each key once in a time to live', () => {
    // 10 s have 4 loads 3 s apart; 100 keys, 2 processes, 5,000 requests.
    const bound = rememberedAbsence(repeated, { nullTtlMs: 3_000, instances: 2 });
    expect(bound).toMatchObject({ value: null, high: (100 * 2 * 4) / 5_000 });
  });

  test('never predicts more loads than requests', () => {
    expect(rememberedAbsence(repeated, { nullTtlMs: 10, instances: 2 }).high).toBe(1);
  });

  test('does nothing against an endless stream', () => {
    expect(rememberedAbsence(endless, { nullTtlMs: 3_000, instances: 2 })).toMatchObject({
      value: 1,
      low: 1,
    });
  });
});
