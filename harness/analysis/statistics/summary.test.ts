import { expect, test } from 'vitest';
import { mean, median, standardDeviation, sum } from './summary.ts';

test('the median is the middle by size, not by text', () => {
  expect(median([100, 9, 8])).toBe(9);
  expect(median([100, 9, 20, 30])).toBe(25);
  expect(median([])).toBeNaN();
});

test('the standard deviation is a sample’s', () => {
  expect(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
  expect(standardDeviation([3])).toBeNaN();
});

test('mean and sum', () => {
  expect([mean([1, 2, 6]), sum([1, 2, 6]), sum([])]).toEqual([3, 9, 0]);
});
