import type { Redis } from 'ioredis';
import { redisClient } from '../../infra/address/redis-client.ts';
import type { Clock } from '../time/clock.ts';

/** What the Redis server counted since it started. */
export interface RedisCounters {
  readonly hits: number;
  readonly misses: number;
  readonly expired: number;
  readonly evicted: number;
  readonly memoryBytes: number;
  /** Keys that it holds. */
  readonly entries: number;
  /** Commands that it refused because its memory was full and nothing could be evicted. */
  readonly refused: number;
}

/** Something that happened to a watched key, as the server announced it. */
export interface KeyEvent {
  /** Microseconds on the machine's monotonic clock, when the announcement arrived. */
  readonly atUs: number;
  /** Redis's name of the event: `set`, `expired`, `del`, `evicted`. */
  readonly event: string;
}

export interface RedisProbe extends AsyncDisposable {
  read(): Promise<RedisCounters>;
  /**
   * Records what happens to one key until the returned function is called, which hands the events over.
   * Needs `notify-keyspace-events` with `K`, `g`, `$` and `x`.
   */
  watch(key: string): Promise<() => Promise<readonly KeyEvent[]>>;
}

export async function connectRedisProbe(url: string, clock: Clock): Promise<RedisProbe> {
  const client = await connectToRedis(url);
  const subscriber = await connectToRedis(url);
  const database = client.options.db ?? 0;
  return {
    async read() {
      return parseInfo(await client.info('stats', 'memory', 'keyspace', 'errorstats'), database);
    },
    async watch(key) {
      const channel = `__keyspace@${database}__:${key}`;
      const events: KeyEvent[] = [];
      const record = (from: string, event: string) => {
        if (from === channel) events.push({ atUs: clock.nowUs(), event });
      };
      subscriber.on('message', record);
      await subscriber.subscribe(channel);
      return async () => {
        await subscriber.unsubscribe(channel);
        subscriber.off('message', record);
        return events;
      };
    },
    async [Symbol.asyncDispose]() {
      subscriber.disconnect();
      client.disconnect();
    },
  };
}

/** A connection of the harness's own: an outage is an error at once, not a wait. */
export async function connectToRedis(url: string): Promise<Redis> {
  const redis = redisClient(url, { commandTimeout: 5_000, maxRetriesPerRequest: 0 });
  await redis.connect();
  return redis;
}

/**
 * Picks the counters out of the text of INFO.
 *
 * @param database whose keys are counted; all else is the whole server's
 * @throws Error when a field is missing: a zero in its place would pass for a measurement.
 */
export function parseInfo(info: string, database = 0): RedisCounters {
  const fields = new Map(
    info.split('\r\n').flatMap((line): [string, string][] => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)]];
    }),
  );
  const number = (name: string) => {
    const value = Number(fields.get(name) ?? Number.NaN);
    if (Number.isNaN(value)) throw new Error(`Redis INFO has no number ${name}`);
    return value;
  };
  return {
    hits: number('keyspace_hits'),
    misses: number('keyspace_misses'),
    expired: number('expired_keys'),
    evicted: number('evicted_keys'),
    memoryBytes: number('used_memory'),
    entries: Number(keysOf(database).exec(section(info, 'Keyspace'))?.[1] ?? 0),
    refused: Number(/^errorstat_OOM:count=(\d+)/m.exec(section(info, 'Errorstats'))?.[1] ?? 0),
  };
}

const keysOf = (database: number) => new RegExp(`^db${database}:keys=(\\d+)`, 'm');

/** Sections that list only what there is: nothing listed is zero, but only where the section itself is there. */
function section(info: string, name: string): string {
  const from = info.indexOf(`# ${name}\r\n`);
  if (from < 0) throw new Error(`Redis INFO has no section ${name}`);
  return info.slice(from).split('\r\n\r\n')[0] ?? '';
}
