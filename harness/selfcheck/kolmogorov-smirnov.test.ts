import { expect, it } from 'vitest';
import { seededRandom } from '../time/random.ts';
import { ksCritical, ksDistance } from './kolmogorov-smirnov.ts';

const uniform = (x: number): number => Math.min(1, Math.max(0, x));

it('is half a step for values in the middle of their steps', () => {
  expect(ksDistance([0.125, 0.375, 0.625, 0.875], uniform)).toBe(0.125);
});

it('is the largest gap, on whichever side of a value it lies', () => {
  expect(ksDistance([0.5, 0.5], uniform)).toBe(0.5);
  expect(ksDistance([1, 1, 1], uniform)).toBe(1);
  expect(ksDistance([0.9], uniform)).toBe(0.9);
});

it('says that there is nothing to say without values', () => {
  expect(ksDistance([], uniform)).toBeNaN();
});

it('stays below the critical distance for values of the distribution, in all but 1% of the cases', () => {
  const random = seededRandom(1);
  const count = 200;
  const above = Array.from({ length: 1_000 }, () =>
    ksDistance(
      Array.from({ length: count }, () => random.next()),
      uniform,
    ),
  ).filter((distance) => distance > ksCritical(count));
  expect(above.length).toBeGreaterThan(2);
  expect(above.length).toBeLessThan(20);
});
