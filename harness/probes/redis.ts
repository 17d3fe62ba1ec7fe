import type { Redis } from 'ioredis';
import { redisClient } from '../../infra/address/redis-client.ts';
import type { Clock } from '../time/clock.ts';
import { asking } from './probe-error.ts';
import { carryingOver, parseInfo, type RedisCounters, runIdOf } from './redis-counters.ts';

/** Something that happened to a watched key, as the server announced it. */
export interface KeyEvent {
  /** Microseconds on the machine's monotonic clock, when the announcement arrived. */
  readonly atUs: number;
  /** Redis's name of the event: `set`, `expired`, `del`, `evicted`. */
  readonly event: string;
}

/** As errors name it. */
export const REDIS = 'Redis';

/** Each question throws a `ProbeError` when it is not answered. */
export interface RedisProbe extends AsyncDisposable {
  read(): Promise<RedisCounters>;
  /**
   * Records what happens to one key until the returned function is called, which hands the events over.
   * Needs `notify-keyspace-events` with `K`, `g`, `$` and `x`.
   */
  watch(key: string): Promise<() => Promise<readonly KeyEvent[]>>;
}

/** A failover takes a second or two, and a command waits for five. */
const TAKES_OVER_WITHIN_MS = 10_000;
const BETWEEN_TRIES_MS = 20;

export async function connectRedisProbe(url: string, clock: Clock): Promise<RedisProbe> {
  const client = await connectToRedis(url);
  const subscriber = await connectToRedis(url);
  const database = client.options.db ?? 0;
  const carryOver = carryingOver();
  const mayChange = client.options.sentinels != null;

  /** Where others may take over, until one of them has. */
  async function ask(question: () => Promise<string>): Promise<string> {
    const giveUpUs = clock.nowUs() + TAKES_OVER_WITHIN_MS * 1000;
    for (;;) {
      try {
        return await question();
      } catch (error) {
        if (!mayChange || clock.nowUs() > giveUpUs) throw error;
        await clock.sleep(BETWEEN_TRIES_MS);
      }
    }
  }

  return {
    async read() {
      const info = await asking(REDIS, () =>
        ask(() => client.info('server', 'stats', 'memory', 'keyspace', 'errorstats')),
      );
      return carryOver(parseInfo(info, database), runIdOf(info));
    },
    async watch(key) {
      const channel = `__keyspace@${database}__:${key}`;
      const events: KeyEvent[] = [];
      const record = (from: string, event: string) => {
        if (from === channel) events.push({ atUs: clock.nowUs(), event });
      };
      subscriber.on('message', record);
      await asking(REDIS, () => subscriber.subscribe(channel));
      return async () => {
        await asking(REDIS, () => subscriber.unsubscribe(channel));
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

/**
 * A connection of the harness's own: an outage is an error at once, not a wait.
 *
 * @throws ProbeError
 */
export async function connectToRedis(url: string): Promise<Redis> {
  const redis = redisClient(url, { commandTimeout: 5_000, maxRetriesPerRequest: 0 });
  await asking(REDIS, () => redis.connect());
  return redis;
}
