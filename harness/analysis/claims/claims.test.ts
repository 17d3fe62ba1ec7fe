import { describe, expect, test } from 'vitest';
import { loadContest } from '../../catalog/contest.ts';
import { expandPlan } from '../../plan/plan.ts';
import type { ScenarioInput } from '../../scenario/schema.ts';
import { analyse } from '../analyse.ts';
import { EXPIRIES, sampleOf, type TrialFacts, withTrials } from '../fixtures/trials.ts';
import { claimVerdict } from './claims.ts';

describe('claimVerdict', () => {
  test.each([
    ['confirmed', [true]],
    ['confirmed', [true, true]],
    ['refuted', [false]],
    ['refuted', [false, false]],
    ['only when', [true, false]],
    ['not judged', [null]],
    ['not judged', []],
    // Either could still become `only when`.
    ['not judged', [true, null]],
    ['not judged', [false, null]],
    // Whatever the third is, it holds here and not there.
    ['only when', [true, null, false]],
  ] as const)('%s: %j', (verdict, cases) => {
    expect(claimVerdict(cases)).toBe(verdict);
  });
});

type Facts = Omit<TrialFacts, 'strategy' | 'round'>;
type Trials = Readonly<Record<string, readonly Facts[]>>;
type Claims = NonNullable<ScenarioInput['claims']>;

const ROUNDS = 3;
const times = (facts: Facts, n = ROUNDS): Facts[] => Array.from({ length: n }, () => facts);
const NONE = times({ reads: 101 * EXPIRIES });
const loads = (perExpiry: number) => times({ reads: perExpiry * EXPIRIES });

/** The breakdown scenario with these claims, run as these references; trials by reference. */
async function judged(claims: Claims, runs: Readonly<Record<string, Trials>>) {
  const ttl = { path: ['cache', 'ttlMs'], value: 500 };
  const contests = await Promise.all(
    Object.entries(runs).map(([reference, trials]) => {
      const own = reference.includes(':') ? [] : [{ path: ['claims'], value: claims }];
      return loadContest(reference, [ttl, ...own], Object.keys(trials));
    }),
  );
  const plan = expandPlan(contests, { seed: 1, profile: 'smoke', infra: 'local', rounds: ROUNDS });
  const samples = plan.scenarios.flatMap((planned, index) =>
    Object.entries(Object.values(runs)[index] ?? {}).flatMap(([strategy, facts]) =>
      facts.map((fact, round) => sampleOf(planned, { ...fact, strategy, round: round + 1 })),
    ),
  );
  const definitions = new Map(
    contests.flatMap(({ contenders }) => contenders.map(({ name, definition }) => [name, definition])),
  );
  return analyse(withTrials(plan, samples), samples, definitions);
}

const ONE_LOAD: Claims = [
  {
    text: 'SETNX makes one load',
    source: 'notes',
    cases: [
      { when: 'the lock outlives the load', holds: ['mutex: db.loadsPerExpiry < 1.5'] },
      { when: 'it does not', variant: 'slow-holder', holds: ['mutex: db.loadsPerExpiry < 1.5'] },
    ],
  },
];
const claimOf = async (...args: Parameters<typeof judged>) =>
  (await judged(...args)).scenarios[0]?.claims?.[0];

describe('a claim', () => {
  test('is judged over the scenario and its variants of the same run', async () => {
    const breakdown = { none: NONE, mutex: loads(1) };
    const claim = await claimOf(ONE_LOAD, {
      breakdown,
      'breakdown:slow-holder': { none: NONE, mutex: loads(2) },
    });
    expect(claim).toMatchObject({ verdict: 'only when', cases: [{ holds: true }, { holds: false }] });
    expect(claim?.evidence).toBe(
      'Holds when the lock outlives the load (mutex: db.loadsPerExpiry < 1.5, measured 1); not when it does not (mutex: db.loadsPerExpiry < 1.5, measured 2).',
    );
    expect(claim?.cases[1]?.checks).toMatchObject([
      { strategy: 'mutex', actual: 2, limit: 1.5, holds: false },
    ]);
  });

  test('stands in the scenario only', async () => {
    const breakdown = { none: NONE, mutex: loads(1) };
    const { scenarios } = await judged(ONE_LOAD, { breakdown, 'breakdown:slow-holder': breakdown });
    expect(scenarios.map(({ claims }) => claims?.length)).toEqual([1, undefined]);
    expect(scenarios[0]?.claims?.[0]?.verdict).toBe('confirmed');
  });

  test('that is refuted fails nothing', async () => {
    const never: Claims = [
      {
        text: 'No load at all',
        source: 'nobody',
        cases: [{ when: 'ever', holds: ['mutex: db.reads == 0'] }],
      },
    ];
    const { verdict, scenarios } = await judged(never, { breakdown: { none: NONE, mutex: loads(1) } });
    expect(scenarios[0]?.claims?.[0]).toMatchObject({
      verdict: 'refuted',
      evidence: `Does not hold when ever (mutex: db.reads == 0, measured ${EXPIRIES}).`,
    });
    expect([verdict, scenarios[0]?.verdict]).toEqual(['pass', 'pass']);
  });

  test('holds in a case when all of its thresholds do; one that is broken is enough', async () => {
    const of = (...holds: string[]): Claims => [{ text: 't', source: 's', cases: [{ when: 'w', holds }] }];
    const breakdown = { none: NONE, mutex: loads(1) };
    const verdictOf = async (...holds: string[]) => (await claimOf(of(...holds), { breakdown }))?.verdict;
    expect(await verdictOf('mutex: db.loadsPerExpiry < 2', 'mutex vs none: db.reads < 5%')).toBe('confirmed');
    expect(await verdictOf('mutex: db.loadsPerExpiry < 2', 'mutex vs none: db.reads < 0.5%')).toBe('refuted');
    expect(await verdictOf('mutex: db.reads < 1', 'lease: db.reads < 5')).toBe('refuted');
    expect(await verdictOf('mutex: db.reads < 99', 'lease: db.reads < 5')).toBe('not judged');
  });
});

describe('what can’t be judged is not judged, with the reason', () => {
  const reasonOf = async (expression: string, trials: Trials) => {
    const claims: Claims = [{ text: 't', source: 's', cases: [{ when: 'w', holds: [expression] }] }];
    const claim = await claimOf(claims, { breakdown: trials });
    expect(claim).toMatchObject({ verdict: 'not judged', cases: [{ holds: null }] });
    expect(claim?.evidence).toContain(claim?.cases[0]?.reason);
    return claim?.cases[0]?.reason;
  };

  test('a strategy or a variant that did not run', async () => {
    const trials = { none: NONE, mutex: loads(1) };
    expect(await reasonOf('lease: db.reads < 5', trials)).toBe('lease did not run; --strategy all runs it');
    expect(await reasonOf('mutex vs lease: db.reads < 5%', trials)).toContain('lease did not run');
    const claim = await claimOf(ONE_LOAD, { breakdown: trials });
    expect(claim).toMatchObject({ verdict: 'not judged', cases: [{ holds: true }, { holds: null }] });
    expect(claim?.evidence).toMatch(
      /^Holds when .*; not judged when it does not \(the variant slow-holder did not run; --profile standard runs it\)\.$/,
    );
  });

  test('too few rounds for the confidence, a metric that is missing', async () => {
    const trials = { none: NONE, mutex: loads(1) };
    expect(await reasonOf('mutex: db.reads < 99 @95%', trials)).toContain('use --rounds 6 or more');
    expect(await reasonOf('mutex: cache.wastedRefreshes < 5', trials)).toBe(
      'it could not be measured in every round',
    );
  });

  test('a void trial, a round that is missing, of either strategy', async () => {
    const void_ = times({ reads: EXPIRIES, pacerLagMs: 500 });
    const doubt = 'was not measured in every round, or not so that it can be trusted';
    expect(await reasonOf('mutex: db.reads < 99', { none: NONE, mutex: void_ })).toBe(`mutex ${doubt}`);
    expect(await reasonOf('mutex: db.reads < 99', { none: NONE, mutex: loads(1).slice(1) })).toBe(
      `mutex ${doubt}`,
    );
    expect(await reasonOf('mutex vs none: db.reads < 99%', { none: void_, mutex: loads(1) })).toBe(
      `none ${doubt}`,
    );
    expect(await reasonOf('mutex: db.reads < 99', { none: NONE, mutex: [] })).toBe(
      'no round of mutex was finished',
    );
  });

  test('a strategy that the user made the baseline', async () => {
    expect(await reasonOf('mutex vs baseline: db.reads < 99%', { mutex: loads(1), none: NONE })).toBe(
      'it compares a strategy with itself',
    );
  });
});
