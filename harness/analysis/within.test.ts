import { describe, expect, test } from 'vitest';
import { loadContest } from '../catalog/contest.ts';
import { expandPlan } from '../plan/plan.ts';
import { LatencyHistogram } from '../record/histogram.ts';
import type { TrialSample } from '../record/sample.ts';
import { reading, sampleOf } from './fixtures/trials.ts';
import { overWindow } from './thresholds/windows.ts';
import { readTrial } from './trial.ts';
import { metricsWithin, valuesWithin } from './within.ts';

const contest = await loadContest('breakdown', [], ['none']);
const planned = expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local' }).scenarios[0];
if (planned === undefined) throw new Error('the plan has no scenario');

const FLUSH_MS = 1_000;

/** 100 requests a window of 100 ms: fast and right before a flush, slow and half of them wrong after it. */
const SAMPLE: TrialSample = (() => {
  const whole = sampleOf(planned, { strategy: 'none', reads: 600 });
  const latency = (us: number) => {
    using histogram = new LatencyHistogram();
    for (let count = 0; count < 100; count++) histogram.record(us);
    return histogram.encode();
  };
  const [fast, slow] = [latency(2_000), latency(80_000)];
  return {
    ...whole,
    faults: [{ name: 'flush', kind: 'flush', fromUs: FLUSH_MS * 1e3, toUs: FLUSH_MS * 1e3 + 800 }],
    load: {
      ...whole.load,
      windows: whole.load.windows.map((window) => ({
        ...window,
        good: window.tMs < FLUSH_MS ? 100 : 50,
        responseHistogram: window.tMs < FLUSH_MS ? fast : slow,
      })),
    },
    before: reading(0, 0),
    // 10 reads in the first second, 590 in the two after it, of which 300 in the first 100 ms.
    readings: [reading(1_000_000, 10), reading(1_100_000, 310)],
    after: reading(3_200_000, 600),
  };
})();

describe('valuesWithin', () => {
  test('knows of a part what happened in it', () => {
    const before = valuesWithin(SAMPLE, { fromUs: 0, toUs: 1_000_000 });
    expect(before).toMatchObject({ 'requests.offered': 1_000, goodput: 1, 'db.reads': 10 });
    expect(before['latency.response.p99']).toBeCloseTo(2, 1);
    const after = valuesWithin(SAMPLE, { fromUs: 1_000_800, toUs: 3_200_000 });
    expect(after).toMatchObject({ 'requests.offered': 2_000, goodput: 0.5 });
    expect(after['db.reads']).toBeCloseTo(587.6, 1);
    expect(after['latency.response.p50']).toBeCloseTo(80, 0);
  });

  test('percentiles of a part are those of its requests together', () => {
    // 200 requests at 2 ms in the last windows before the flush, 100 at 80 ms in the first after it.
    const values = valuesWithin(SAMPLE, { fromUs: 800_000, toUs: 1_100_000 });
    const latencies = (['p50', 'p90', 'p99', 'p999', 'max'] as const).map((name) =>
      Math.round(values[`latency.response.${name}`] ?? 0),
    );
    expect(latencies).toEqual([2, 80, 80, 80, 80]);
  });

  test('the parts of a storm add up to the whole', () => {
    const parts = [
      { fromUs: 0, toUs: 700_000 },
      { fromUs: 700_000, toUs: 1_450_000 },
      { fromUs: 1_450_000, toUs: 3_200_000 },
    ].map((span) => valuesWithin(SAMPLE, span));
    const total = (metric: 'db.reads' | 'requests.offered') =>
      parts.reduce((sum, values) => sum + (values[metric] ?? 0), 0);
    expect([total('db.reads'), total('requests.offered')]).toEqual([600, 3_000]);
  });

  test('the peak is the busiest reading of the part', () => {
    expect(valuesWithin(SAMPLE, { fromUs: 0, toUs: 1_200_000 })['db.peakQps']).toBeCloseTo(3_000);
    expect(valuesWithin(SAMPLE, { fromUs: 0, toUs: 1_000_000 })['db.peakQps']).toBeCloseTo(10);
  });

  test('says nothing of what is known of the whole only, or of no part at all', () => {
    const values = valuesWithin(SAMPLE, { fromUs: 0, toUs: 1_000_000 });
    const known = Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [name]));
    expect(known.filter((name) => !metricsWithin.some((within) => within === name))).toEqual([]);
    expect(valuesWithin(SAMPLE, { fromUs: 9e6, toUs: 9.5e6 })['requests.offered']).toBeNull();
  });
});

describe('overWindow', () => {
  const trial = readTrial(SAMPLE, planned, 'physical');
  const value = (kind: 'before' | 'during' | 'after', fault: string | null = null) => {
    const trials = overWindow([trial], 'goodput', { kind, fault });
    return typeof trials === 'string' ? trials : trials[0]?.values.goodput;
  };

  test('is before, during or after the only fault, or the one that is named', () => {
    expect([value('before'), value('after'), value('after', 'flush')]).toEqual([1, 0.5, 0.5]);
    // Shorter than a window: those that it touches.
    expect(value('during')).toBeLessThan(1);
  });

  test('says which faults there were when none, or not this one, is found', () => {
    expect(value('after', 'kill')).toBe('no fault "kill" happened in every round; there was flush');
    const twice = { ...trial, triggers: [...trial.triggers, { name: 'expiry', fromUs: 2e6, toUs: 2e6 }] };
    expect(overWindow([twice], 'goodput', { kind: 'after', fault: null })).toBe(
      'which of flush, expiry is meant? Name it, as in after(flush)',
    );
    expect(overWindow([{ ...trial, triggers: [] }], 'goodput', { kind: 'after', fault: null })).toContain(
      'without faults',
    );
  });

  test('says so of a metric that is not known by window', () => {
    expect(overWindow([trial], 'age.maxMs', { kind: 'after', fault: null })).toContain(
      'age.maxMs is known of the whole storm only',
    );
  });
});
