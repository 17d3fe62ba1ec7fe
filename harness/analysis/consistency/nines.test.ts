import { expect, test } from 'vitest';
import { poissonUpperLimit } from './nines.ts';

// chi-squared(0.95, 2 (count + 1)) / 2, from tables.
test.each([
  [0, 3],
  [1, 4.744],
  [2, 6.296],
  [10, 16.96],
  [100, 118.1],
])('%i seen leave a mean of %d possible', (count, limit) => {
  expect(Math.abs(poissonUpperLimit(count) / limit - 1)).toBeLessThan(0.005);
});
