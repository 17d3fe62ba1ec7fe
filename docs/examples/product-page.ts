import type { ScenarioInput } from 'cachestorm';

/** A scenario of one's own: the product page that a campaign links to. */
export default {
  name: 'product-page',
  title: 'The campaign’s product page',
  question: 'Does our read path protect the database when the entry of the campaign’s product expires?',
  dataset: { rows: 100, valueBytes: 2_000 },
  cache: { ttlMs: 400 },
  origin: { queryMs: 50, poolSize: 10 },
  service: { instances: 2 },
  load: { model: 'open', arrivals: 'poisson', ratePerSec: 400 },
  keys: { kind: 'hot' },
  timeoutMs: 2_000,
  // Baseline first; names of built-in strategies, or paths beside this file.
  strategies: ['none', 'mutex', './coalesced-mutex.ts'],
  // Limits of one's own: a broken one fails the run. More with --threshold.
  thresholds: ['vs baseline: db.reads < 20%'],
  // What people say, to be confirmed or refuted; it fails nothing.
  claims: [
    {
      text: 'A lock in Redis makes one load',
      source: 'Our wiki',
      cases: [{ when: 'the page is hot', holds: ['mutex: db.loadsPerExpiry < 1.5'] }],
    },
  ],
  profiles: {
    smoke: { rounds: 1, stormMs: 2_000 },
    standard: { rounds: 3, stormMs: 5_000 },
    publish: { rounds: 10, stormMs: 20_000 },
  },
} satisfies ScenarioInput;
