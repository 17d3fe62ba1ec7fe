import type { Redis } from 'ioredis';

/** Keys a step of the cursor looks at: large enough for few round trips, small enough to hold up nobody else. */
const SCAN_COUNT = 1_000;

/** All keys that begin with `prefix`, in batches, without holding the server up as KEYS does. May repeat a key. */
export async function* keysWith(redis: Redis, prefix: string): AsyncGenerator<readonly string[]> {
  let cursor = '0';
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', `${literally(prefix)}*`, 'COUNT', SCAN_COUNT);
    if (keys.length > 0) yield keys;
    cursor = next;
  } while (cursor !== '0');
}

/** Removes the keys of a prefix, and nothing else; not those of `but`. */
export async function removeKeys(redis: Redis, prefix: string, but: readonly string[] = []): Promise<void> {
  for await (const keys of keysWith(redis, prefix)) {
    const ours = keys.filter((key) => key.startsWith(prefix) && !but.includes(key));
    if (ours.length > 0) await redis.unlink(...ours);
  }
}

/** As SCAN takes a text that means itself. */
function literally(text: string): string {
  return text.replace(/[\\*?[\]^]/g, '\\$&');
}
