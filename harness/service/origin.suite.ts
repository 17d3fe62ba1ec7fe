/** The database as the service sees it, beside the database's own count. */
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../time/clock.ts';
import type { StrategyBench } from './testing.ts';

export function originSuite(benchOf: () => StrategyBench): void {
  let bench: StrategyBench;
  beforeAll(() => {
    bench = benchOf();
  });

  beforeEach(() => bench.reset(7));

  test('reads many rows in one query, and leaves out those that do not exist', async () => {
    const before = await bench.probe.read();
    const items = await bench.origin.loadMany(['item-1', 'nobody', 'item-4', 'item-1']);
    expect(items.map(({ id, version }) => [id, version]).toSorted()).toEqual([
      ['item-1', 1],
      ['item-4', 1],
    ]);
    expect(await bench.origin.loadMany([])).toEqual([]);
    await expect.poll(async () => (await bench.probe.read()).reads - before.reads).toBe(1);
  });

  test('lists every key once, in batches of the size asked for', async () => {
    const batches: (readonly string[])[] = [];
    const loads = await bench.loadsOf(async () => {
      for await (const batch of bench.origin.keys(3)) batches.push(batch);
    });
    expect(batches.map(({ length }) => length)).toEqual([3, 3, 1]);
    expect(batches.flat()).toEqual(Array.from({ length: 7 }, (_, n) => `item-${n}`));
    // The last batch may have been full: only an empty one is the end.
    expect(loads).toBe(4);
  });

  /** The row as all but its writer see it. */
  async function committed(key: string) {
    const sql = 'SELECT value, version, stored_us AS storedUs FROM items WHERE id = ?';
    return (await bench.rowsOf<{ value: string; version: number; storedUs: number }>(sql, [key]))[0];
  }
  const outbox = () =>
    bench.rowsOf(
      'SELECT item_id AS id, value, version, stored_us AS storedUs FROM outbox ORDER BY outbox.id',
    );

  test('writes a row with the next version, and says when it was sent', async () => {
    const beforeUs = systemClock.nowUs();
    expect([await bench.origin.store('item-1', 'b'), await bench.origin.store('new', 'a')]).toEqual([2, 1]);
    const row = await committed('item-1');
    expect(row).toMatchObject({ value: 'b', version: 2 });
    expect(row?.storedUs).toBeGreaterThanOrEqual(Math.floor(beforeUs));
    expect(row?.storedUs).toBeLessThanOrEqual(systemClock.nowUs());
    expect(await outbox()).toEqual([]);
  });

  test('nobody sees the row before its commit, and writers of it take turns', async () => {
    const turns: number[] = [];
    const first = Promise.withResolvers<void>();
    const writing = bench.origin.store('item-1', 'b', {
      beforeCommit: (version) => {
        turns.push(version);
        return first.promise;
      },
    });
    await expect.poll(() => turns).toEqual([2]);
    const next = bench.origin.store('item-1', 'c', {
      beforeCommit: async (version) => void turns.push(version),
    });
    try {
      await expect.poll(() => bench.lockWaits()).toBe(1);
      expect([turns, (await committed('item-1'))?.version]).toEqual([[2], 1]);
    } finally {
      // Else the next dataset would wait for this transaction.
      first.resolve();
    }
    expect([await writing, await next]).toEqual([2, 3]);
    expect([turns, (await committed('item-1'))?.value]).toEqual([[2, 3], 'c']);
  });

  test('leaves the change in the outbox too, in the same transaction', async () => {
    await bench.origin.store('item-1', 'b', { outbox: true });
    await bench.origin.store('item-1', 'c', { outbox: true, beforeCommit: () => Promise.resolve() });
    const { storedUs } = (await committed('item-1')) ?? {};
    expect(await outbox()).toMatchObject([
      { id: 'item-1', value: 'b', version: 2 },
      { id: 'item-1', value: 'c', version: 3, storedUs },
    ]);
  });

  test('a step that fails rolls everything back, and the connection is as good as new', async () => {
    const own = bench.connectOrigin({ poolSize: 1, queryMs: 1 });
    const failing = { beforeCommit: () => Promise.reject(new Error('no room in the cache')), outbox: true };
    await expect(own.store('item-1', 'b', failing)).rejects.toMatchObject({
      name: 'RolledBackError',
      code: 'E_ORIGIN',
      message: 'the write was rolled back: no room in the cache',
    });
    expect(await committed('item-1')).toMatchObject({ version: 1 });
    expect(await outbox()).toEqual([]);
    // Of the database itself nothing failed.
    expect(own.stats).toMatchObject({ writes: 1, errors: 0, inFlight: 0 });
    // On the only connection: a transaction left open would hide this from all others.
    expect(await own.store('item-1', 'c')).toBe(2);
    expect(await committed('item-1')).toMatchObject({ value: 'c', version: 2 });
  });

  test('a connection lost before the commit is an error, written nowhere, and no later write has it', async () => {
    const own = bench.connectOrigin({ poolSize: 1, queryMs: 1 });
    const lost = own.store('item-1', 'b', { beforeCommit: () => bench.killTransactions() });
    await expect(lost).rejects.toMatchObject({ code: 'E_ORIGIN', name: 'OriginError' });
    expect(await committed('item-1')).toMatchObject({ version: 1 });
    expect(own.stats.errors).toBe(1);
    expect(await own.store('item-1', 'c')).toBe(2);
  });

  test('counts the statements that the server counts, in transactions too', async () => {
    const before = await bench.probe.read();
    const { writes } = bench.origin.stats;
    await bench.origin.store('item-1', 'b');
    await bench.origin.store('item-1', 'c', { outbox: true });
    const failing = { beforeCommit: () => Promise.reject(new Error('no')), outbox: true };
    await bench.origin.store('item-1', 'd', failing).catch(() => undefined);
    expect(bench.origin.stats.writes - writes).toBe(4);
    await expect.poll(async () => (await bench.probe.read()).writes - before.writes).toBe(4);
  });

  test('drops what waits for a connection when the storm is over, and lets what is queried go on', async () => {
    const own = bench.connectOrigin({ poolSize: 2, queryMs: 1 });
    // Its queries get no answer until they are let go on: none can have ended before the storm does.
    await bench.rowsOf('LOCK TABLES items WRITE');
    const loading = Promise.allSettled(Array.from({ length: 9 }, (_, n) => own.load(`item-${n % 7}`)));
    await expect.poll(() => own.stats.reads).toBe(2);
    own.abandon();
    await bench.rowsOf('UNLOCK TABLES');
    const outcomes = await loading;
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(2);
    expect(outcomes.at(-1)).toMatchObject({ reason: { name: 'AbandonedError', code: 'E_ORIGIN' } });
    expect(own.stats).toMatchObject({ reads: 2, inFlight: 0, errors: 0 });
  });
}
