import { Redis, type RedisOptions } from 'ioredis';
import { redisOptions } from './redis-address.ts';

/** Replies are of one kind in all of them, so that its types need not tell them apart. */
type ClientOptions = Omit<RedisOptions, 'replyMapping'>;

/** How long a connection that is given up may take to close: the other end of a silent one never answers. */
const CLOSES_WITHIN_MS = 100;

/**
 * A client of the Redis at an address, not connected yet. Its errors are told by its commands only. Behind Sentinels it
 * goes to another master as soon as one of them names it.
 *
 * @throws AddressError
 */
export function redisClient(url: string, settings: ClientOptions): Redis {
  const options: ClientOptions = redisOptions(url);
  const behindSentinel = options.sentinels != null;
  if (behindSentinel) options.disconnectTimeout = CLOSES_WITHIN_MS;
  const redis = new Redis(Object.assign(options, settings, { lazyConnect: true }));
  // Without a listener a lost connection ends the process; the commands themselves report it.
  redis.on('error', () => undefined);
  if (behindSentinel) followSentinels(redis, options);
  return redis;
}

/**
 * Has a client leave its server when a Sentinel names another master: a server that is silent closes no connection, and
 * one that was silent takes writes again until it is told that it is none any more. The library's own `failoverDetector`
 * prints an error for every Sentinel that is away.
 */
function followSentinels(redis: Redis, options: ClientOptions): void {
  const { name, sentinels, sentinelUsername, sentinelPassword, sentinelTLS } = options;
  let watchers: Redis[] = [];
  redis.on('connect', () => {
    if (watchers.length > 0) return;
    watchers = (sentinels ?? []).map(({ host, port }) => {
      const watcher = new Redis({
        ...(host === undefined ? {} : { host }),
        ...(port === undefined ? {} : { port }),
        ...(sentinelUsername == null ? {} : { username: sentinelUsername }),
        ...(sentinelPassword == null ? {} : { password: sentinelPassword }),
        ...(sentinelTLS === undefined ? {} : { tls: sentinelTLS }),
        maxRetriesPerRequest: null,
      });
      watcher.on('error', () => undefined);
      watcher.on('message', (_channel, text: string) => {
        // `name old-host old-port new-host new-port`
        if (text.split(' ')[0] === name) reconnect(redis);
      });
      // Kept until the Sentinel is there; rejected when the client ends before.
      watcher.subscribe('+switch-master').catch(() => undefined);
      return watcher;
    });
  });
  redis.on('end', () => {
    for (const watcher of watchers) watcher.disconnect();
    watchers = [];
  });
}

function reconnect(redis: Redis): void {
  if (redis.status === 'connect' || redis.status === 'ready') redis.disconnect(true);
  // It may be on its way to the old master. Disconnected now, it would end for good.
  else if (redis.status === 'connecting') redis.once('connect', () => redis.disconnect(true));
}
