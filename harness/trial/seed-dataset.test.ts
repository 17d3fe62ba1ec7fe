import { expect, test } from 'vitest';
import type { Probes } from '../probes/ground-truth.ts';
import { seedDataset } from './seed-dataset.ts';

/** @param batchMs of each of ten batches of 100 rows */
async function toldOf(batchMs: number): Promise<readonly number[]> {
  let nowUs = 0;
  const clock = { nowUs: () => nowUs, wallMs: () => 0, sleep: async () => {} };
  const database: Partial<Probes['database']> = {
    async seed({ rows }, { onProgress } = {}) {
      for (let written = 100; written <= rows; written += 100) {
        nowUs += batchMs * 1e3;
        onProgress?.(written);
      }
    },
  };
  const probes = { database } as unknown as Probes;
  const told: number[] = [];
  const { signal } = new AbortController();
  await seedDataset({ dataset: { rows: 1_000, valueBytes: 8 } }, { probes, clock, signal }, (rows) =>
    told.push(rows),
  );
  return told;
}

test('what takes long is told of every 2 s, and at its end', async () => {
  expect(await toldOf(199)).toEqual([]);
  expect(await toldOf(700)).toEqual([300, 600, 900, 1_000]);
  expect(await toldOf(2_500)).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000]);
});
