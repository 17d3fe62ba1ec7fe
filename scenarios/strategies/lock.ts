import { randomUUID } from 'node:crypto';
import { isRefused } from './refused.ts';
import type { Parameter, StrategyContext } from './strategy.ts';

export const lockParameters = {
  lockMs: {
    unit: 'ms',
    default: 3_000,
    min: 1,
    max: 600_000,
    description:
      'How long a lock is held at most. Shorter than a load: the load is done twice. Longer: a crashed holder stalls its key as long.',
  },
  pollMs: {
    unit: 'ms',
    default: 20,
    min: 1,
    max: 10_000,
    description: 'Mean wait of a reader before it looks again; drawn from half to one and a half times this.',
  },
  waitMs: {
    unit: 'ms',
    default: 10_000,
    min: 1,
    max: 600_000,
    description: 'How long a reader waits for somebody else’s load before it fails.',
  },
} as const satisfies Record<string, Parameter>;

export type LockParameter = keyof typeof lockParameters;

/** A reader waited for another's load longer than it was allowed to. */
export class LockWaitError extends Error {
  readonly code = 'E_LOCK_WAIT';
  override readonly name = 'LockWaitError';

  constructor(key: string, waitMs: number) {
    super(`no entry for ${key} after waiting ${waitMs} ms for the holder of its lock`);
  }
}

type Release = () => Promise<void>;

// Compare and delete in one step: a holder whose time ran out must not delete its successor's lock.
const RELEASE = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`;

/**
 * Tries once to take the lock of `key` on one Redis server: SET NX PX with a random token.
 * Resolves with the function that releases it, or with `null` when somebody else holds it. A Redis that has no room
 * for it has none for the entry either: then there is nothing to wait for, and each goes on as its holder would.
 *
 * Source: the "patterns" of SET in the Redis documentation, https://redis.io/docs/latest/commands/set/
 */
export async function tryLock(
  context: StrategyContext,
  key: string,
  lockMs: number,
): Promise<Release | null> {
  const lockKey = context.sideKey('lock', key);
  const token = randomUUID();
  try {
    const granted = await context.redis.set(lockKey, token, 'PX', Math.ceil(lockMs), 'NX');
    if (granted !== 'OK') return null;
  } catch (error) {
    if (isRefused(error)) return async () => undefined;
    throw error;
  }
  return async () => {
    try {
      await context.redis.eval(RELEASE, 1, lockKey, token);
    } catch (error) {
      // The value is loaded and the lock runs out by itself: no reason to fail the read.
      context.onBackgroundError(error);
    }
  };
}

export interface LockedFill<T> {
  /** The usable entry, or `null`. Asked again after the lock was granted, for whoever held it may have filled it. */
  read(): Promise<T | null>;
  /** Loads and fills; called by the holder of the lock only. */
  fill(): Promise<T | null>;
}

/**
 * One reader fills, the others look again until the entry is there.
 *
 * @throws LockWaitError after `waitMs`.
 */
export async function fillUnderLock<T>(
  context: StrategyContext,
  key: string,
  parameters: Readonly<Record<LockParameter, number>>,
  { read, fill }: LockedFill<T>,
): Promise<T | null> {
  const giveUpAtMs = context.clock.wallMs() + parameters.waitMs;
  for (;;) {
    const release = await tryLock(context, key, parameters.lockMs);
    if (release !== null) {
      try {
        await context.barrier('afterLockAcquired', key);
        return (await read()) ?? (await fill());
      } finally {
        await release();
      }
    }
    if (context.clock.wallMs() >= giveUpAtMs) throw new LockWaitError(key, parameters.waitMs);
    await context.clock.sleep(parameters.pollMs * (0.5 + context.random.next()), context.signal);
    const found = await read();
    if (found !== null) return found;
  }
}
