import { expect, test } from 'vitest';
import type { RunEvent, RunEventBody } from '../events.ts';
import type { Trial } from '../plan/plan.ts';
import { programProvenance } from '../result/provenance.ts';
import { initialProgress, type Progress, progressAfter, remainingMs } from './progress-state.ts';

const trial: Trial = { index: 1, scenario: 'breakdown', strategy: 'mutex', round: 1, seed: 1 };

function after(...events: readonly (readonly [atMs: number, body: RunEventBody])[]): Progress {
  return events.reduce<Progress>(
    (progress, [atMs, body]) => progressAfter(progress, { atUs: atMs * 1000, ...body } as RunEvent),
    initialProgress,
  );
}

const started: RunEventBody = {
  ...{ type: 'run-started', runId: 'r', planHash: 'h', trials: 4 },
  ...{ startedAt: '2026-01-01T00:00:00.000Z', command: 'cachestorm run' },
  program: await programProvenance(),
};
const trialStarted: RunEventBody = { type: 'trial-started', trial, stormMs: 2_000 };
const trialFinished: RunEventBody = { type: 'trial-finished', trial, dbReads: 1, tookMs: 3_000 };

test('before the first trial is done the storm and an overhead are expected of each', () => {
  const progress = after([0, started], [100, trialStarted]);
  expect(remainingMs(progress, 100_000)).toBe(4 * 4_000);
  expect(remainingMs(progress, 1_100_000)).toBe(4 * 4_000 - 1_000);
});

test('afterwards what the finished ones took', () => {
  const progress = after([0, started], [0, trialStarted], [3_000, trialFinished], [3_000, trialStarted]);
  expect(remainingMs(progress, 4_000_000)).toBe(3 * 3_000 - 1_000);
});

test('a trial that takes longer than expected never makes the rest negative', () => {
  const progress = after([0, started], [0, trialStarted]);
  expect(remainingMs(progress, 900_000_000)).toBe(3 * 4_000);
});

test('the phase follows the storm, and stops at its end', () => {
  const storm: RunEventBody = { type: 'storm-started', trial, startedAtUs: 1_000_000 };
  const { current } = after([0, started], [0, trialStarted], [1_000, storm]);
  expect(current?.phase(1_500_000)).toBe('storm 0.5 of 2.0 s');
  expect(current?.phase(9_000_000)).toBe('storm 2.0 of 2.0 s');
});

test('an interruption ends the trial under way', () => {
  const progress = after([0, started], [0, trialStarted], [5, { type: 'interrupted', reason: 'x' }]);
  expect(progress).toMatchObject({ current: null, step: 'undoing everything' });
});

test('a database that is filled for long shows how far it is, before trials and within them', () => {
  const growing = (rows: number): RunEventBody => ({
    ...{ type: 'dataset-growing', scenario: 'breakdown', rows, of: 2_000_000 },
  });
  expect(after([0, started], [2_000, growing(1_200_000)]).step).toBe(
    'filling the database: 1,200,000 of 2,000,000 rows',
  );
  const within = after([0, started], [0, trialStarted], [2_000, growing(1_200_000)]).current;
  expect(within?.phase(0)).toBe('filling the database: 1,200,000 of 2,000,000 rows');
  const done = after([0, started], [0, trialStarted], [2_000, growing(2_000_000)]).current;
  expect(done?.phase(0)).toBe('starting and warming up');
});
