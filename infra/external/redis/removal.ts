// Loaded by the guardian, once the harness is gone.
import { redisClient } from '../../address/redis-client.ts';
import { removeKeys } from './keyspace.ts';
import { markerKey, readMarker } from './marker.ts';

/** The keys of a run. */
export interface RedisRemains {
  readonly url: string;
  readonly prefix: string;
  readonly runId: string;
}

const TIMEOUT_MS = 10_000;

/** Removes all keys of a run, if they still are that run's. */
export async function remove({ url, prefix, runId }: RedisRemains): Promise<void> {
  const redis = redisClient(url, { commandTimeout: TIMEOUT_MS, connectTimeout: TIMEOUT_MS });
  try {
    await redis.connect();
    const marker = await readMarker(redis, prefix);
    if (marker?.runId !== runId) return;
    // Last: as long as anything is left, another run can tell whose it was.
    await removeKeys(redis, prefix, [markerKey(prefix)]);
    await redis.unlink(markerKey(prefix));
  } finally {
    redis.disconnect();
  }
}
