import { expect, test } from 'vitest';
import type { AuditedRead } from '../../record/audited-read.ts';
import { CommitsRecorder } from '../../record/commits.ts';
import { finalSamplesOf, truthsOf } from './evidence.ts';

function truthOf(...commits: readonly (readonly [string, number, number])[]) {
  const recorder = new CommitsRecorder();
  for (const commit of commits) recorder.add(...commit);
  return truthsOf(recorder.commits());
}

test('a row has been what the dataset had, then each commit in its order', () => {
  const truths = truthOf(['a', 5, 2], ['b', 6, 9], ['a', 7, 3]);
  expect(truths('a')).toEqual({ writeIds: [0, 5, 7], versions: [1, 2, 3], absentAt: [] });
  expect(truths('b')).toEqual({ writeIds: [0, 6], versions: [8, 9], absentAt: [] });
  expect(truths('untouched')).toEqual({ writeIds: [0], versions: [1] });
});

test('a row whose first version was committed was absent before', () => {
  expect(truthOf(['new', 3, 1], ['new', 4, 2])('new')).toEqual({
    ...{ writeIds: [0, 3, 4], versions: [0, 1, 2], absentAt: [0] },
  });
});

const looked = (...reads: readonly [key: string, writeId: number | null, source?: string][]) => ({
  endedAtUs: 0,
  reads: reads.map(
    ([key, writeId, source = 'hit'], instance): AuditedRead => ({ key, instance, writeId, source }),
  ),
});

test('a cache held what a look found there, not what a miss or a refused read says', () => {
  const sampleOf = finalSamplesOf(
    [looked(['a', 0], ['b', 4, 'miss'], ['c', null]), looked(['a', 5], ['b', 4], ['c', 0, 'l1'])],
    truthOf(['a', 5, 2]),
  );
  expect(sampleOf('a')).toEqual({ first: 0, second: 5 });
  expect(sampleOf('b')).toEqual({ first: null, second: 4 });
  expect(sampleOf('c')).toEqual({ first: null, second: 0 });
});

test('of instances that differ one that is wrong counts, wherever it is', () => {
  const wrongLast = looked(['a', 5], ['a', null], ['a', 0]);
  const wrongFirst = looked(['a', 0], ['a', 5, 'miss'], ['a', 5]);
  expect(finalSamplesOf([wrongLast, wrongFirst], truthOf(['a', 5, 2]))('a')).toEqual({ first: 0, second: 0 });
});

test('a row that only one look saw was not looked at', () => {
  const [both, one] = [looked(['a', 0], ['b', 0]), looked(['a', 0])];
  expect(finalSamplesOf([both, one], truthOf())('b')).toBeNull();
  expect(finalSamplesOf([one, both], truthOf())('b')).toBeNull();
  expect(finalSamplesOf([one, both], truthOf())('a')).toEqual({ first: 0, second: 0 });
});
