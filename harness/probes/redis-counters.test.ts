import { expect, it } from 'vitest';
import { carryingOver, type ServerCounters } from './redis-counters.ts';

const counters = (hits: number, misses: number): ServerCounters => ({
  ...{ hits, misses, expired: 0, evicted: 0, refused: 0 },
  ...{ memoryBytes: hits * 100, entries: hits },
});

it('counts on when another server takes over, or the first one again', () => {
  const carryOver = carryingOver();
  const read = (runId: string, hits: number, misses: number) => {
    const carried = carryOver(counters(hits, misses), runId);
    return [carried.hits, carried.misses, carried.takeovers];
  };
  expect(read('a', 100, 10)).toEqual([100, 10, 0]);
  expect(read('a', 150, 12)).toEqual([150, 12, 0]);
  // What it counted before is not known to be of this storm.
  expect(read('b', 7, 900)).toEqual([150, 12, 1]);
  expect(read('b', 17, 901)).toEqual([160, 13, 1]);
  expect(read('a', 155, 12)).toEqual([160, 13, 2]);
  expect(read('a', 156, 13)).toEqual([161, 14, 2]);
});

it('tells what is so at the moment of that server alone', () => {
  const carryOver = carryingOver();
  carryOver(counters(100, 0), 'a');
  expect(carryOver(counters(3, 0), 'b')).toMatchObject({ hits: 100, memoryBytes: 300, entries: 3 });
});
