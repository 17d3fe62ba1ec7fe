import { expect, test } from 'vitest';
import { unlessAborted } from './unless-aborted.ts';

/** Rejections that nobody handles fail a run of the tests: that there is none is part of each of these. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('hands on what the work comes to', async () => {
  const { signal } = new AbortController();
  expect(await unlessAborted(Promise.resolve(7), signal)).toBe(7);
  await expect(unlessAborted(Promise.reject(new Error('broken')), signal)).rejects.toThrow('broken');
});

test('leaves at once when it is aborted, whatever becomes of the work', async () => {
  const controller = new AbortController();
  const work = Promise.withResolvers<never>();
  const waiting = unlessAborted(work.promise, controller.signal);
  controller.abort(new Error('Ctrl-C'));
  await expect(waiting).rejects.toThrow('Ctrl-C');
  work.reject(new Error('too late'));
  await turn();
});

test('lets the work put things right for a while, and no longer', async () => {
  const controller = new AbortController();
  const order: string[] = [];
  const undoing = async () => {
    await new Promise((resolve) => controller.signal.addEventListener('abort', resolve));
    await turn();
    order.push('undone');
    throw controller.signal.reason;
  };
  const undone = unlessAborted(undoing(), controller.signal, 60_000).finally(() => order.push('left'));
  const hung = unlessAborted(new Promise(() => {}), controller.signal, 10);
  controller.abort(new Error('Ctrl-C'));
  await expect(undone).rejects.toThrow('Ctrl-C');
  await expect(hung).rejects.toThrow('Ctrl-C');
  expect(order).toEqual(['undone', 'left']);
});

test('does not wait for work that was begun after the abort', async () => {
  const controller = new AbortController();
  controller.abort(new Error('Ctrl-C'));
  await expect(unlessAborted(Promise.reject(new Error('in vain')), controller.signal)).rejects.toThrow(
    'Ctrl-C',
  );
  await turn();
});
