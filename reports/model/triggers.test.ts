import { expect, it } from 'vitest';
import { avalancheScenario } from '../fixtures/avalanche.ts';
import { penetrationScenario } from '../fixtures/penetration.ts';
import { triggersInWords } from './triggers.ts';

it('names each kind of trigger once, with what it means where we know', () => {
  expect(triggersInWords(penetrationScenario())).toEqual([]);
  expect(triggersInWords(avalancheScenario())).toEqual(['flush: Redis lost everything']);
  expect(triggersInWords(avalancheScenario('flush-2'))).toEqual(['flush: Redis lost everything']);
  expect(triggersInWords(avalancheScenario('kill-1'))).toEqual([
    'kill: a process was killed; what it answers or carries on waits or fails until another is in its place',
  ]);
  expect(triggersInWords(avalancheScenario('read-only-2'))).toEqual([
    'read-only: the database refused every write',
  ]);
  expect(triggersInWords(avalancheScenario('blackhole-1'))).toEqual(['blackhole']);
});
