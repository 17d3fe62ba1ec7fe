import { createPool, type Pool, type PoolConnection, type RowDataPacket } from 'mysql2/promise';
import { mysqlOptions } from '../../infra/address/mysql-address.ts';
import { setAllSessions } from '../../infra/address/session.ts';
import type { Item, Origin, StoreOptions } from '../../scenarios/strategies/strategy.ts';
import { reasonOf } from '../failure/reason.ts';
import type { Clock } from '../time/clock.ts';
import { AbandonedError, OriginError, RolledBackError } from './origin-error.ts';
import { upsert, upsertInTransaction, type WriteParts } from './origin-write.ts';

/** The origin's own count of what it sent, to be held against the database server's. */
export interface OriginStats {
  reads: number;
  /** Statements that insert or update; `BEGIN` and `COMMIT` are none. */
  writes: number;
  inFlight: number;
  /** Of the database; what a strategy's own step rolled back is none. */
  errors: number;
  /** The same by the driver's code. */
  readonly errorCodes: Map<string, number>;
  /** Since `restartSlowest` was last called. */
  slowestLoadMs: number;
  /**
   * Rows that readers asked for, by the family of their key: the key without its number at the end. In one
   * query of many rows each counts.
   */
  readonly askedByFamily: Map<string, number>;
  /** Of all loads together, waiting for a connection included. */
  totalLoadMs: number;
}

export interface OriginOptions {
  readonly url: string;
  /** Cost of a read inside the database, milliseconds. Capacity is `poolSize x 1000 / queryMs` a process. */
  readonly queryMs: number;
  readonly poolSize: number;
  readonly clock: Clock;
  /** Called when the stats have changed; of a statement just before it is sent. @default nobody is told */
  readonly onCount?: () => void;
}

export interface CountedOrigin extends Origin, AsyncDisposable {
  readonly stats: Readonly<OriginStats>;
  /** Forgets the slowest load so far: a maximum, unlike a count, has no difference to an earlier one. */
  restartSlowest(): void;
  /** Fails all loads and writes that still wait for a connection, and all that come. What is being queried goes on. */
  abandon(): void;
}

// The cost is paid in a derived table, so that a row that does not exist costs as much as one that does:
// in `SELECT ..., SLEEP(d) FROM items WHERE id = ?` a missing row would be free, and a penetration storm too.
const READ = `SELECT i.id, i.value, i.version
  FROM (SELECT SLEEP(?) AS paid) AS cost LEFT JOIN items AS i ON i.id = ?`;
const READ_MANY = `SELECT i.id, i.value, i.version
  FROM (SELECT SLEEP(?) AS paid) AS cost JOIN items AS i ON i.id IN (?)`;
const KEYS = 'SELECT id FROM items WHERE id > ? ORDER BY id LIMIT ?';

const MAX_FAMILIES = 32;

interface ItemRow extends RowDataPacket {
  readonly id: string | null;
  readonly value: string;
  readonly version: number;
}

/**
 * The database behind a bounded pool, with its modelled query cost.
 *
 * @throws OriginError from `load` and `store` when the database can't be reached or refuses the statement.
 */
export function connectOrigin({
  url,
  queryMs,
  poolSize,
  clock,
  onCount = () => {},
}: OriginOptions): CountedOrigin {
  const pool = createPool({
    ...mysqlOptions(url),
    connectionLimit: poolSize,
    maxIdle: poolSize,
    connectTimeout: 5_000,
    // Nothing is prepared here. The default reserves half a megabyte of heap a connection for what might be,
    // and a process would seem to hold more the more connections it came to open.
    maxPreparedStatements: 1,
  });
  setAllSessions(pool);
  const stats: OriginStats = {
    reads: 0,
    writes: 0,
    inFlight: 0,
    errors: 0,
    errorCodes: new Map(),
    slowestLoadMs: 0,
    askedByFamily: new Map(),
    totalLoadMs: 0,
  };

  let abandoned = false;
  const counted: Counted = (use) =>
    onConnection(pool, stats, (connection) => {
      // Here, where it has just left the pool's own queue, which can't be emptied from outside.
      if (abandoned) throw new AbandonedError();
      return use(connection);
    });

  /** The rows of a query that a reader waits for. */
  async function read(sql: string, wanted: string | readonly string[]): Promise<Item[]> {
    const askedAtUs = clock.nowUs();
    try {
      return await counted(async (connection) => {
        stats.reads++;
        for (const key of [wanted].flat()) countFamily(stats.askedByFamily, key);
        onCount();
        const loadedAtMs = clock.wallMs();
        const [rows] = await connection.query<ItemRow[]>(sql, [queryMs / 1000, wanted]);
        return rows.flatMap(({ id, value, version }) =>
          id === null ? [] : [{ id, value, version, loadedAtMs }],
        );
      });
    } finally {
      const tookMs = (clock.nowUs() - askedAtUs) / 1000;
      stats.totalLoadMs += tookMs;
      stats.slowestLoadMs = Math.max(stats.slowestLoadMs, tookMs);
      onCount();
    }
  }

  async function load(key: string): Promise<Item | null> {
    return (await read(READ, key))[0] ?? null;
  }

  async function loadMany(keys: readonly string[]): Promise<readonly Item[]> {
    // An empty list is no SQL.
    return keys.length === 0 ? [] : read(READ_MANY, keys);
  }

  async function* keys(batch = 5_000): AsyncGenerator<readonly string[]> {
    for (let last = ''; ; ) {
      const after = last;
      const found = await counted(async (connection) => {
        stats.reads++;
        onCount();
        const [rows] = await connection.query<ItemRow[]>(KEYS, [after, batch]);
        return rows.flatMap(({ id }) => id ?? []);
      });
      const end = found.at(-1);
      if (end === undefined) return;
      yield found;
      last = end;
    }
  }

  async function store(key: string, value: string, options: StoreOptions = {}): Promise<number> {
    return counted(async (connection) => {
      const onStatement = () => {
        stats.writes++;
        onCount();
      };
      const row = { key, value, storedUs: Math.floor(clock.nowUs()) };
      const parts: WriteParts = { connection, row, onStatement };
      return options.beforeCommit === undefined && options.outbox !== true
        ? upsert(parts)
        : upsertInTransaction(parts, options);
    });
  }

  const abandon = () => {
    abandoned = true;
  };
  const restartSlowest = () => {
    stats.slowestLoadMs = 0;
    onCount();
  };
  return {
    ...{ stats, restartSlowest, load, loadMany, keys, store, abandon },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

type Counted = <T>(use: (connection: PoolConnection) => Promise<T>) => Promise<T>;

function countFamily(counts: Map<string, number>, key: string): void {
  const family = key.replace(/-?\d+$/, '');
  // A service outside of a storm is asked for anything: so many families are no families.
  if (counts.size >= MAX_FAMILIES && !counts.has(family)) return;
  counts.set(family, (counts.get(family) ?? 0) + 1);
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
}

async function onConnection<T>(
  pool: Pool,
  stats: OriginStats,
  use: (connection: PoolConnection) => Promise<T>,
): Promise<T> {
  stats.inFlight++;
  try {
    const connection = await pool.getConnection();
    try {
      return await use(connection);
    } finally {
      connection.release();
    }
  } catch (cause) {
    if (cause instanceof AbandonedError || cause instanceof RolledBackError) throw cause;
    stats.errors++;
    const code = codeOf(cause);
    stats.errorCodes.set(code, (stats.errorCodes.get(code) ?? 0) + 1);
    throw new OriginError(`the database did not answer: ${reasonOf(cause)}`, { cause });
  } finally {
    stats.inFlight--;
  }
}
