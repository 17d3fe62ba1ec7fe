// Loaded by the guardian, once the harness is gone.
import { connectOnce } from './connect-once.ts';
import { removeKeys } from './keyspace.ts';
import { listen, type RedisPossession } from './lease.ts';
import { markerKey, readMarker } from './marker.ts';

/** Removes all keys of a run, if they still are that run's. */
export async function remove(run: RedisPossession): Promise<void> {
  const { url, prefix, runId } = run;
  // As if the run lived: else another might take the keys over and find its own removed.
  await using _life = await listen(run);
  const redis = await connectOnce(url);
  try {
    const marker = await readMarker(redis, prefix);
    if (marker?.runId !== runId) return;
    // Last: as long as anything is left, another run can tell whose it was.
    await removeKeys(redis, prefix, [markerKey(prefix)]);
    await redis.unlink(markerKey(prefix));
  } finally {
    redis.disconnect();
  }
}
