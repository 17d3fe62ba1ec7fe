import { expect, test } from 'vitest';
import { BarrierBoard } from './barrier-board.ts';

test('a barrier holds nobody at the others', async () => {
  const board = new BarrierBoard();
  board.hold('afterDbRead');
  await board.barrier('beforeDbRead');
});

test('a held barrier stops its callers until it is released, and nobody afterwards', async () => {
  const board = new BarrierBoard();
  const held = board.hold('beforeCacheSet');
  const order: string[] = [];
  const callers = ['a', 'b'].map((name) => board.barrier('beforeCacheSet').then(() => order.push(name)));
  await held.reached(2);
  expect(order).toEqual([]);
  held.release();
  await Promise.all(callers);
  expect(order).toEqual(['a', 'b']);
  await board.barrier('beforeCacheSet');
});

test('a failed barrier throws at its callers', async () => {
  const board = new BarrierBoard();
  const held = board.hold('afterDbCommit');
  const caller = board.barrier('afterDbCommit');
  held.fail(new Error('crashed here'));
  await expect(caller).rejects.toThrow('crashed here');
});
