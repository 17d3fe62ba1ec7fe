/** What tests of external servers share: servers that somebody else started, and their backends. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { type Backend, type Finding, type Needs, NO_NEEDS } from '../backend.ts';
import { UnfitServersError } from '../errors.ts';
import { localDatabase } from '../local/database.ts';
import { findProgram } from '../local/find.ts';
import { newSecret } from '../secret.ts';
import { type Stack, startStack } from '../stack.ts';
import { lockName } from './database/possession.ts';

export const ALL_NEEDS: Needs = { ...NO_NEEDS, keyEvents: true, changeLog: true, hashExchange: true };

const never = new AbortController().signal;

export function startForTest(...backends: Backend[]): Promise<Stack> {
  return startStack({ backends, runId: `test-${randomUUID()}`, signal: never });
}

/** Returns what keeps a run from using a server; `null` once it could be started, which is undone. */
export async function findingsOf(backend: Backend): Promise<readonly Finding[] | null> {
  try {
    await using _stack = await startForTest(backend);
    return null;
  } catch (error) {
    if (error instanceof UnfitServersError) return error.findings;
    throw error;
  }
}

/** Number of the connection that has the lock of a schema. */
export async function holderOf(admin: Connection, schema: string): Promise<string | undefined> {
  const [[row]] = await admin.query<RowDataPacket[]>('SELECT IS_USED_LOCK(?) AS id', [lockName(schema)]);
  return row?.id === null ? undefined : String(row?.id);
}

/** Number of the connection that listens to something, and is no Sentinel's. */
export async function listenerOf(redis: Redis): Promise<string | undefined> {
  const clients = String(await redis.client('LIST', 'TYPE', 'PUBSUB')).split('\n');
  return /\bid=(\d+)/.exec(clients.find((line) => !line.includes('name=sentinel')) ?? '')?.[1];
}

/** A database of somebody else, who is its administrator. */
export interface TheirDatabase extends AsyncDisposable {
  /** Of the administrator, without a schema. */
  readonly url: string;
  readonly admin: Connection;
  /** Every table of theirs with what is in it, every user with what he may do, and all settings. */
  snapshot(): Promise<unknown>;
}

/** @param args of the server, beside those that make it fit */
export async function startTheirDatabase(...args: string[]): Promise<TheirDatabase> {
  await using starting = new AsyncDisposableStack();
  const folder = starting.adopt(await mkdtemp(join(tmpdir(), 'test-theirs-')), (path) =>
    rm(path, { recursive: true }),
  );
  const program = await findProgram('database');
  const password = newSecret();
  // One statement a line, appended to those that the server starts with.
  const sql = join(folder, 'admin.sql');
  const statements = [
    `CREATE USER admin@'%' IDENTIFIED BY '${password}';`,
    "GRANT ALL ON *.* TO admin@'%' WITH GRANT OPTION;",
  ];
  await writeFile(sql, `${statements.join('\n')}\n`);
  const path = join(folder, 'server');
  const lines = [
    '#!/bin/sh',
    `for arg; do case $arg in --init-file=*) cat ${sql} >> "\${arg#--init-file=}";; esac; done`,
    `exec ${program.path} "$@" ${args.join(' ')}`,
  ];
  await writeFile(path, `${lines.join('\n')}\n`, { mode: 0o700 });
  const stack = starting.use(await startForTest(localDatabase({ program: { ...program, path } })));
  const { host } = new URL(stack.get('database').url('probe'));
  const url = `mysql://admin:${password}@${host}/`;
  const admin = starting.adopt(await createConnection(url), (connection) => connection.end());
  const cleanUp = starting.move();
  return {
    url,
    admin,
    snapshot: () => snapshotOf(admin),
    [Symbol.asyncDispose]: () => cleanUp.disposeAsync(),
  };
}

async function snapshotOf(admin: Connection): Promise<unknown> {
  const rows = async (sql: string) => (await admin.query<RowDataPacket[]>(sql))[0];
  const tables = await rows(
    `SELECT table_schema AS s, table_name AS t, table_type AS type FROM information_schema.tables
     WHERE table_schema NOT IN ('information_schema', 'performance_schema', 'sys')
       AND NOT (table_schema = 'mysql' AND table_name = 'gtid_executed') ORDER BY 1, 2`,
  );
  const contents = [];
  for (const { s, t } of tables) {
    const name = `\`${s}\`.\`${t}\``;
    contents.push([name, await rows(`SHOW CREATE TABLE ${name}`), await rows(`CHECKSUM TABLE ${name}`)]);
  }
  const settings = (await rows('SHOW GLOBAL VARIABLES')).filter(
    // What the binary log's position moves along with.
    ({ Variable_name: name }) => !/^(gtid|timestamp|innodb_buffer|last_|rand_seed)/.test(String(name)),
  );
  return {
    schemas: await rows('SHOW SCHEMAS'),
    contents,
    routines: await rows(
      'SELECT routine_schema, routine_name, routine_definition FROM information_schema.routines',
    ),
    privileges: await rows('SELECT * FROM information_schema.user_privileges'),
    settings,
  };
}
