/** What the verdict of a comparison is worth: how often it is wrong, and how often it finds what is there. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Random, seededRandom } from '../time/random.ts';
import { comparePairs, type Pair } from './comparisons.ts';

const P99 = 'latency.response.p99';
type Noise = (random: Random) => number;

const normal: Noise = (random) =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

/** Log of one measurement around its truth. */
const noises: Readonly<Record<string, Noise>> = {
  'normal, 5%': (random) => 0.05 * normal(random),
  'normal, 40%': (random) => 0.4 * normal(random),
  'skewed, as latency is': (random) => -0.2 * Math.log(1 - random.next()),
  'now and then three times as slow': (random) =>
    0.03 * normal(random) + (random.next() < 0.1 ? Math.log(3) : 0),
  'long tails (Cauchy)': (random) => 0.05 * Math.tan(Math.PI * (random.next() - 0.5)),
  'small counts, 4 to 6': (random) => Math.log(4 + random.int(3)),
  'counts of 0 to 2': (random) => Math.log(random.int(3)),
  'nothing, but now and then something': (random) =>
    random.next() < 0.6 ? Number.NEGATIVE_INFINITY : 0.4 * normal(random),
  'nothing every other time': (random) => (random.next() < 0.5 ? Number.NEGATIVE_INFINITY : 0),
  'now and then nothing, else long tails': (random) =>
    random.next() < 0.1 ? Number.NEGATIVE_INFINITY : normal(random),
  none: () => 0,
};

function pairsOf(n: number, noise: Noise, random: Random, factor = 1): Pair[] {
  return Array.from({ length: n }, () => {
    // What a round's own storm or a busy machine does to both.
    const round = 100 * Math.exp(0.3 * normal(random));
    return { value: factor * round * Math.exp(noise(random)), against: round * Math.exp(noise(random)) };
  });
}

function shareOf(verdicts: readonly string[], n: number, noise: Noise, factor: number, runs: number): number {
  const random = seededRandom(n);
  let found = 0;
  for (let run = 0; run < runs; run++) {
    const [judged] = comparePairs(P99, [pairsOf(n, noise, random, factor)]);
    if (verdicts.includes(judged?.verdict ?? '')) found += 1;
  }
  return found / runs;
}

describe('two strategies that are the same', { timeout: 30_000 }, () => {
  test.each(Object.keys(noises))('are called different in at most 1 of 20 runs: %s', (name) => {
    const noise = noises[name] as Noise;
    const rounds = [2, 3, 4, 5, 6, 8, 12];
    let total = 0;
    for (const n of rounds) {
      const wrong = shareOf(['better', 'worse'], n, noise, 1, 400);
      total += wrong / rounds.length;
      // Four standard deviations of a share of 5% over 400 runs.
      expect(wrong, `${n} rounds`).toBeLessThanOrEqual(0.05 + 4 * Math.sqrt((0.05 * 0.95) / 400));
    }
    expect(total).toBeLessThanOrEqual(0.05);
  });

  test('five like ones are all left alone in 19 of 20 runs', () => {
    for (const n of [3, 5, 8, 10]) {
      const random = seededRandom(n);
      let wrong = 0;
      for (let run = 0; run < 400; run++) {
        const baseline = Array.from({ length: n }, () => 100 * Math.exp(0.05 * normal(random)));
        const contenders = Array.from({ length: 5 }, () =>
          baseline.map((against) => ({ value: 100 * Math.exp(0.05 * normal(random)), against })),
        );
        const verdicts = comparePairs(P99, contenders).map(({ verdict }) => verdict);
        if (verdicts.includes('better') || verdicts.includes('worse')) wrong += 1;
      }
      expect(wrong / 400, `${n} rounds`).toBeLessThanOrEqual(0.05);
    }
  });

  test.each([
    ['counts of 0 to 2', 3],
    ['counts of 0 to 2', 11],
    ['nothing every other time', 3],
    ['nothing every other time', 11],
    ['nothing, but now and then something', 7],
    ['now and then nothing, else long tails', 7],
  ])('are all left alone in 19 of 20 runs: %s, %i contenders', (name, contenders) => {
    const noise = noises[name] as Noise;
    for (const n of [3, 4, 5, 7]) {
      const random = seededRandom(n);
      const one = () => 100 * Math.exp(noise(random));
      let wrong = 0;
      for (let run = 0; run < 400; run++) {
        const baseline = Array.from({ length: n }, one);
        const family = Array.from({ length: contenders }, () =>
          baseline.map((against) => ({ value: one(), against })),
        );
        const verdicts = comparePairs('recovery.lost', family).map(({ verdict }) => verdict);
        if (verdicts.includes('better') || verdicts.includes('worse')) wrong += 1;
      }
      expect(wrong / 400, `${n} rounds`).toBeLessThanOrEqual(0.05 + 4 * Math.sqrt((0.05 * 0.95) / 400));
    }
  });

  test('a machine that favours whoever runs first by 10% fools nobody', () => {
    const random = seededRandom(5);
    for (const n of [3, 4, 5]) {
      let wrong = 0;
      for (let run = 0; run < 1_000; run++) {
        const pairs = Array.from({ length: n }, () =>
          random.next() < 0.5 ? { value: 110, against: 100 } : { value: 100, against: 110 },
        );
        if (comparePairs(P99, [pairs])[0]?.verdict !== 'inconclusive') wrong += 1;
      }
      expect(wrong).toBe(0);
    }
  });

  test('are called equivalent when there are rounds enough', () => {
    expect(shareOf(['equivalent'], 10, (random) => 0.02 * normal(random), 1, 500)).toBeGreaterThan(0.95);
  });
});

describe('a real change', { timeout: 30_000 }, () => {
  test('of 10% is found by 10 rounds in 9 of 10 runs, with 5% of noise between rounds', () => {
    const noise = noises['normal, 5%'] as Noise;
    expect(shareOf(['worse'], 10, noise, 1.1, 1_000)).toBeGreaterThan(0.9);
    expect(shareOf(['better'], 10, noise, 1 / 1.1, 1_000)).toBeGreaterThan(0.9);
  });

  test('of 10% is rarely called equivalent, however many rounds there are', () => {
    for (const n of [3, 5, 10, 20]) {
      expect(shareOf(['equivalent'], n, noises['normal, 5%'] as Noise, 1.1, 400)).toBeLessThan(0.05);
    }
  });

  test('that is sure and too small to matter is neither better nor worse', () => {
    // 3% in every round, with a scatter that lets the interval reach beyond 5%.
    const noise: Noise = (random) => Math.log(1.03) + 0.03 * normal(random);
    expect(shareOf(['better', 'worse'], 20, noise, 1, 200)).toBeLessThan(0.05);
    expect(shareOf(['equivalent', 'inconclusive'], 20, noise, 1, 200)).toBeGreaterThan(0.95);
  });

  test('of the detectable size is found in about 4 of 5 runs', () => {
    for (const n of [3, 5, 8, 12, 20]) {
      // The detectable change of the true spread, which a run only estimates.
      const random = seededRandom(n);
      const noise = noises['normal, 5%'] as Noise;
      const effects = Array.from(
        { length: 200 },
        () => comparePairs(P99, [pairsOf(n, noise, random)])[0]?.minimumDetectableEffect ?? 0,
      );
      const typical = effects.reduce((sum, effect) => sum + effect, 0) / effects.length;
      const found = shareOf(['worse'], n, noise, 1 + typical, 400);
      expect(found, `${n} rounds, ${typical}`).toBeGreaterThan(0.7);
      expect(found, `${n} rounds, ${typical}`).toBeLessThan(0.95);
    }
  });

  test('of 100 times is seen in 3 rounds, with the confidence that 3 rounds have', () => {
    const [judged] = comparePairs('db.reads', [
      [
        { value: 5, against: 505 },
        { value: 5, against: 510 },
        { value: 6, against: 498 },
      ],
    ]);
    expect(judged).toMatchObject({ verdict: 'better', basis: 'magnitude', pValue: 0.25, cliffsDelta: -1 });
    expect(judged?.ci?.confidence).toBeCloseTo(0.75);
    expect(judged?.hodgesLehmann?.shift).toBeLessThan(-490);
  });
});

describe('too little to go by', () => {
  const of = (...pairs: readonly (readonly [number, number])[]) =>
    comparePairs(P99, [pairs.map(([value, against]) => ({ value, against }))])[0];

  test.each([
    ['no rounds', of()],
    ['one round', of([1, 100])],
    ['two rounds', of([1, 100], [1, 100])],
    ['three rounds that agree on 10%', of([110, 100], [111, 100], [109, 100])],
    ['three rounds of which one disagrees', of([1, 100], [2, 100], [101, 100])],
  ])('%s', (_, judged) => {
    expect(judged?.verdict).toBe('inconclusive');
    expect(judged?.reason).toMatch(/too few/);
  });

  test('nothing in some rounds and little in others is far less than much', () => {
    // A filter that lets through none, or one of a thousand, of what all reached the database without it.
    const endless = of([0, 0.92], [0.003, 0.95], [0.001, 0.9], [0, 0.93]);
    expect(endless).toMatchObject({ verdict: 'better', basis: 'magnitude', low: 0 });
    expect(endless?.minimumDetectableEffect).toBeGreaterThan(0);
    expect(of([0.92, 0], [0.95, 0.003], [0.9, 0.001], [0.93, 0])?.verdict).toBe('worse');
    // Nothing at all has no size: three rounds will do for one contender, and not for three.
    const nothing = Array.from({ length: 3 }, () => ({ value: 0, against: 2_300 }));
    const [first] = comparePairs('recovery.lost', [nothing, nothing, nothing]);
    expect(first).toMatchObject({ verdict: 'inconclusive', minimumDetectableEffect: null });
    expect(comparePairs('recovery.lost', [nothing])[0]?.verdict).toBe('better');
    // The one that is something is as near as noise may be.
    expect(of([0, 5], [0, 5], [4, 5], [0, 1])?.verdict).toBe('inconclusive');
    expect(of([0, 5], [0, 5], [0, 5], [5, 5])?.verdict).toBe('inconclusive');
  });

  test('nothing measured is null throughout', () => {
    expect(of()).toMatchObject({
      ratio: null,
      low: null,
      high: null,
      ci: null,
      pValue: null,
      cliffsDelta: null,
    });
  });

  test('zeros have no ratio, but an order', () => {
    expect(of([5, 0], [5, 0], [4, 0])).toMatchObject({ ratio: null, low: null, verdict: 'worse' });
    expect(of([0, 5], [0, 5], [0, 4])).toMatchObject({ ratio: 0, high: 0, verdict: 'better' });
    expect(of([0, 0], [0, 0], [0, 0])).toMatchObject({ ratio: 1, verdict: 'inconclusive' });
  });
});

test('swapped strategies get the opposite verdict, and the order of rounds means nothing', () => {
  const value = fc.integer({ min: 0, max: 300 });
  const pairs = fc.array(fc.record({ value, against: value }), { minLength: 1, maxLength: 12 });
  const opposite: Record<string, string> = { better: 'worse', worse: 'better' };
  fc.assert(
    fc.property(pairs, (given) => {
      const [judged] = comparePairs('db.reads', [given]);
      const [swapped] = comparePairs('db.reads', [
        given.map(({ value: a, against: b }) => ({ value: b, against: a })),
      ]);
      const verdict = judged?.verdict ?? '';
      expect(swapped?.verdict).toBe(opposite[verdict] ?? verdict);
      expect(swapped?.pValue).toBeCloseTo(judged?.pValue ?? 0, 12);
      expect(comparePairs('db.reads', [given.toReversed()])[0]?.verdict).toBe(verdict);
    }),
  );
});

test('more is better for goodput', () => {
  const pairs = Array.from({ length: 8 }, (_, index) => ({ value: 0.99, against: 0.6 + index / 1_000 }));
  expect(comparePairs('goodput', [pairs])[0]?.verdict).toBe('better');
  expect(comparePairs('db.hitRate', [pairs])[0]?.verdict).toBe('worse');
});
