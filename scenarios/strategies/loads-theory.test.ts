import { describe, expect, test } from 'vitest';
import { everyMissLoads, noLoadWithoutMiss, noLoadWithoutNeed, warmingQueries } from './loads-theory.ts';
import type { TheoryInput } from './prediction.ts';

const input: TheoryInput = {
  ...{
    hotKey: null,
    missing: [],
    instances: 2,
    ttlSec: 60,
    slowestLoadSec: 0,
    slowestAnswerSec: 0,
    longestStallSec: 0,
  },
  ...{ killsPerExpiry: 0, rows: 3_000, preloaded: true, updates: false, parameters: { batch: 200 } },
  reads: { misses: 500, unanswered: 700, undone: 3 },
};
const limits = ([prediction]: ReturnType<typeof everyMissLoads>) => [prediction?.low, prediction?.high];

describe('loads where no single key is hot', () => {
  test('are the misses, but for those that were never done', () => {
    expect(limits(everyMissLoads(input))).toEqual([497, 500]);
  });

  test('are no more than the misses, and the queries that warm', () => {
    expect(limits(noLoadWithoutMiss(input))).toEqual([null, 500]);
    // 15 batches: a query for the keys and one for the rows of each, by each process.
    expect(limits(noLoadWithoutMiss(input, warmingQueries(input)))).toEqual([null, 500 + 2 * 16 * 2]);
  });

  test('are no more than the answers that were not fresh', () => {
    expect(limits(noLoadWithoutNeed(input))).toEqual([null, 700]);
  });

  test('are told per expiry where one is, and not at all where others use the same Redis', () => {
    const { reads: _, ...shared } = input;
    const hot = { ...input, hotKey: { ratePerSec: 1_000, loadSec: 0.04 } };
    for (const other of [shared, hot])
      for (const of of [everyMissLoads, noLoadWithoutMiss, noLoadWithoutNeed]) expect(of(other)).toEqual([]);
  });
});
