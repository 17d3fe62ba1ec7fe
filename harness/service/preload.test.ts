import { expect, test } from 'vitest';
import type { Item, Origin, ReadStrategy } from '../../scenarios/strategies/strategy.ts';
import { preload } from './preload.ts';

async function batchesOf(rows: number, valueBytes: number): Promise<readonly number[]> {
  const value = 'x'.repeat(valueBytes);
  const all = Array.from({ length: rows }, (_, n) => `item-${n}`);
  const origin: Partial<Origin> = {
    async *keys(batch = 1) {
      for (let from = 0; from < rows; from += batch) yield all.slice(from, from + batch);
    },
    loadMany: async (keys) => keys.map((id) => ({ id, value, version: 1, loadedAtMs: 0 })),
  };
  const loaded: (readonly Item[])[] = [];
  const reader = { preload: async (items: readonly Item[]) => void loaded.push(items) };
  let told = 0;
  await preload(reader as unknown as ReadStrategy, origin as Origin, () => told++);
  expect(told).toBe(loaded.length);
  expect(loaded.flat().map(({ id }) => id)).toEqual(all);
  return loaded.map(({ length }) => length);
}

test('takes all rows, a thousand at a time where they are small', async () => {
  expect(await batchesOf(2_500, 256)).toEqual([4, 996, 1_000, 500]);
});

test('holds few at a time where they are large', async () => {
  expect(await batchesOf(10, 1_000_000)).toEqual([4, 4, 2]);
  expect(await batchesOf(100, 100_000)).toEqual([4, 40, 40, 16]);
});
