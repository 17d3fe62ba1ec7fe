import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { eventually } from '../../infra/contract/eventually.ts';
import type { Stack } from '../../infra/stack.ts';
import type { RowChange } from '../../scenarios/strategies/relay.ts';
import { layWire } from '../fixtures/wire.ts';
import { type CommitLog, connectCommitLog } from '../probes/commit-log.ts';
import { connectDatabaseProbe } from '../probes/database.ts';
import { type CountedOrigin, connectOrigin } from '../service/origin.ts';
import { systemClock } from '../time/clock.ts';
import { type ChangeLogOptions, changeLog } from './change-log.ts';
import { comparePositions, readPosition } from './log-position.ts';

const briefly = ({ key, value, version }: RowChange) => `${key} ${value} ${version}`;

/** @param stackOf With a database; asked before the first test. */
export function changeLogSuite(stackOf: () => Stack): void {
  let stack: Stack;
  let origin: CountedOrigin;
  let commitLog: CommitLog;
  beforeAll(async () => {
    stack = stackOf();
    const database = stack.get('database');
    origin = connectOrigin({ url: database.url('service'), queryMs: 0, poolSize: 8, clock: systemClock });
    commitLog = await connectCommitLog(database.url('probe'));
  });
  afterAll(async () => {
    await commitLog?.[Symbol.asyncDispose]();
    await origin?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await using probe = await connectDatabaseProbe(stack.get('database').url('probe'), 'service');
    await probe.seed({ rows: 3, valueBytes: 8, keyOf: (n) => `item-${n}` });
  });

  /** A follower, and what it was handed. */
  function follower(options: Partial<ChangeLogOptions> = {}) {
    const errors: unknown[] = [];
    const log = changeLog({
      url: stack.get('database').url('relay'),
      relay: 'test',
      positionFile: join(stack.root, `position-${randomUUID()}.json`),
      clock: systemClock,
      signal: new AbortController().signal,
      onBackgroundError: (error) => errors.push(error),
      ...options,
    });
    const seen: RowChange[] = [];
    const follow = () => log.follow(async (changes) => void seen.push(...changes));
    return { log, seen, errors, follow };
  }

  /** Writes `count` versions of each key, the keys side by side. */
  async function write(keys: readonly string[], count: number): Promise<void> {
    const ofKey = async (key: string) => {
      for (let n = 1; n <= count; n++) await origin.store(key, `value-${n}`);
    };
    await Promise.all(keys.map(ofKey));
  }

  test('hands out what was committed, in its order, as the log of commits has it', async () => {
    await using service = await createConnection(stack.get('database').url('service'));
    const { log, seen, follow } = follower();
    await using _log = log;
    const from = await commitLog.position();
    const startedUs = systemClock.nowUs();
    await follow();
    await service.beginTransaction();
    await service.query("UPDATE items SET value = 'never', version = 9 WHERE id = 'item-2'");
    await write(['item-0', 'item-1', 'new'], 20);
    await service.rollback();
    const to = await commitLog.position();
    await eventually(
      () => log.status.position !== null && comparePositions(log.status.position, to) >= 0,
      'caught up',
    );
    const committed: RowChange[] = [];
    await commitLog.committed(from, to, (row) => committed.push(row));
    expect(committed).toHaveLength(60);
    expect(seen).toEqual(committed);
    for (const { storedAtUs } of seen) {
      expect(storedAtUs).toBeGreaterThanOrEqual(Math.floor(startedUs));
      expect(storedAtUs).toBeLessThanOrEqual(systemClock.nowUs());
    }
    const versionsOf = (wanted: string) =>
      seen.filter(({ key }) => key === wanted).map(({ version }) => version);
    expect(versionsOf('item-0')).toEqual(Array.from({ length: 20 }, (_, n) => n + 2));
    expect(versionsOf('new')).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
    expect(seen.some(({ value }) => value === 'never')).toBe(false);
  });

  test('a position between others gives what lies behind it', async () => {
    const positions = [await commitLog.position()];
    for (let n = 0; n < 3; n++) {
      await origin.store('item-0', `value-${n}`);
      positions.push(await commitLog.position());
    }
    const [first, second, third, last] = positions;
    if (first === undefined || second === undefined || third === undefined || last === undefined)
      throw new Error();
    const rows: string[] = [];
    await commitLog.committed(second, third, (row) => rows.push(briefly(row)));
    await commitLog.committed(last, last, (row) => rows.push(briefly(row)));
    expect(rows).toEqual(['item-0 value-1 3']);
  });

  test('goes on where it was, and repeats what it had not finished', async () => {
    const positionFile = join(stack.root, `position-${randomUUID()}.json`);
    const first = follower({ positionFile });
    const stuck = Promise.withResolvers<void>();
    await first.log.follow(async (changes) => {
      first.seen.push(...changes);
      if (first.seen.length >= 2) await stuck.promise;
    });
    await origin.store('item-0', 'done');
    await eventually(() => first.seen.length === 1, 'the first change');
    await eventually(() => first.log.status.waiting === 0, 'its position saved');
    await origin.store('item-0', 'under way');
    await eventually(() => first.seen.length === 2, 'the second change');
    await first.log[Symbol.asyncDispose]();
    stuck.resolve();
    await origin.store('item-0', 'meanwhile');

    const second = follower({ positionFile });
    await using _log = second.log;
    await second.follow();
    await eventually(() => second.seen.length === 2, 'what was left');
    expect(second.seen.map(({ value }) => value)).toEqual(['under way', 'meanwhile']);
  });

  test('who ends before its first change is done comes back to it', async () => {
    const positionFile = join(stack.root, `position-${randomUUID()}.json`);
    const first = follower({ positionFile });
    await first.log.follow((changes) => {
      first.seen.push(...changes);
      return new Promise(() => {});
    });
    // Before anything was handed out: it would come back to where the log ends by then.
    expect(await readPosition(positionFile)).not.toBeNull();
    await origin.store('item-0', 'under way');
    await eventually(() => first.seen.length === 1, 'the first change');
    // What is being applied is not applied yet.
    expect(first.log.status.waiting).toBe(1);
    await first.log[Symbol.asyncDispose]();

    const second = follower({ positionFile });
    await using _log = second.log;
    await second.follow();
    await eventually(() => second.seen.length === 1, 'it again');
    expect(second.seen.map(({ value }) => value)).toEqual(['under way']);
  });

  test('who ends while a change is rejected does not say that it was applied', async () => {
    const { log, errors } = follower();
    await log.follow(() => Promise.reject(new Error('never')));
    await origin.store('item-0', 'rejected');
    await eventually(() => errors.length > 0, 'a rejection');
    await log[Symbol.asyncDispose]();
    // A question to the server: by its answer whatever was on its way has ended.
    await commitLog.position();
    expect(log.status.waiting).toBe(1);
  });

  test('several follow it side by side', async () => {
    const followers = [follower(), follower({ relay: 'other' }), follower({ relay: 'third' })];
    await using ending = new AsyncDisposableStack();
    for (const { log, follow } of followers) {
      ending.use(log);
      await follow();
    }
    await write(['item-0'], 3);
    for (const { seen } of followers) await eventually(() => seen.length === 3, 'all three changes');
    expect(followers.flatMap(({ errors }) => errors)).toEqual([]);
  });

  test('what is rejected comes again before what follows', async () => {
    const { log, errors } = follower();
    await using _log = log;
    const values: string[] = [];
    let failures = 2;
    await log.follow(async (changes) => {
      if (failures-- > 0) throw new Error('not now');
      values.push(...changes.map(({ value }) => value));
    });
    await write(['item-0'], 5);
    await eventually(() => values.length === 5, 'all five');
    expect(values).toEqual(['value-1', 'value-2', 'value-3', 'value-4', 'value-5']);
    expect(errors.map(String)).toEqual(['Error: not now', 'Error: not now']);
  });

  test('comes back after its connection was killed, and misses nothing', async () => {
    await using relay = await createConnection(stack.get('database').url('relay'));
    const { log, seen, errors, follow } = follower();
    await using _log = log;
    await follow();
    for (let times = 1; times <= 2; times++) {
      await write(['item-0'], 5);
      await eventually(() => seen.length === 10 * times - 5, 'a connection that works');
      const [threads] = await relay.query<RowDataPacket[]>(
        "SELECT id FROM information_schema.processlist WHERE command LIKE 'Binlog Dump%'",
      );
      // Those of the tests before may be on their way out.
      for (const { id } of threads) await relay.query('KILL ?', [id]).catch(() => undefined);
      await write(['item-0'], 5);
      await eventually(() => seen.length === 10 * times, 'all changes');
    }
    expect(seen.map(({ version }) => version)).toEqual(Array.from({ length: 20 }, (_, n) => n + 2));
    expect(log.status.losses).toBe(2);
    expect(errors).toHaveLength(2);
  });

  test('raises the alarm when the log falls silent without a word, and makes another connection', async () => {
    await using wire = await layWire(stack.get('database').url('relay'));
    // Long enough for a busy machine to hear a beat: a new connection that hears none is given up, too.
    const heartbeat = { beatMs: 50, silenceMs: 1_000 };
    const { log, seen, errors, follow } = follower({ url: wire.url, heartbeat });
    await using _log = log;
    await follow();
    wire.silence();
    await origin.store('item-0', 'unheard');
    await eventually(() => seen.length === 1, 'the change');
    expect(log.status.silences).toBeGreaterThan(0);
    // The heartbeat itself may have gone without an answer before.
    expect(errors.map(String).join()).toContain('no heartbeat came through the binary log for 1000 ms');
    expect(seen.map(briefly)).toEqual(['item-0 unheard 2']);
  });
}
