import { describe, expect, test } from 'vitest';
import { readsUnderEviction } from '../../../scenarios/strategies/read/eviction-policies.ts';
import { loadContest } from '../../catalog/contest.ts';
import { parseSetting } from '../../catalog/settings.ts';
import { drawnKeys } from '../../load/drawn-keys.ts';
import { expandPlan, type PlannedScenario } from '../../plan/plan.ts';
import type { TruthReading } from '../../probes/ground-truth.ts';
import type { TrialSample } from '../../record/sample.ts';
import { checkBounds } from '../bounds.ts';
import { reading, STORM_MS, sampleOf } from '../fixtures/trials.ts';
import { readTrial } from '../trial.ts';
import { optimumValues } from './optimum.ts';

const KEYS = 8;
const OFFERED = 3_000;

async function planned(...texts: string[]): Promise<PlannedScenario> {
  const keys = `keys={"kind":"uniform","count":${KEYS}}`;
  const contest = await loadContest('eviction', [keys, ...texts].map(parseSetting), null);
  const [found] = expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local' }).scenarios;
  if (found === undefined) throw new Error('no scenario was planned');
  return found;
}

/** What Redis said of itself: entries at the start, in the midst and at the end; refusals since the server started. */
function limited(
  of: PlannedScenario,
  entries: readonly [number, number, number],
  more: Partial<Record<'strategy', string>> & { hits?: number; evicted?: number; refused?: number } = {},
): TrialSample {
  const { strategy = 'allkeys-lru', hits = 0, evicted = 0, refused = 0 } = more;
  const said = (atUs: number, redisEntries: number, last: Partial<TruthReading>): TruthReading => ({
    ...reading(atUs, 0),
    redisEntries,
    redisRefused: 100,
    ...last,
  });
  return {
    ...sampleOf(of, { strategy, reads: 0 }),
    keyEvents: null,
    cacheLimit: { roomBytes: 1, policy: 'allkeys-lru', samples: 5, baseBytes: 1, maxMemoryBytes: 2 },
    before: said(0, entries[0], {}),
    readings: [said(STORM_MS * 500, entries[1], {})],
    after: said(STORM_MS * 1_000, entries[2], {
      redisHits: hits,
      redisMisses: OFFERED - hits,
      redisEvicted: evicted,
      redisRefused: 100 + refused,
    }),
  };
}

describe('the best possible hit rate', () => {
  test('is that of as many entries as were seen at most, on the keys of the trial', async () => {
    const scenario = await planned();
    const values = optimumValues(limited(scenario, [0, KEYS, KEYS - 1]), scenario, 0.75);
    // Room for all: only the first request for each misses.
    const best = (OFFERED - KEYS) / OFFERED;
    expect(values).toEqual({
      'cache.entries': KEYS,
      'cache.refusedWrites': 0,
      'cache.optimalHitRate': best,
      'cache.optimumShare': 0.75 / best,
    });
    const fewer = optimumValues(limited(scenario, [0, 2, 1]), scenario, 0.25);
    expect(fewer['cache.entries']).toBe(2);
    // Two of eight keys, and whichever of the others comes twice in a row or so: far from all.
    expect(fewer['cache.optimalHitRate']).toBeGreaterThan(0.25);
    expect(fewer['cache.optimalHitRate']).toBeLessThan(0.75);
  });

  test('of a cache that is not empty when the storm begins has no first misses', async () => {
    const scenario = await planned();
    expect(optimumValues(limited(scenario, [1, KEYS, KEYS]), scenario, 1)).toMatchObject({
      'cache.optimalHitRate': 1,
    });
  });

  test('has the keys of all streams', async () => {
    const scenario = await planned(
      'streams=[{"name":"scan","share":0.5,"keys":{"kind":"scan","count":10000}}]',
    );
    const sample = limited(scenario, [0, KEYS, KEYS]);
    const { 'cache.optimalHitRate': best } = optimumValues(sample, scenario, null);
    // Every scanned row is new, but for the eight.
    const share = sample.load.counts.offered === OFFERED ? 0.5 : Number.NaN;
    expect(best).toBeGreaterThan(share - 0.05);
    expect(best).toBeLessThan(share + 0.05);
  });

  test('is not told where it is not known', async () => {
    const scenario = await planned();
    const sample = limited(scenario, [0, KEYS, KEYS]);
    const { cacheLimit: _, ...unlimited } = sample;
    const { redisEntries: __, redisRefused: ___, ...older } = sample.after;
    const writing = await planned(
      'streams=[{"name":"writes","share":0.1,"operation":"write","keys":{"kind":"hot"}}]',
    );
    const untold = [
      optimumValues(unlimited, scenario, 1),
      optimumValues({ ...sample, after: older }, scenario, 1),
      optimumValues({ ...sample, load: { ...sample.load, retried: 1 } }, scenario, 1),
      optimumValues(limited(writing, [0, KEYS, KEYS]), writing, 1),
    ];
    for (const values of untold) {
      expect(values['cache.optimalHitRate']).toBeNull();
      expect(values['cache.optimumShare']).toBeNull();
    }
    expect(untold[1]).toMatchObject({ 'cache.entries': null, 'cache.refusedWrites': null });
  });
});

describe('the bounds of a policy', () => {
  async function boundsOf(strategy: string, more: { hits?: number; evicted?: number; refused?: number }) {
    const scenario = await planned();
    const definition = readsUnderEviction.find(({ name }) => name === strategy);
    if (definition === undefined) throw new Error(`no policy ${strategy}`);
    const sample = limited(scenario, [0, KEYS, KEYS], { strategy, ...more });
    const bounds = checkBounds(definition, scenario, [readTrial(sample, scenario, definition.expiry)]);
    return Object.fromEntries(bounds.map(({ metric, holds }) => [metric, holds]));
  }

  test('hold what a cache can do', async () => {
    expect(await boundsOf('allkeys-lru', { hits: OFFERED - KEYS, evicted: 9 })).toEqual({
      'cache.hitRate': true,
      'cache.refusedWrites': true,
    });
    expect(await boundsOf('noeviction', { hits: 100, refused: 9 })).toEqual({
      'cache.hitRate': true,
      'cache.evictions': true,
    });
  });

  test('are broken by more hits than the optimum, by evictions and refusals', async () => {
    expect(await boundsOf('allkeys-lru', { hits: OFFERED - KEYS + 1 })).toMatchObject({
      'cache.hitRate': false,
    });
    expect(await boundsOf('noeviction', { evicted: 1 })).toMatchObject({ 'cache.evictions': false });
    expect(await boundsOf('volatile-ttl', { refused: 1 })).toMatchObject({ 'cache.refusedWrites': false });
  });
});

test('the sequence of a trial is that of its own round', async () => {
  const { scenario } = await planned();
  const keys = (seed: number) => drawnKeys({ keys: scenario.keys, seed }, 50);
  expect(keys(1)).not.toEqual(keys(2));
});
