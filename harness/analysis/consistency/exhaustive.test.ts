import { expect, test } from 'vitest';
import { deriveSeed, seededRandom } from '../../time/random.ts';
import { compareWithSearch } from './fixtures/compare.ts';

/** `npm run proof:checker` takes far more of them. */
const HISTORIES = 3_000;

test('agrees with an exhaustive search on small random histories', () => {
  const seed = deriveSeed(HISTORIES, 'exhaustive');
  const { mismatches, linearizable, regular } = compareWithSearch(HISTORIES, seededRandom(seed));
  expect(mismatches, `seed ${seed}`).toEqual([]);
  // Neither is rare, and they are not the same.
  expect(linearizable).toBeGreaterThan(HISTORIES / 5);
  expect(linearizable).toBeLessThan(regular);
  expect(regular).toBeLessThan((HISTORIES * 4) / 5);
});
