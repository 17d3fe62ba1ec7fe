import { Redis, type RedisOptions } from 'ioredis';
import { redisOptions } from './redis-address.ts';

/** Replies are of one kind in all of them, so that its types need not tell them apart. */
type ClientOptions = Omit<RedisOptions, 'replyMapping'>;

/**
 * A client of the Redis at an address, not connected yet. Its errors are told by its commands only.
 *
 * @throws AddressError
 */
export function redisClient(url: string, settings: ClientOptions): Redis {
  const options: ClientOptions = redisOptions(url);
  const redis = new Redis(Object.assign(options, settings, { lazyConnect: true }));
  // Without a listener a lost connection ends the process; the commands themselves report it.
  redis.on('error', () => undefined);
  return redis;
}
