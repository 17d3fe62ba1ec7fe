import { randomUUID } from 'node:crypto';
import type { Item, ReadStrategyDefinition } from 'cachestorm';

/**
 * A strategy of one's own: readers of a process share one attempt, and the attempts of all processes
 * compete for one lock. Only types are imported, so this file works from any folder.
 */
const RELEASE = `if redis.call('get', KEYS[1]) == ARGV[1] then redis.call('del', KEYS[1]) end`;

export default {
  kind: 'read',
  name: 'coalesced-mutex',
  idea: 'One attempt per process, one load among all processes.',
  source: 'docs/examples/coalesced-mutex.ts',
  weakness: 'Everyone waits for the load, and a crashed holder stalls the key for the lock time.',
  parameters: {
    lockMs: {
      unit: 'ms',
      default: 2_000,
      min: 1,
      max: 60_000,
      description: 'How long a lock is held at most.',
    },
  },
  expiry: 'physical',
  predict: () => [
    { metric: 'db.loadsPerExpiry', value: 1, low: 1, high: 1, formula: '1', tolerance: 'edge' },
  ],
  create({ redis, origin, clock, signal, ttlMs, entryKey, sideKey, barrier }, { lockMs }) {
    const attempts = new Map<string, Promise<Item | null>>();

    async function read(key: string): Promise<Item | null> {
      const text = await redis.get(entryKey(key));
      return text === null ? null : (JSON.parse(text) as Item);
    }

    async function fill(key: string): Promise<Item | null> {
      const item = await origin.load(key);
      await barrier('afterDbRead', key);
      if (item !== null) await redis.set(entryKey(key), JSON.stringify(item), 'PX', ttlMs);
      return item;
    }

    async function attempt(key: string): Promise<Item | null> {
      const lock = sideKey('lock', key);
      const token = randomUUID();
      for (;;) {
        if ((await redis.set(lock, token, 'PX', lockMs, 'NX')) === 'OK') {
          // Whoever held the lock before may have filled the entry: look again before loading.
          try {
            return (await read(key)) ?? (await fill(key));
          } finally {
            await redis.eval(RELEASE, 1, lock, token);
          }
        }
        await clock.sleep(10, signal);
        const item = await read(key);
        if (item !== null) return item;
      }
    }

    return {
      async get(key) {
        const cached = await read(key);
        if (cached !== null) return { item: cached, outcome: 'hit' };
        const joined = attempts.get(key) ?? attempt(key).finally(() => attempts.delete(key));
        attempts.set(key, joined);
        return { item: await joined, outcome: 'miss' };
      },
    };
  },
} satisfies ReadStrategyDefinition<'lockMs'>;
