import { defineScenario } from '../harness/scenario/schema.ts';

/**
 * A metastable failure: the trigger is gone, and the service stays down.
 *
 * A look-aside cache that takes most of the load loses everything once. The queue before the database grows
 * longer than its clients wait, so the rows come when nobody waits for them any more; where such rows are thrown
 * away the cache stays empty, and the load on the database stays what it is. The recipe is Huang's, in a sixth of
 * its time and with a sixth of its keys: the database does 200 queries/s, readers ask 1,000 times a second and
 * wait a sixth of a second.
 */
export const metastable = defineScenario({
  name: 'metastable',
  title: 'Metastable: the cache that does not recover',
  question: 'When a flush is long over, does the service come back by itself, and what makes it?',
  dataset: { rows: 3_333, valueBytes: 256 },
  cache: { ttlMs: 20_000 },
  origin: { queryMs: 10, poolSize: 1 },
  service: { instances: 2 },
  preload: true,
  load: { model: 'open', arrivals: 'poisson', ratePerSec: 1_000 },
  faults: [{ kind: 'flush', atMs: 2_000 }],
  keys: { kind: 'zipf', count: 3_333, exponent: 0.9 },
  timeoutMs: 167,
  maxConnections: 1_000,
  // Thousands of queries that nobody waits for; they would take minutes.
  drainMs: 0,
  strategies: [
    'drop-late',
    'drop-late+single-flight',
    'none',
    'single-flight',
    'queue-short',
    'queue-long',
    'queue-lifo',
  ],
  aliases: {
    'queue-short': 'concurrency-limit',
    'queue-long': 'concurrency-limit',
    'queue-lifo': 'concurrency-limit',
  },
  parameters: {
    // Half of what a reader waits: 8 queries of 10 ms before the connection of each instance.
    'queue-short': { concurrency: 1, queue: 8, queueWaitMs: 60_000, newestFirst: 0 },
    // Twice of what a reader waits.
    'queue-long': { concurrency: 1, queue: 33, queueWaitMs: 60_000, newestFirst: 0 },
    'queue-lifo': { concurrency: 1, queue: 33, queueWaitMs: 60_000, newestFirst: 1 },
  },
  columns: [
    'db.reads',
    'recovery.worstGoodput',
    'recovery.to95Ms',
    'recovery.lost',
    'db.peakQps',
    'latency.response.p99',
    'age.maxMs',
  ],
  variants: [{ name: 'retries', title: 'clients try 3 times', set: { 'load.retries': 2 } }],
  profiles: {
    smoke: { rounds: 1, stormMs: 25_000 },
    standard: { rounds: 3, stormMs: 50_000 },
    publish: { rounds: 10, stormMs: 50_000 },
  },
});
