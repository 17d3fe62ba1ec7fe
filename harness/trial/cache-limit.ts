import type { EvictionPolicy } from '../../scenarios/strategies/eviction-policy.ts';
import { asking } from '../probes/probe-error.ts';
import { connectToRedis, REDIS } from '../probes/redis.ts';

/** How much the cache may hold. */
export interface CacheLimit {
  /** For entries, above what Redis uses without any. */
  readonly roomBytes: number;
  readonly policy: EvictionPolicy;
  /** `maxmemory-samples`. */
  readonly samples: number;
}

/** What was set, with what it was made from. */
export interface AppliedCacheLimit extends CacheLimit {
  /** `used_memory` before: the server itself and its connections. */
  readonly baseBytes: number;
  readonly maxMemoryBytes: number;
}

/** Limits the memory of one Redis, and puts back what it had. */
export interface CacheLimiter extends AsyncDisposable {
  /** Call it while Redis holds no entry, with all connections open: what it uses then is not taken from the room. */
  limit(limit: CacheLimit): Promise<AppliedCacheLimit>;
  /** As it was before the first limit; nothing where there was none. */
  lift(): Promise<void>;
}

const SETTINGS = ['maxmemory', 'maxmemory-policy', 'maxmemory-samples'] as const;

type Settings = Readonly<Record<(typeof SETTINGS)[number], string>>;

export async function connectCacheLimiter(url: string): Promise<CacheLimiter> {
  const redis = await connectToRedis(url);
  let before: Settings | null = null;

  async function current(): Promise<Settings> {
    // Name, value, name, value.
    const answer = (await redis.config('GET', ...SETTINGS)) as string[];
    const settingOf = (name: string) => answer[answer.indexOf(name) + 1];
    return Object.fromEntries(SETTINGS.map((name) => [name, settingOf(name)])) as Settings;
  }
  const set = (settings: Settings) =>
    asking(REDIS, () => redis.config('SET', ...Object.entries(settings).flat()));

  return {
    async limit({ roomBytes, policy, samples }) {
      before ??= await asking(REDIS, current);
      const memory = await asking(REDIS, () => redis.info('memory'));
      const baseBytes = Number(/^used_memory:(\d+)/m.exec(memory)?.[1]);
      const maxMemoryBytes = baseBytes + roomBytes;
      await set({
        maxmemory: String(maxMemoryBytes),
        'maxmemory-policy': policy,
        'maxmemory-samples': String(samples),
      });
      return { roomBytes, policy, samples, baseBytes, maxMemoryBytes };
    },
    async lift() {
      if (before === null) return;
      await set(before);
      before = null;
    },
    async [Symbol.asyncDispose]() {
      redis.disconnect();
    },
  };
}
