import { expect, test } from 'vitest';
import type { TheoryInput } from './prediction.ts';
import { local } from './read/local.ts';
import { twoLevelTtl } from './read/two-level-ttl.ts';

const INPUT: TheoryInput = {
  hotKey: null,
  missing: [],
  instances: 2,
  ttlSec: 60,
  slowestLoadSec: 0.5,
  slowestAnswerSec: 0.7,
  longestStallSec: 0,
  killsPerExpiry: 0,
  rows: 100,
  preloaded: false,
  updates: true,
  parameters: { l1TtlMs: 2_000, l1Entries: 10 },
};
const limits = (input: TheoryInput) =>
  Object.fromEntries(local.predict(input).map(({ metric, high }) => [metric, high]));

test('a local copy is no staler than it is kept and loaded, and no older with the way to the client', () => {
  expect(limits(INPUT)).toEqual({ 'age.maxMs': 3_200, 'staleness.maxMs': 2_500 });
  expect(limits({ ...INPUT, ttlSec: 1 })).toEqual({ 'age.maxMs': 2_200, 'staleness.maxMs': 1_500 });
});

test('where nothing is overwritten, nothing is said of staleness', () => {
  expect(limits({ ...INPUT, updates: false })).toEqual({ 'age.maxMs': 3_200 });
});

test('before Redis a short copy bounds no staleness: a late set lives for its time to live', () => {
  expect(twoLevelTtl.predict(INPUT).map(({ metric }) => metric)).toEqual(['age.maxMs']);
});
