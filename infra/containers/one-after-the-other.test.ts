import { expect, it } from 'vitest';
import { oneAfterTheOther } from './one-after-the-other.ts';

it('starts each when the one before has ended, even badly', async () => {
  const inTurn = oneAfterTheOther();
  const events: string[] = [];
  const work = (name: string, end: () => string) => async () => {
    events.push(`${name} starts`);
    await new Promise(setImmediate);
    events.push(`${name} ends`);
    return end();
  };
  const failure = new Error('first');
  const first = inTurn(
    work('first', () => {
      throw failure;
    }),
  );
  const second = inTurn(work('second', () => 'second'));
  await expect(first).rejects.toBe(failure);
  expect(await second).toBe('second');
  expect(events).toEqual(['first starts', 'first ends', 'second starts', 'second ends']);
});
