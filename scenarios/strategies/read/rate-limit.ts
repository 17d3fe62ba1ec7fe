import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { fillEntry, preloadEntries, readEntry } from '../fill.ts';
import type { MissingTraffic } from '../prediction.ts';
import type { Parameter, ReadStrategyDefinition } from '../strategy.ts';
import {
  everyReaderLoads,
  type Formula,
  loadsPerExpiry,
  loadsPerMissing,
  predictPhysicalAge,
} from '../theory.ts';

const parameters = {
  points: {
    unit: 'count',
    default: 50,
    min: 1,
    max: 1_000_000,
    description:
      'Loads of rows that do not exist which a client may cause in a window, and its loads of other rows at any one time.',
  },
  windowMs: {
    unit: 'ms',
    default: 5_000,
    min: 1_000,
    max: 86_400_000,
    description: 'Length of a window, from a client’s first load on; rounded up to whole seconds.',
  },
} as const satisfies Record<string, Parameter>;

type LimitParameter = keyof typeof parameters;

/**
 * Each client may ask for so many missing rows in a window; then what is not cached is refused to it.
 *
 * It is the missing rows that are limited, not the requests: an attack consists of them, a busy reader hardly has
 * any. A point is taken before the load and given back when the row exists. Counted only afterwards, all the
 * requests that are under way when the limit is reached would pass.
 */
export const rateLimit: ReadStrategyDefinition<LimitParameter> = {
  kind: 'read',
  name: 'rate-limit',
  idea: 'Each load takes one of its client’s points, given back when the row exists; a client without points gets cached rows only, 429 otherwise.',
  source:
    'Rate limiting rules that count responses by status (Cloudflare WAF manual); package rate-limiter-flexible',
  weakness:
    'An attacker with many addresses has as many limits. Honest users behind the address of an attacker, or with more misses at once than points, are refused.',
  parameters,
  expiry: 'physical',
  predict: (input) => [
    // Readers of the hot key beyond the limit of their client are refused.
    ...loadsPerExpiry(input, (hotKey) => ({ ...everyReaderLoads(hotKey), low: null, formula: '<= 1 + r d' })),
    ...loadsPerMissing(input, (traffic) =>
      limitedLoads(traffic, input.parameters as Readonly<Record<LimitParameter, number>>),
    ),
    predictPhysicalAge(input),
  ],
  create(context, { points, windowMs }) {
    // No limiter for the time in which Redis is down: the entry can't be read then either, and the read fails.
    const limiter = new RateLimiterRedis({
      storeClient: context.redis,
      keyPrefix: '',
      points,
      duration: windowSec(windowMs),
    });
    const giveBack = (counter: string) => limiter.reward(counter).catch(context.onBackgroundError);
    return {
      preload: (items) => preloadEntries(context, items),
      async get(key, { client }) {
        const cached = await readEntry(context, key);
        if (cached !== null) return { item: cached, outcome: 'hit' };
        await context.barrier('afterCacheMiss', key);
        const counter = context.sideKey('limit', client);
        if (!(await granted(limiter, counter))) {
          // The package counts what it refuses as well: a burst would cost its client the rest of the window.
          await giveBack(counter);
          return { item: null, outcome: 'shed', refusal: 'client-limit' };
        }
        let missing = false;
        try {
          const item = await fillEntry(context, key);
          missing = item === null;
          return { item, outcome: 'miss' };
        } finally {
          // A load that failed is not the client's fault.
          if (!missing) await giveBack(counter);
        }
      },
    };
  },
};

async function granted(limiter: RateLimiterRedis, counter: string): Promise<boolean> {
  try {
    await limiter.consume(counter);
    return true;
  } catch (refusal) {
    // It rejects with the state of the counter, and with an error only when it could not count.
    if (refusal instanceof RateLimiterRes) return false;
    throw refusal;
  }
}

/** A window may be under way when the attack begins, and one begins before it ends. */
function limitedLoads(
  { clients, requests, seconds }: MissingTraffic,
  { points, windowMs }: Readonly<Record<LimitParameter, number>>,
): Formula {
  const windows = Math.ceil(seconds / windowSec(windowMs)) + 1;
  return {
    value: null,
    low: null,
    high: Math.min(1, (points * windows * clients) / Math.max(1, requests)),
    formula: '<= points windows clients / requests',
    tolerance: 'always',
  };
}

/** The package counts in whole seconds; with none it would never give a point back. */
function windowSec(windowMs: number): number {
  return Math.ceil(windowMs / 1000);
}
