import { defineScenario } from '../harness/scenario/schema.ts';

/**
 * A metastable failure: the trigger is gone, and the service stays down.
 *
 * A look-aside cache that takes most of the load loses everything once. The queue before the database grows
 * longer than its clients wait, so the rows come when nobody waits for them any more; where such rows are thrown
 * away the cache stays empty, and the load on the database stays what it is (Bronson et al., HotOS 2021; Huang et
 * al., OSDI 2022, section 5.3).
 *
 * The recipe: a database of 200 queries/s, 1,000 reads/s of 20,000 keys (zipf 0.9) that live for 120 s, readers who
 * wait for 1 s, everything lost once. Here it runs in a sixth of its time with a sixth of its keys: the entries live
 * for 20 s and readers wait for a sixth of a second. The end of the storm is what counts, after the few rows that
 * came in time during the first second have expired, too.
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
  faults: [{ kind: 'flush', atMs: 1_000 }],
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
  core: ['drop-late', 'none', 'single-flight', 'queue-short'],
  aliases: {
    'queue-short': 'drop-late+queue',
    'queue-long': 'drop-late+queue',
    'queue-lifo': 'drop-late+queue',
  },
  parameters: {
    // Half of what a reader waits: 8 queries of 10 ms before the connection of each instance.
    'queue-short': { concurrency: 1, queue: 8, queueWaitMs: 60_000, newestFirst: 0 },
    // Twice of what a reader waits.
    'queue-long': { concurrency: 1, queue: 33, queueWaitMs: 60_000, newestFirst: 0 },
    // As good as unbounded.
    'queue-lifo': { concurrency: 1, queue: 10_000, queueWaitMs: 60_000, newestFirst: 1 },
  },
  outcome: {
    criteria: [
      {
        name: 'back',
        says: 'answers 95% of the requests rightly and in time when the storm ends',
        any: ['recovery.finalGoodput >= 95%'],
      },
    ],
    givesUp: {
      'drop-late+single-flight': [
        {
          criterion: 'back',
          because: 'A shared load that comes late is thrown away with all who waited for it.',
        },
      ],
      none: [{ criterion: 'back', because: 'Late rows fill the cache, but not as fast as they expire.' }],
      'queue-long': [
        { criterion: 'back', because: 'Who waits longer than the reader does has waited for nothing.' },
      ],
    },
  },
  columns: [
    'recovery.finalGoodput',
    'recovery.to95Ms',
    'recovery.worstGoodput',
    'recovery.lost',
    'db.reads',
    'db.peakQps',
    'latency.response.p99',
  ],
  variants: [
    {
      name: 'retries',
      title: 'clients try 3 times',
      set: {
        'load.retries': 2,
        strategies: ['drop-late', 'none', 'queue-short'],
        core: null,
        'outcome.givesUp': {
          none: [
            { criterion: 'back', because: 'Retries add to the load that keeps the cache from filling.' },
          ],
        },
        thresholds: ['drop-late: recovery.finalGoodput < 5%', 'none: recovery.stuck == 1'],
      },
    },
  ],
  // The table of the recipe, simulated: what stays down, and what comes back. One that comes back when it should not
  // shows that the storm does not hurt, and the others' recovery would be worth nothing.
  thresholds: [
    'drop-late: recovery.finalGoodput < 5%',
    'drop-late+single-flight: recovery.finalGoodput < 10%',
    'none: recovery.stuck == 1',
    'single-flight: recovery.stuck == 0',
    'queue-short: recovery.stuck == 0',
    'queue-long: recovery.finalGoodput < 5%',
    'queue-lifo: recovery.stuck == 0',
  ],
  claims: [
    {
      text: 'When the trigger is gone, the service comes back',
      source: 'What a post-mortem takes for granted; refuted by Bronson et al., HotOS 2021',
      cases: [
        { when: 'late rows are thrown away', holds: ['drop-late: recovery.stuck == 0'] },
        { when: 'late rows are cached', holds: ['none: recovery.stuck == 0'] },
        {
          when: 'late rows are cached, and one load serves all who ask',
          holds: ['single-flight: recovery.stuck == 0'],
        },
      ],
    },
    {
      text: 'A bounded queue saves the database',
      source: 'Common study notes: 限流, 削峰',
      cases: [
        {
          when: 'it is shorter than the readers’ patience',
          holds: ['queue-short: recovery.stuck == 0'],
        },
        { when: 'it is longer', holds: ['queue-long: recovery.stuck == 0'] },
        { when: 'it is long, and the newest goes first', holds: ['queue-lifo: recovery.stuck == 0'] },
      ],
    },
    {
      text: 'Retries make a service more reliable',
      source: 'Common study notes: 重試',
      cases: [
        {
          when: 'it is overloaded, and late rows are cached',
          variant: 'retries',
          holds: ['none: recovery.stuck == 0'],
        },
        {
          when: 'a short queue sheds what is too much',
          variant: 'retries',
          holds: ['queue-short: recovery.stuck == 0'],
        },
      ],
    },
  ],
  profiles: {
    smoke: { rounds: 1, stormMs: 32_000 },
    standard: { rounds: 3, stormMs: 50_000 },
    publish: { rounds: 10, stormMs: 50_000 },
  },
});
