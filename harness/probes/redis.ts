import { Redis } from 'ioredis';
import type { Clock } from '../time/clock.ts';

/** What the Redis server counted since it started. */
export interface RedisCounters {
  readonly hits: number;
  readonly misses: number;
  readonly expired: number;
  readonly evicted: number;
  readonly memoryBytes: number;
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
  const client = await connect(url);
  const subscriber = await connect(url);
  return {
    async read() {
      return parseInfo(await client.info('stats', 'memory'));
    },
    async watch(key) {
      const channel = `__keyspace@0__:${key}`;
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

async function connect(url: string): Promise<Redis> {
  const redis = new Redis(url, { lazyConnect: true, commandTimeout: 5_000, maxRetriesPerRequest: 0 });
  // Without a listener a lost connection ends the process; the commands themselves report it.
  redis.on('error', () => undefined);
  await redis.connect();
  return redis;
}

/**
 * Picks the counters out of the text of INFO.
 *
 * @throws Error when a field is missing: a zero in its place would pass for a measurement.
 */
export function parseInfo(info: string): RedisCounters {
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
  };
}
