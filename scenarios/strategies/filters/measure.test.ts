import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { binomialHigh } from '../penetration-theory.ts';
import { type FilterContender, filterContenders } from './contenders.ts';
import { measureFilter, PROBES, tableRow } from './measure.ts';

const contender = (name: string): FilterContender => {
  const found = filterContenders.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no filter ${name}`);
  return found;
};

describe.each(['Bloom, bloom-filters', 'Bloom in Redis, ours', 'cuckoo, ours'])('%s', (name) => {
  test.each([0.05, 0.01])('errs as its formula says at a target of %d, and loses no key', (target) => {
    const { expected, measured, lost } = measureFilter(contender(name), 1_000, target);
    expect(lost).toBe(0);
    expect(expected).toBeLessThanOrEqual(target * 1.03);
    // The keys of a filter are drawn once: its own rate varies too, by a few percent at this size.
    expect(measured).toBeLessThanOrEqual(binomialHigh(PROBES, expected * 1.15) / PROBES);
    expect(measured).toBeGreaterThan(expected * 0.75);
  });
});

test.each(['Bloom in Redis, ours', 'cuckoo, ours'])('docs/filters.md has what %s measures', async (name) => {
  const page = await readFile(new URL('../../../docs/filters.md', import.meta.url), 'utf8');
  for (const target of [0.05, 0.001]) {
    expect(page).toContain(tableRow(measureFilter(contender(name), 1_000, target)));
  }
});
