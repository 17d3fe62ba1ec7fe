/** What theory says of database loads where no single key is hot, from what the caches answered. */
import type { Prediction, TheoryInput } from './prediction.ts';

/** Who misses loads, and nobody else does: two servers count the same. */
export function everyMissLoads({ hotKey, reads }: TheoryInput): readonly Prediction[] {
  if (hotKey !== null || reads === undefined) return [];
  const { misses, undone } = reads;
  return [
    {
      ...{ metric: 'db.reads', value: misses, low: misses - undone, high: misses },
      ...{ formula: 'misses', tolerance: 'always' },
    },
  ];
}

/**
 * Nobody loads who has not missed; who misses may share a load, wait for one or be refused.
 *
 * @param queries that are made for nobody in particular, such as those that warm the cache
 */
export function noLoadWithoutMiss({ hotKey, reads }: TheoryInput, queries = 0): readonly Prediction[] {
  if (hotKey !== null || reads === undefined) return [];
  return [atMost(reads.misses + queries, queries === 0 ? '<= misses' : '<= misses + warming')];
}

/** The same where entries outlive their time to live: who finds an old one may load, too, but nobody whose answer was fresh. */
export function noLoadWithoutNeed({ hotKey, reads }: TheoryInput): readonly Prediction[] {
  return hotKey !== null || reads === undefined ? [] : [atMost(reads.unanswered, '<= requests - hits')];
}

function atMost(high: number, formula: string): Prediction {
  return { metric: 'db.reads', value: null, low: null, high, formula, tolerance: 'always' };
}

/** Each process may find the cache lost once, and warm it: before its entries expire a mark says that it is done. */
export function warmingQueries({ rows, instances, parameters }: TheoryInput): number {
  const { batch = 1, maxKeys = rows } = parameters;
  // A query for the keys of a batch, and one for its rows; the lock lets one process warm, the others look once more.
  return 2 * (Math.ceil(Math.min(rows, maxKeys) / batch) + 1) * instances;
}
