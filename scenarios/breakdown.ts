import { defineScenario } from '../harness/scenario/schema.ts';

/**
 * Breakdown (cache stampede): one hot key expires again and again under an open load. Until the first
 * query of each expiry has answered and refilled the cache, every arriving request misses.
 *
 * The time to live is short so that a few seconds see several expiries, and 25 queries long, which XFetch
 * needs to be itself: at beta b it reloads from about d b ln(r d b) before the end, so a time to live below
 * that is one long stampede (at 4 queries and beta 4, simulated: 38 loads a renewal instead of 1.28). The others' loads
 * per expiry do not depend on it. 40 ms of query at 1,000 requests/s makes theory's 1 + r d come to 41.
 */
export const breakdown = defineScenario({
  name: 'breakdown',
  title: 'Breakdown: a hot key expires under load',
  question:
    'When a hot key expires, how many of its readers reach the database before the cache is filled again, and who waits?',
  dataset: { rows: 1_000, valueBytes: 256 },
  cache: { ttlMs: 1_000 },
  origin: { queryMs: 40, poolSize: 16 },
  service: { instances: 2 },
  load: { model: 'open', arrivals: 'constant', ratePerSec: 1_000 },
  keys: { kind: 'hot' },
  timeoutMs: 5_000,
  strategies: [
    'none',
    'single-flight',
    'mutex',
    'logical-expiry',
    'mutex+single-flight',
    'lease',
    'xfetch-beta-0.5',
    'xfetch',
    'xfetch-beta-2',
    'xfetch-beta-4',
    'xfetch+lock',
    'refresh-ahead',
    'hot-key-l1',
  ],
  core: ['none', 'single-flight', 'mutex', 'logical-expiry'],
  outcome: {
    givesUp: {
      'xfetch-beta-0.5': [
        {
          criterion: 'loads',
          instead: 'vs baseline: db.loadsPerExpiry < 100%',
          because: 'A beta of a half reloads early and often: e^2 = 7.4 loads an expiry on average.',
        },
      ],
    },
  },
  variants: [
    {
      name: 'slow-holder',
      title: 'a lock that runs out before its load is done',
      set: {
        'parameters.mutex.lockMs': 25,
        strategies: ['none', 'mutex'],
        core: null,
        'profiles.standard.rounds': 7,
      },
    },
    // Killed when it has loaded and not yet filled: its lock is all that it leaves. All who come until that is up
    // look again and again, so they are few, and look every 50 ms; each waits for twice the lock time.
    {
      name: 'killed-holder',
      title: 'the process that holds the lock is killed',
      set: {
        'load.ratePerSec': 200,
        faults: [{ kind: 'kill', atMs: 1_000, barrier: 'beforeCacheSet', restartAfterMs: 200 }],
        timeoutMs: 3_000,
        maxConnections: 1_000,
        strategies: [
          'none',
          'single-flight',
          'mutex',
          'mutex-without-expiry',
          'mutex+single-flight',
          'lease',
          'logical-expiry',
        ],
        aliases: { 'mutex-without-expiry': 'mutex' },
        'parameters.mutex.lockMs': 1_500,
        'parameters.mutex.pollMs': 50,
        // Longer than any storm. Hundreds of readers wait together then, each for longer than its client does.
        'parameters.mutex-without-expiry.lockMs': 600_000,
        'parameters.mutex-without-expiry.pollMs': 400,
        'parameters.mutex-without-expiry.waitMs': 4_000,
        'parameters.mutex+single-flight.lockMs': 1_500,
        'parameters.mutex+single-flight.pollMs': 50,
        'parameters.lease.leaseMs': 1_500,
        'parameters.lease.pollMs': 50,
        'parameters.logical-expiry.lockMs': 1_500,
        core: null,
        columns: [
          'cache.refillMs.max',
          'db.loadsPerExpiry',
          'latency.response.p99',
          'latency.response.max',
          'goodput',
          'requests.errors',
          'age.maxMs',
        ],
        'outcome.criteria': [
          {
            name: 'loads',
            says: 'sends at most 6 queries an expiry to the database',
            any: ['db.loadsPerExpiry <= 6'],
          },
          {
            name: 'back',
            says: 'has a fresh entry again within the lock time, a poll and a load (1.8 s)',
            any: ['cache.refillMs.max <= 1800ms'],
          },
        ],
        'outcome.givesUp': {
          'mutex-without-expiry': [
            {
              criterion: 'back',
              because: 'Its lock never runs out, so nobody loads once the holder is dead.',
            },
          ],
        },
        'profiles.smoke.stormMs': 6_240,
        'profiles.standard.stormMs': 6_240,
        'profiles.standard.rounds': 3,
      },
    },
    // The same database before one process and before four: its connections are dealt out among them.
    {
      name: 'one-instance',
      title: 'one instance',
      set: {
        'service.instances': 1,
        'origin.poolSize': 32,
        strategies: ['none', 'single-flight', 'mutex'],
        core: null,
        'profiles.standard.rounds': 7,
      },
    },
    {
      name: 'four-instances',
      title: 'four instances',
      set: {
        'service.instances': 4,
        'origin.poolSize': 8,
        strategies: ['none', 'single-flight', 'mutex'],
        core: null,
        'profiles.standard.rounds': 7,
      },
    },
  ],
  // "One load" is below 1.5: nearer to one than to two, and beyond a load more or less at the storm's edges.
  claims: [
    {
      text: 'SETNX makes one load',
      source: 'Common study notes on 緩存擊穿: a mutex in Redis',
      cases: [
        { when: 'the lock outlives the load', holds: ['mutex: db.loadsPerExpiry < 1.5'] },
        {
          when: 'the lock runs out before its load is done',
          variant: 'slow-holder',
          holds: ['mutex: db.loadsPerExpiry < 1.5'],
        },
      ],
    },
    {
      text: 'SETNX needs an expiry, or a crash of its holder is a deadlock',
      source:
        'Common study notes: SETNX must be given an expiry, for its holder may die before it deletes the key',
      // Twice the lock time is far from what a poll, a load and a busy machine add to it once.
      cases: [
        {
          when: 'the holder is killed, and its lock never runs out',
          variant: 'killed-holder',
          holds: ['mutex-without-expiry: goodput < 5% over after(kill)'],
        },
        {
          when: 'the holder is killed, and its lock runs out: readers are delayed by no more than that',
          variant: 'killed-holder',
          holds: ['mutex: goodput > 90% over after(kill)', 'mutex: cache.refillMs.max < 3s'],
        },
      ],
    },
    {
      text: 'A local lock is enough for one load',
      source: 'Common study notes: synchronized, or single flight, instead of a lock in Redis',
      cases: [
        {
          when: 'the service is one process',
          variant: 'one-instance',
          holds: ['single-flight: db.loadsPerExpiry < 1.5'],
        },
        { when: 'two processes serve', holds: ['single-flight: db.loadsPerExpiry < 1.5'] },
        {
          when: 'four processes serve',
          variant: 'four-instances',
          holds: ['single-flight: db.loadsPerExpiry < 1.5'],
        },
      ],
    },
    {
      text: 'With logical expiry nobody waits',
      source: 'Common study notes: 邏輯過期',
      // Readers of a missing entry would be 4 in 100, and so have a p99 of three quarters of the 40 ms.
      cases: [
        {
          when: 'the entry is there and read all the time',
          holds: ['logical-expiry: cache.hitRate > 99.9%', 'logical-expiry: latency.response.p99 < 30ms'],
        },
      ],
    },
    {
      text: 'Logical expiry serves the old value, whatever becomes of who refreshes it',
      source: 'Common study notes: 邏輯過期; stale-while-revalidate, RFC 5861',
      // Behind the lock, of 1.5 s, the first readers would wait for all of it.
      cases: [
        {
          when: 'who refreshes it is killed, and leaves its lock',
          variant: 'killed-holder',
          holds: ['logical-expiry: latency.response.max < 1s over during(kill)'],
        },
      ],
    },
    {
      text: 'XFetch makes exactly one refresh',
      source:
        'Posts about probabilistic early expiration; its paper promises e^(1/beta) (Vattani et al., VLDB 2015)',
      // Few renewals a trial: one round of three that happens to have one load each must not confirm it.
      cases: [{ when: 'beta is 1, and no lock is taken', holds: ['xfetch: db.loadsPerExpiry <= 1.1 @75%'] }],
    },
    {
      text: 'A hot key that is refreshed ahead of its expiry is never loaded by a reader',
      source: 'Common study notes: let hot keys never expire, and renew them in the background',
      // Those who find nothing at a single expiry are 1 in 100 of all who look.
      cases: [{ when: 'it is read all the time', holds: ['refresh-ahead: cache.hitRate > 99.9%'] }],
    },
  ],
  profiles: {
    // Whole periods of expiry and load, 1,040 ms: of 2.9 some trials see two and some three, a third more reads.
    smoke: { rounds: 3, stormMs: 3_120 },
    // Nine rounds: the fewest from which the exact test can tell twelve contenders from the baseline.
    standard: { rounds: 9, stormMs: 4_160 },
    // A hundred expiries of every strategy. Longer storms would tell less than more rounds: the trial is what is compared.
    publish: { rounds: 10, stormMs: 10_400 },
  },
});
