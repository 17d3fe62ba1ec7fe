import type { Redis } from 'ioredis';
import { redisClient } from '../../infra/address/redis-client.ts';
import type { MessageSink, MessageSource } from '../../scenarios/strategies/relay.ts';
import type { BarrierName, Origin } from '../../scenarios/strategies/strategy.ts';
import type { WriteContext } from '../../scenarios/strategies/write-strategy.ts';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';

export interface ContextParts {
  readonly redis: Redis;
  readonly origin: Origin;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly ttlMs: number;
  readonly keyPrefix: string;
  readonly onBackgroundError: (error: unknown) => void;
  /** Called at every barrier. Without it strategies never stop there. */
  readonly barrier?: (name: BarrierName, key: string) => Promise<void>;
  /** Where the write strategy publishes. Without it every message is refused. */
  readonly queue?: MessageSink;
}

const passed = Promise.resolve();

/** Redis key of an item's cache entry; the harness watches it. */
export function entryKey(prefix: string, key: string): string {
  return `${prefix}item:${key}`;
}

const refused = () => Promise.reject(new Error('this strategy declares no queue'));

/** The queue of a strategy that declares none. */
export const noQueue: MessageSource = { publish: refused, consume: refused };

/** Makes what a read strategy, and the write strategy beside it, may touch. */
export function strategyContext(parts: ContextParts): WriteContext {
  const { keyPrefix } = parts;
  return {
    redis: parts.redis,
    origin: parts.origin,
    clock: parts.clock,
    random: parts.random,
    signal: parts.signal,
    ttlMs: parts.ttlMs,
    entryKey: (key) => entryKey(keyPrefix, key),
    sideKey: (purpose, key) => `${keyPrefix}${purpose}:${key}`,
    barrier: parts.barrier ?? (() => passed),
    onBackgroundError: parts.onBackgroundError,
    queue: parts.queue ?? noQueue,
    nowUs: parts.clock.nowUs,
  };
}

/**
 * The service's Redis client. Each setting is part of what is measured:
 * - a silent server would hang a command for good without both timeouts;
 * - an offline queue would show an outage as latency instead of errors;
 * - resending after a reconnect would run a command twice whose reply was lost.
 */
export function connectRedis(url: string): Redis {
  return redisClient(url, {
    commandTimeout: 2_000,
    socketTimeout: 5_000,
    connectTimeout: 5_000,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
  });
}
