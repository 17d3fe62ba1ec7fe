import { type EvictionPolicy, evictionPolicies } from '../eviction-policy.ts';
import { cacheAsideReader, preloadEntries } from '../fill.ts';
import type { Prediction, TheoryInput } from '../prediction.ts';
import type { ReadStrategyDefinition } from '../strategy.ts';

const SAMPLED = 'of a few entries drawn at random, and the best of earlier draws,';
const WITHOUT_TTL =
  'Where no entry has a time to live it refuses writes, as noeviction does; where all have one it is';

const WORDS: Readonly<Record<EvictionPolicy, { readonly idea: string; readonly weakness: string }>> = {
  noeviction: {
    idea: 'Redis gives up nothing: what came first stays, and a write that finds no room is refused.',
    weakness:
      'What becomes popular later is loaded each time, and everything else that writes to this Redis (locks, sessions, queues) is refused, too.',
  },
  'allkeys-lru': {
    idea: `Redis gives up, ${SAMPLED} the one that was not read for longest.`,
    weakness:
      'Rows that are read once, as by a scan, push out popular ones; its clock ticks once a second, so entries of the same second are alike.',
  },
  'allkeys-lfu': {
    idea: `Redis gives up, ${SAMPLED} the one that is read least often, by a counter of 8 bits.`,
    weakness:
      'What was popular stays for long: the counter grows with the logarithm of the reads and loses one a minute.',
  },
  'allkeys-random': {
    idea: 'Redis gives up any entry.',
    weakness: 'Popular entries go as easily as others.',
  },
  'volatile-lru': {
    idea: 'As allkeys-lru, among the entries that have a time to live.',
    weakness: `${WITHOUT_TTL} allkeys-lru.`,
  },
  'volatile-lfu': {
    idea: 'As allkeys-lfu, among the entries that have a time to live.',
    weakness: `${WITHOUT_TTL} allkeys-lfu.`,
  },
  'volatile-random': {
    idea: 'As allkeys-random, among the entries that have a time to live.',
    weakness: `${WITHOUT_TTL} allkeys-random.`,
  },
  'volatile-ttl': {
    idea: `Redis gives up, ${SAMPLED} the one that expires first.`,
    weakness:
      'Where all entries live equally long, what expires first is what was written first, however often it is read: no better than a random choice.',
  },
};

/** Plain cache-aside in front of a Redis that is full: what sets these contenders apart is the server’s policy alone. */
export const readsUnderEviction: readonly ReadStrategyDefinition[] = evictionPolicies.map((policy) => ({
  kind: 'read',
  name: policy,
  ...WORDS[policy],
  source: 'Redis documentation, "Key eviction"',
  parameters: {},
  expiry: 'physical',
  evictionPolicy: policy,
  predict: (input) => [...noBetterThanOptimal(input), policy === 'noeviction' ? NO_EVICTION : NO_REFUSAL],
  create: (context) => ({
    preload: (items) => preloadEntries(context, items),
    get: cacheAsideReader(context),
  }),
}));

const NO_EVICTION = none('cache.evictions', 'evicts nothing');
/** All entries have a time to live, so that `volatile-*` has what to choose from, too. */
const NO_REFUSAL = none('cache.refusedWrites', 'refuses nothing');

function noBetterThanOptimal({ optimum }: TheoryInput): Prediction[] {
  if (optimum === undefined) return [];
  const formula = `Belady’s MIN, ${optimum.entries.toLocaleString('en-US')} entries`;
  return [
    { metric: 'cache.hitRate', value: null, low: null, high: optimum.hitRate, formula, tolerance: 'always' },
  ];
}

function none(metric: string, formula: string): Prediction {
  return { metric, value: 0, low: 0, high: 0, formula, tolerance: 'always' };
}
