import { expect, test } from 'vitest';
import { inTime } from './in-time.ts';

const late = () => new Error('late');

test('hands on what comes in time', async () => {
  expect(await inTime(Promise.resolve(7), 60_000, late)).toBe(7);
  await expect(inTime(Promise.reject(new Error('broken')), 60_000, late)).rejects.toThrow('broken');
});

test('does not wait for what comes too late, nor for what becomes of it', async () => {
  const work = Promise.withResolvers<never>();
  await expect(inTime(work.promise, 10, late)).rejects.toThrow('late');
  // A rejection that nobody handles would fail the run of the tests.
  work.reject(new Error('too late'));
  await new Promise((resolve) => setImmediate(resolve));
});
