import { expect, test } from 'vitest';
import { manualClock } from './fixtures/manual-clock.ts';
import { LocalCopies } from './local-copies.ts';
import type { Item } from './strategy.ts';

const TTL_MS = 10_000;

function copiesOf({ maxItems = 10, maxMs = 60_000 } = {}) {
  const clock = manualClock();
  const copies = new LocalCopies({ clock, ttlMs: TTL_MS }, { maxItems, maxMs });
  const item = (id: string, ageMs = 0): Item => ({
    id,
    value: 'x',
    version: 1,
    loadedAtMs: clock.wallMs() - ageMs,
  });
  return { clock, copies, item };
}

test('a copy ends at the age at which its entry ends, not a time to live after it was made', async () => {
  const { clock, copies, item } = copiesOf();
  copies.reading('a')(item('a', TTL_MS - 100));
  await clock.advance(99);
  expect(copies.get('a')).toBeDefined();
  await clock.advance(2);
  expect(copies.get('a')).toBeUndefined();
});

test('no copy is made of what is too old, nor kept longer than allowed', async () => {
  const { clock, copies, item } = copiesOf({ maxMs: 50 });
  copies.reading('old')(item('old', TTL_MS));
  expect(copies.get('old')).toBeUndefined();
  copies.reading('young')(item('young'));
  await clock.advance(51);
  expect(copies.get('young')).toBeUndefined();
});

test('what was invalidated while it was being read is not kept', () => {
  const { copies, item } = copiesOf();
  const keep = copies.reading('a');
  copies.invalidate('a');
  keep(item('a'));
  expect(copies.get('a')).toBeUndefined();
});

test('of two reads of a key, the one asked last counts', () => {
  const { copies, item } = copiesOf();
  const [first, second] = [copies.reading('a'), copies.reading('a')];
  copies.invalidate('a');
  const third = copies.reading('a');
  first(item('a'));
  second(item('a'));
  expect(copies.get('a')).toBeUndefined();
  third(item('a'));
  expect(copies.get('a')).toBeDefined();
});

test('clearing takes the copies, and those that are about to be made', () => {
  const { copies, item } = copiesOf();
  copies.reading('a')(item('a'));
  const keep = copies.reading('b');
  copies.clear();
  keep(item('b'));
  expect([copies.get('a'), copies.get('b')]).toEqual([undefined, undefined]);
});

test('keeps so many, the least recently used goes first', () => {
  const { copies, item } = copiesOf({ maxItems: 2 });
  for (const key of ['a', 'b']) copies.reading(key)(item(key));
  copies.get('a');
  copies.reading('c')(item('c'));
  expect(['a', 'b', 'c'].map((key) => copies.get(key) !== undefined)).toEqual([true, false, true]);
});

test('keeps what was found, if it may by then; an error keeps nothing and is passed on', async () => {
  const { copies, item } = copiesOf();
  let live = true;
  const ask = (id: string) =>
    copies.keeping(
      id,
      async () => item(id),
      () => live,
    );
  expect(await ask('a')).toMatchObject({ id: 'a' });
  live = false;
  expect(await ask('b')).toMatchObject({ id: 'b' });
  expect([copies.get('a') !== undefined, copies.get('b')]).toEqual([true, undefined]);
  const failed = copies.keeping('c', async () => Promise.reject(new Error('the database burns')));
  await expect(failed).rejects.toThrow('the database burns');
  expect(copies.get('c')).toBeUndefined();
});
