import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend, Role, StartedBackend } from '../backend.ts';
import { type Stack, startStack } from '../stack.ts';

const SLOW_MS = 120_000;

/** What every database promises that is ours, whoever provides it: exact counts, whole rows in its log, an account a role. */
export function describeDatabase(name: string, make: () => Backend): void {
  describe(name, { timeout: SLOW_MS }, () => {
    let stack: Stack;
    let database: StartedBackend;
    let probe: Connection;
    const connect = (role: Role) => createConnection({ uri: database.url(role) });
    beforeAll(async () => {
      const signal = new AbortController().signal;
      stack = await startStack({
        backends: [make()],
        runId: `test-${name.replaceAll(/\W/g, '-')}-${process.pid}`,
        signal,
      });
      database = stack.get('database');
      probe = await connect('probe');
      probe.on('error', () => {});
      await probe.query('CREATE TABLE items (id INT PRIMARY KEY, v INT)');
    }, SLOW_MS);
    afterAll(async () => {
      probe?.destroy();
      await stack?.[Symbol.asyncDispose]();
    }, SLOW_MS);

    /** Statements of `role` so far, by kind. */
    async function statementsOf(role: Role): Promise<{ select: number; execute: number; insert: number }> {
      const [rows] = await probe.query<RowDataPacket[]>(
        `SELECT event_name AS name, count_star AS n
         FROM performance_schema.events_statements_summary_by_user_by_event_name WHERE user = ?`,
        [role],
      );
      const count = (name: string) => Number(rows.find((row) => row.name === name)?.n ?? 0);
      return {
        select: count('statement/sql/select'),
        execute: count('statement/com/Execute'),
        insert: count('statement/sql/insert'),
      };
    }

    /** The server answers a statement before it counts it, which on a busy machine is much before. */
    const COUNTED = { timeout: 10_000 };

    it('counts the statements of each user exactly, over open and closed connections', async () => {
      const before = await statementsOf('service');
      const open = await Promise.all(Array.from({ length: 20 }, () => connect('service')));
      for (const connection of open)
        for (let n = 0; n < 5; n++) await connection.query('SELECT v FROM items');
      for (const connection of open.slice(0, 10)) await connection.end();
      for (let n = 0; n < 7; n++) await open[19]?.execute('SELECT v FROM items WHERE id = ?', [n]);
      for (let n = 0; n < 3; n++) await open[19]?.query('INSERT INTO items VALUES (?, 1)', [n]);
      // The probe's own must not show up.
      for (let n = 0; n < 11; n++) await probe.query('SELECT v FROM items');
      const counted = async () => {
        const after = await statementsOf('service');
        return {
          select: after.select - before.select,
          execute: after.execute - before.execute,
          insert: after.insert - before.insert,
        };
      };
      await expect.poll(counted, COUNTED).toEqual({ select: 100, execute: 7, insert: 3 });
      for (const connection of open) connection.destroy();
    });

    it('drops no count with 400 connections', async () => {
      const before = await statementsOf('service');
      const open = await Promise.all(Array.from({ length: 400 }, () => connect('service')));
      await Promise.all(open.map((connection) => connection.query('SELECT v FROM items')));
      const selects = async () => (await statementsOf('service')).select - before.select;
      await expect.poll(selects, COUNTED).toBe(400);
      const [lost] = await probe.query<RowDataPacket[]>("SHOW GLOBAL STATUS LIKE 'performance_schema%lost'");
      for (const connection of open) connection.destroy();
      const counted = /users|accounts|hosts|thread_instances|statement_classes/i;
      const dropped = lost.filter((row) => counted.test(row.Variable_name) && Number(row.Value) > 0);
      expect(dropped).toEqual([]);
    });

    it('logs whole rows with their column names', async () => {
      const [rows] = await probe.query<RowDataPacket[]>(
        `SHOW GLOBAL VARIABLES WHERE variable_name IN
         ('log_bin', 'binlog_format', 'binlog_row_image', 'binlog_row_metadata', 'performance_schema',
          'skip_name_resolve')`,
      );
      expect(Object.fromEntries(rows.map((row) => [row.Variable_name, row.Value]))).toEqual({
        log_bin: 'ON',
        binlog_format: 'ROW',
        binlog_row_image: 'FULL',
        binlog_row_metadata: 'FULL',
        performance_schema: 'ON',
        skip_name_resolve: 'ON',
      });
    });

    it('lets each role do its work and no more', async () => {
      const relay = await connect('relay');
      const service = await connect('service');
      try {
        await relay.query('SHOW BINARY LOGS');
        await expect(service.query('SHOW BINARY LOGS')).rejects.toThrow(/denied/i);
        await expect(service.query('SELECT * FROM mysql.user')).rejects.toThrow(/denied/i);
        await service.query('CREATE TABLE own (id INT)');
        await probe.query('SHOW PROCESSLIST');
        await probe.query('TRUNCATE performance_schema.events_statements_summary_by_user_by_event_name');
      } finally {
        relay.destroy();
        service.destroy();
      }
    });

    it('has no other account that can log in', async () => {
      for (const user of ['root', '']) {
        const { hostname: host, port } = new URL(database.url('probe'));
        await expect(createConnection({ host, port: Number(port), user })).rejects.toThrow(/denied/i);
      }
    });

    it('keeps every acknowledged row when killed', async () => {
      const service = await connect('service');
      service.on('error', () => {});
      for (let id = 100; id < 150; id++) await service.query('INSERT INTO items VALUES (?, 1)', [id]);
      await database.kill();
      await database.restart();
      probe.destroy();
      probe = await connect('probe');
      const [rows] = await probe.query<RowDataPacket[]>('SELECT COUNT(*) AS n FROM items WHERE id >= 100');
      expect(rows[0]?.n).toBe(50);
    });

    it('flushes rows and keeps tables', async () => {
      await database.flush();
      const [rows] = await probe.query<RowDataPacket[]>('SELECT COUNT(*) AS n FROM items');
      expect(rows[0]?.n).toBe(0);
    });
  });
}
