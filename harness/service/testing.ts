/** What tests of strategies share: a real Redis and database, and instances of a strategy that share them. */
import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import type { Backend } from '../../infra/backend.ts';
import { localDatabase } from '../../infra/local/database.ts';
import { localRedis } from '../../infra/local/redis.ts';
import { type Stack, startStack } from '../../infra/stack.ts';
import type { StrategyDefinition } from '../../scenarios/strategies/definition.ts';
import { decodeLogicalEntry } from '../../scenarios/strategies/entry.ts';
import type { MessageSink } from '../../scenarios/strategies/relay.ts';
import type {
  BarrierName,
  ReadRequest,
  ReadResult,
  ReadStrategy,
} from '../../scenarios/strategies/strategy.ts';
import { connectDatabaseProbe, type DatabaseProbe } from '../probes/database.ts';
import { systemClock } from '../time/clock.ts';
import { seededRandom } from '../time/random.ts';
import { BarrierBoard } from './barrier-board.ts';
import { connectRedis, entryKey, strategyContext } from './context.ts';
import { type CountedOrigin, connectOrigin, type OriginOptions } from './origin.ts';
import { readerAndWriter } from './reader-and-writer.ts';

export const KEY_PREFIX = 'test:';
export const TTL_MS = 60_000;

/** One service process's worth of a strategy; several of them share Redis and the database. */
export interface Instance {
  /** As the definition made it, asked by a client that never hangs up. */
  readonly strategy: Omit<ReadStrategy, 'get'> & {
    get(key: string, request?: Partial<ReadRequest>): Promise<ReadResult>;
  };
  /** Writes a row as the service does, by the definition's own way or cache-aside, and then the reader is told. */
  put(key: string, value: string): Promise<number | null>;
  readonly board: BarrierBoard;
  /** The barriers that it has left behind. */
  readonly passed: readonly BarrierName[];
  readonly backgroundErrors: unknown[];
  /** Ends its background work, as the end of the process would. */
  stop(): void;
}

export interface InstanceOptions {
  /** @default 60 s */
  readonly ttlMs?: number;
  /** Others than the defaults. */
  readonly parameters?: Readonly<Record<string, number>>;
  /** @default 1 */
  readonly seed?: number;
  /** @default the one that all share */
  readonly redis?: Redis;
  /** Where a way to write publishes. @default nowhere: it is refused */
  readonly queue?: MessageSink;
}

export interface StrategyBench extends AsyncDisposable {
  readonly stack: Stack;
  readonly redis: Redis;
  readonly origin: CountedOrigin;
  readonly probe: DatabaseProbe;
  /** Empties Redis and puts `rows` items into the database, `item-0` and so on, of 32 bytes. */
  reset(rows?: number): Promise<void>;
  /** Makes an instance and starts it. */
  instanceOf(definition: StrategyDefinition, options?: InstanceOptions): Promise<Instance>;
  /** Another origin on the same database, ended with the bench. */
  connectOrigin(options: Pick<OriginOptions, 'poolSize' | 'queryMs'>): CountedOrigin;
  /** Asks the database as one whose statements are not counted. */
  rowsOf<T extends object>(sql: string, values?: readonly unknown[]): Promise<readonly T[]>;
  /** Transactions that wait for another's lock right now. */
  lockWaits(): Promise<number>;
  /** Ends the connections of the service's that are in a transaction right now. */
  killTransactions(): Promise<void>;
  /** Reads that `work` sent to the database, as the origin counted them. */
  loadsOf(work: () => Promise<unknown>): Promise<number>;
  /** Waits until the entry of `key`, which stays readable, counts as expired. */
  expired(key: string): Promise<void>;
}

const QUERY_MS = 5;
const POOL_SIZE = 16;

/** @param others Backends beside Redis and the database. @default none */
export async function startStrategyBench(others: readonly Backend[] = []): Promise<StrategyBench> {
  await using starting = new AsyncDisposableStack();
  const signal = new AbortController().signal;
  const runId = `test-${randomUUID()}`;
  const backends = [localRedis(), localDatabase(), ...others];
  const stack = starting.use(await startStack({ runId, backends, signal }));
  const bench = starting.use(await strategyBenchOn(stack));
  const cleanUp = starting.move();
  return { ...bench, [Symbol.asyncDispose]: () => cleanUp.disposeAsync() };
}

/**
 * @param stack With Redis and the database; it outlives the bench.
 * @param administrator Address of the database for whoever may lock tables and see all transactions. @default the probe's,
 * which may on a server of the run's own
 */
export async function strategyBenchOn(stack: Stack, administrator?: string): Promise<StrategyBench> {
  await using starting = new AsyncDisposableStack();
  const database = stack.get('database');
  const { username } = new URL(database.url('service'));
  const probe = starting.use(await connectDatabaseProbe(database.url('probe'), username));
  const direct = await createConnection({ uri: administrator ?? database.url('probe') });
  starting.defer(() => direct.end());
  const redis = connectRedis(stack.get('redis').url('service'));
  await redis.connect();
  starting.defer(() => redis.disconnect());
  const origin = starting.use(
    connectOrigin({
      url: database.url('service'),
      queryMs: QUERY_MS,
      poolSize: POOL_SIZE,
      clock: systemClock,
    }),
  );
  const cleanUp = starting.move();
  const running = new Set<Instance>();
  // Before the connections that their background work uses.
  cleanUp.defer(() => {
    for (const instance of running) instance.stop();
  });
  async function rowsOf<T extends object>(sql: string, values: readonly unknown[] = []) {
    const [rows] = await direct.query<(T & RowDataPacket)[]>(sql, [...values]);
    return rows;
  }

  return {
    stack,
    redis,
    origin,
    probe,
    async reset(rows = 3) {
      for (const instance of running) instance.stop();
      running.clear();
      await stack.get('redis').flush();
      await probe.seed({ rows, valueBytes: 32, keyOf: (n) => `item-${n}` });
    },
    async instanceOf(definition, options = {}) {
      const made = makeInstance(definition, { redis, origin }, options);
      const instance = {
        ...made,
        stop() {
          made.stop();
          running.delete(instance);
        },
      };
      running.add(instance);
      await instance.strategy.start?.();
      return instance;
    },
    connectOrigin: (options) =>
      cleanUp.use(connectOrigin({ url: database.url('service'), clock: systemClock, ...options })),
    rowsOf,
    async lockWaits() {
      // Not innodb_trx: whoever reads that more than ten times a second gets the same old copy for good.
      const sql = "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'";
      return Number((await rowsOf<{ Value: string }>(sql))[0]?.Value);
    },
    async killTransactions() {
      const sql = 'SELECT trx_mysql_thread_id AS id FROM information_schema.innodb_trx';
      const found = await rowsOf<{ id: number }>(sql);
      // The server's list may be of just before, and a test that kills nothing would prove nothing.
      if (found.length === 0) throw new Error('the server knows of no open transaction');
      // Only an administrator may kill another user's.
      const service = await createConnection({ uri: database.url('service') });
      for (const { id } of found) await service.query('KILL ?', [id]);
      await service.end();
    },
    async loadsOf(work) {
      const before = origin.stats.reads;
      await work();
      return origin.stats.reads - before;
    },
    async expired(key) {
      const entry = decodeLogicalEntry(await redis.get(entryKey(KEY_PREFIX, key)));
      if (entry === null) throw new Error(`no entry of ${key} that says when it expires`);
      await systemClock.sleep(entry.expiresAtMs - systemClock.wallMs() + 1);
    },
    [Symbol.asyncDispose]: () => cleanUp.disposeAsync(),
  };
}

function makeInstance(
  definition: StrategyDefinition,
  servers: Pick<StrategyBench, 'redis' | 'origin'>,
  { ttlMs = TTL_MS, parameters = {}, seed = 1, redis = servers.redis, queue }: InstanceOptions,
): Instance {
  const board = new BarrierBoard();
  const passed: BarrierName[] = [];
  const backgroundErrors: unknown[] = [];
  const shutdown = new AbortController();
  const context = strategyContext({
    origin: servers.origin,
    redis,
    ...(queue === undefined ? {} : { queue }),
    clock: systemClock,
    random: seededRandom(seed),
    signal: shutdown.signal,
    ttlMs,
    keyPrefix: KEY_PREFIX,
    onBackgroundError: (error) => backgroundErrors.push(error),
    async barrier(name) {
      await board.barrier(name);
      passed.push(name);
    },
  });
  const defaults = Object.entries(definition.parameters).map(([name, parameter]) => [
    name,
    parameter.default,
  ]);
  const { reader: made, writer } = readerAndWriter(definition, context, {
    ...Object.fromEntries(defaults),
    ...parameters,
  });
  const { signal } = new AbortController();
  const strategy: Instance['strategy'] = {
    ...made,
    get: (key, request = {}) => made.get(key, { client: 'test', signal, ...request }),
  };
  async function put(key: string, value: string): Promise<number | null> {
    const version = await writer.put(key, value);
    await made.written?.(key);
    return version;
  }
  return { strategy, put, board, passed, backgroundErrors, stop: () => shutdown.abort() };
}
