import type { Redis } from 'ioredis';
import { systemClock } from '../../../harness/time/clock.ts';
import type { Finding } from '../../backend.ts';
import { connectOnce } from './connect-once.ts';

/** What the probe has to hear of: keyspace channel; generic, string and expired events. */
const KEY_EVENTS = 'Kg$x';
const WITHIN_MS = 2_000;
const BETWEEN_LOOKS_MS = 10;

/** Empty, too, where the user may not read the setting: what is announced shows once there are keys of ours. */
export async function examineKeyEvents(redis: Redis, server: string): Promise<Finding[]> {
  let answer: string[];
  try {
    answer = (await redis.config('GET', 'notify-keyspace-events')) as string[];
  } catch {
    return [];
  }
  const [, flags = ''] = answer;
  // A stands for all kinds of events, but not for the channel.
  const has = (flag: string) => flags.includes(flag) || (flag !== 'K' && flags.includes('A'));
  if ([...KEY_EVENTS].every(has)) return [];
  const wanted = [...new Set([...flags, ...KEY_EVENTS])].join('');
  return [
    {
      server,
      what: 'notify-keyspace-events',
      expected: `K, g, $ and x among its flags`,
      got: flags === '' ? 'none' : flags,
      mend: `CONFIG SET notify-keyspace-events ${wanted}`,
    },
  ];
}

/** Writes, deletes and lets expire a key that is the run's own, and looks which of that is announced. */
export async function observeKeyEvents(
  redis: Redis,
  { url, key, server }: { readonly url: string; readonly key: string; readonly server: string },
): Promise<Finding[]> {
  const listener = await connectOnce(url);
  try {
    const missing = new Set(['set', 'del', 'expired']);
    listener.on('message', (_channel, event: string) => missing.delete(event));
    await listener.subscribe(`__keyspace@${redis.options.db ?? 0}__:${key}`);
    await redis.set(key, '');
    await redis.del(key);
    await redis.set(key, '', 'PX', 1);
    const untilUs = systemClock.nowUs() + WITHIN_MS * 1e3;
    while (missing.size > 0 && systemClock.nowUs() < untilUs) {
      await systemClock.sleep(BETWEEN_LOOKS_MS);
      // Looked for, an expired key is gone; by itself it might take its time.
      await redis.get(key);
    }
    if (missing.size === 0) return [];
    return [
      {
        server,
        what: 'its announcements of what happens to keys',
        expected: 'those of set, del and expired',
        got: `none of ${[...missing].join(', ')}`,
        mend: `Have notify-keyspace-events ${KEY_EVENTS} put into its configuration: this user may neither read nor set it.`,
      },
    ];
  } finally {
    listener.disconnect();
  }
}
