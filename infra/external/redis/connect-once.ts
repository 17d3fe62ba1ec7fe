import type { Redis } from 'ioredis';
import { redisClient } from '../../address/redis-client.ts';
import { within } from '../within.ts';

const CONNECT_MS = 5_000;
const COMMAND_MS = 10_000;

/** A client that is connected, and does not connect again. Rejects with what was wrong first. */
export async function connectOnce(url: string): Promise<Redis> {
  const redis = redisClient(url, {
    connectTimeout: CONNECT_MS,
    commandTimeout: COMMAND_MS,
    retryStrategy: null,
    sentinelRetryStrategy: () => null,
  });
  let failure: unknown;
  redis.on('error', (error) => {
    failure ??= error;
  });
  try {
    await within(CONNECT_MS * 2, redis.connect());
    await redis.ping();
    // It connects to database 0 when there is none of the number that was asked for, and says so aside.
    if (failure !== undefined) throw failure;
    return redis;
  } catch (error) {
    redis.disconnect();
    throw failure ?? error;
  }
}
