import { randomUUID } from 'node:crypto';
import { decodeEntry, encodeEntry } from '../entry.ts';
import { loadItem, preloadEntries, readEntry } from '../fill.ts';
import { LockWaitError, lockParameters } from '../lock.ts';
import { isRefused } from '../refused.ts';
import type { Item, Parameter, ReadStrategyDefinition, StrategyContext } from '../strategy.ts';
import { loadsPerExpiry, lockedLoads, predictPhysicalAge, stallOfKilledHolder } from '../theory.ts';

const parameters = {
  leaseMs: {
    unit: 'ms',
    default: 10_000,
    min: 1,
    max: 600_000,
    description:
      'How long a lease is good for. Shorter than a load: the load is refused and done again. Longer: a crashed holder stalls its key as long.',
  },
  pollMs: lockParameters.pollMs,
  waitMs: lockParameters.waitMs,
} as const satisfies Record<string, Parameter>;

export type LeaseParameter = keyof typeof parameters;

/**
 * Whoever misses asks Redis for a lease; one reader gets it and loads, the others wait. The value is taken
 * only with the lease, and a DEL of the entry by whoever writes the row takes the lease away.
 *
 *     reader   GET -> nothing   lease A   load the old row ........ set with A: refused
 *     writer                              commit   DEL entry
 *
 * The lease lies *in the entry key itself*, so that a plain DEL by a writer who knows nothing of leases ends
 * it. It is written with SETRANGE, which Redis announces under that name: `set` stays the word for an entry
 * written, and whoever watches the key sees the expiry last until the value is back.
 */
export const lease: ReadStrategyDefinition<LeaseParameter> = {
  kind: 'read',
  name: 'lease',
  idea: 'Redis hands out one lease per missing key; only its holder may fill the entry, and a delete in between voids it.',
  source: 'Scaling Memcache at Facebook (Nishtala et al., NSDI 2013), section 3.2.1',
  weakness:
    'Everyone waits for the holder, and for the whole lease time when it has crashed. A load slower than the lease is thrown away.',
  parameters,
  expiry: 'physical',
  predict: (input) => [
    ...loadsPerExpiry(input, () => lockedLoads(input, input.parameters.leaseMs, 'lease time')),
    ...stallOfKilledHolder(input, input.parameters.leaseMs, input.parameters.pollMs, 'lease time'),
    predictPhysicalAge(input),
  ],
  create(context, values) {
    return {
      preload: (items) => preloadEntries(context, items),
      async get(key) {
        const cached = await readEntry(context, key);
        if (cached !== null) return { item: cached, outcome: 'hit' };
        await context.barrier('afterCacheMiss', key);
        return { item: await fillUnderLease(context, key, values), outcome: 'miss' };
      },
    };
  },
};

const MARK = 'lease:';

/**
 * memcached's `get` with leases: answers with the value, or hands out a lease where there is none.
 * KEYS: entry. ARGV: the lease, its milliseconds, an entry that is not one of ours and may be overwritten.
 * Returns 'granted', 'wait', or the entry after 'found'.
 */
const ASK = `
local held = redis.call('get', KEYS[1])
if held and held ~= ARGV[3] then
  if string.sub(held, 1, #'${MARK}') == '${MARK}' then return {'wait'} end
  return {'found', held}
end
if held then redis.call('del', KEYS[1]) end
redis.call('setrange', KEYS[1], 0, ARGV[1])
redis.call('pexpire', KEYS[1], ARGV[2])
return {'granted'}`;

/** Fills the entry if the lease still stands in it. KEYS: entry. ARGV: the lease, the value, its time to live. */
const SET = `
if redis.call('get', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('set', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`;

/** Hands the lease back, so that the next reader need not wait for its end. */
const RETURN = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`;

async function fillUnderLease(
  context: StrategyContext,
  key: string,
  { leaseMs, pollMs, waitMs }: Readonly<Record<LeaseParameter, number>>,
): Promise<Item | null> {
  const giveUpAtMs = context.clock.wallMs() + waitMs;
  // What is no entry and no lease: one more answer than the script needs, for damaged entries only.
  let damaged = '';
  for (;;) {
    const token = `${MARK}${randomUUID()}`;
    const [answer, text = null] = (await context.redis
      .eval(ASK, 1, context.entryKey(key), token, Math.ceil(leaseMs), damaged)
      .catch(refusal)) as [string, string?];
    // No room for a lease is none for the entry: there is nothing to wait for.
    if (answer === 'refused') return loadItem(context, key);
    if (answer === 'granted') return loadWithLease(context, key, token);
    if (answer === 'found') {
      const item = decodeEntry(text);
      if (item !== null) return item;
      damaged = text ?? '';
      continue;
    }
    if (context.clock.wallMs() >= giveUpAtMs) throw new LockWaitError(key, waitMs);
    await context.clock.sleep(pollMs * (0.5 + context.random.next()), context.signal);
    const found = await readEntry(context, key);
    if (found !== null) return found;
  }
}

function refusal(error: unknown): [string] {
  if (isRefused(error)) return ['refused'];
  throw error;
}

async function loadWithLease(context: StrategyContext, key: string, token: string): Promise<Item | null> {
  const entryKey = context.entryKey(key);
  const handBack = () => context.redis.eval(RETURN, 1, entryKey, token).catch(context.onBackgroundError);
  let item: Item | null = null;
  try {
    await context.barrier('afterLockAcquired', key);
    item = await loadItem(context, key);
  } finally {
    // No row, or no answer: nothing will be set.
    if (item === null) await handBack();
  }
  if (item === null) return null;
  await context.barrier('beforeCacheSet', key);
  // Not set when the row was written meanwhile: the item answers this reader, who asked before, and nobody else.
  const answer = await context.redis
    .eval(SET, 1, entryKey, token, encodeEntry(item), Math.ceil(context.ttlMs))
    .catch(refusal);
  // The lease itself had room; left there, others would wait for an entry that does not come.
  if (Array.isArray(answer)) await handBack();
  await context.barrier('afterCacheSet', key);
  return item;
}
