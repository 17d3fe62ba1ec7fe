import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Arrivals } from './arrivals.ts';

const change = (n: number) => ({ key: `item-${n}`, value: 'v', version: n, storedAtUs: n });
const arrival = (offset: number, ...changes: readonly number[]) => ({
  changes: changes.map(change),
  position: { file: 'binlog.000001', offset },
});

test('whole transactions are taken, until there are as many changes as were asked for', async () => {
  const arrivals = new Arrivals();
  for (const each of [arrival(10, 1, 2), arrival(20), arrival(30, 3), arrival(40, 4), arrival(50)])
    arrivals.push(each);
  expect(arrivals.size).toBe(4);
  expect(await arrivals.take(3)).toEqual(arrival(30, 1, 2, 3));
  expect(arrivals.size).toBe(1);
  expect(await arrivals.take(9)).toEqual(arrival(50, 4));
  expect(arrivals.size).toBe(0);
});

test('one that is larger than asked for is taken alone, and as a whole', async () => {
  const arrivals = new Arrivals();
  arrivals.push(arrival(10, 1, 2, 3));
  arrivals.push(arrival(20, 4));
  expect(await arrivals.take(1)).toEqual(arrival(10, 1, 2, 3));
  expect(await arrivals.take(1)).toEqual(arrival(20, 4));
});

test('who comes first waits, once more after all was taken', async () => {
  const arrivals = new Arrivals();
  for (const offset of [10, 20]) {
    let taken = false;
    const taking = arrivals.take(5).finally(() => {
      taken = true;
    });
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    expect(taken).toBe(false);
    arrivals.push(arrival(offset));
    expect(await taking).toEqual(arrival(offset));
  }
});

test('all come out once, in their order', async () => {
  const transactions = fc.array(fc.nat(5), { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(transactions, fc.integer({ min: 1, max: 8 }), async (sizes, limit) => {
      const arrivals = new Arrivals();
      let pushed = 0;
      for (const [index, size] of sizes.entries()) {
        arrivals.push(arrival(index + 1, ...Array.from({ length: size }, () => pushed++)));
      }
      const versions: (number | null)[] = [];
      for (let offset = 0; offset < sizes.length; ) {
        const { changes, position } = await arrivals.take(limit);
        expect(position.offset).toBeGreaterThan(offset);
        offset = position.offset;
        versions.push(...changes.map(({ version }) => version));
        expect(arrivals.size).toBe(pushed - versions.length);
      }
      expect(versions).toEqual(Array.from({ length: pushed }, (_, n) => n));
    }),
  );
});
