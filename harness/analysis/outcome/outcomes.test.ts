import { describe, expect, test } from 'vitest';
import type { PlannedScenario } from '../../plan/plan.ts';
import { metricNames } from '../../result/metrics.ts';
import type { Criterion } from '../../scenario/outcome-schema.ts';
import { type Scenario, scenarioSchema } from '../../scenario/schema.ts';
import type { TrialReading } from '../trial.ts';
import { outcomesOf, outcomeVerdict, withOutcomes } from './outcomes.ts';
import { stormWarnings } from './storm-warnings.ts';

const CRITERIA: readonly Criterion[] = [
  {
    name: 'loads',
    says: 'loads little',
    any: ['db.loadsPerExpiry <= 6', 'vs baseline: db.loadsPerExpiry <= 5%'],
  },
  { name: 'rows', says: 'leaves no row wrong', any: ['consistency.divergentKeys == 0'] },
];

function plannedWith(outcome: object, rounds = 3): PlannedScenario {
  const scenario: Scenario = scenarioSchema.parse({
    name: 'test',
    title: 'Test',
    question: '?',
    load: { model: 'open', ratePerSec: 100 },
    keys: { kind: 'hot' },
    strategies: ['none', 'mutex'],
    outcome: { criteria: CRITERIA, ...outcome },
    profiles: {
      smoke: { rounds, stormMs: 1_000 },
      standard: { rounds, stormMs: 1_000 },
      publish: { rounds, stormMs: 1_000 },
    },
  });
  const strategies = ['none', 'mutex'].map((name) => ({ name, reference: name, parameters: {} }));
  return {
    scenario,
    strategies,
    baseline: 'none',
    unprotected: 'none',
    rounds,
    stormMs: 1_000,
    ratePerSec: 100,
  };
}

/** What a round measured: loads per expiry, rows wrong at rest; `null`: no trial of it can be trusted. */
type Round = readonly [loads: number, wrong: number | null] | null;

function readingsOf(strategy: string, rounds: readonly Round[]): TrialReading[] {
  return rounds.flatMap((round, index) => {
    if (round === null) return [];
    const unknown = Object.fromEntries(metricNames.map((name) => [name, null]));
    const values = { ...unknown, 'db.loadsPerExpiry': round[0], 'consistency.divergentKeys': round[1] };
    const trial = { index: index + 1, scenario: 'test', strategy, round: index + 1, seed: 1 };
    return [{ sample: { trial }, triggers: [], values } as unknown as TrialReading];
  });
}

const NONE: readonly Round[] = [
  [200, 0],
  [200, 0],
  [200, 0],
];

function judged(
  mutex: readonly Round[],
  outcome: object = {},
  none = NONE,
  unprotected: string | null = 'none',
) {
  const { unprotected: _, ...field } = plannedWith(outcome);
  const planned = { ...field, ...(unprotected === null ? {} : { unprotected }) };
  const readings = new Map([
    ['none', readingsOf('none', none)],
    ['mutex', readingsOf('mutex', mutex)],
  ]);
  const outcomes = outcomesOf(readings, planned);
  const found = outcomes.get('mutex');
  const own = outcomes.get('none');
  if (found === undefined || own === undefined) throw new Error('a strategy was not judged');
  return {
    ...found,
    decides: outcomeVerdict(found),
    baseline: { ...own, decides: outcomeVerdict(own) },
    warnings: stormWarnings(outcomes, planned),
    shares: withOutcomes(readings, outcomes)
      .get('mutex')
      ?.map(({ values }) => values.outcome),
  };
}

test('every criterion in every round: protected, and the baseline is not, as it should be', () => {
  const found = judged([
    [1, 0],
    [6, 0],
    [1, 0],
  ]);
  expect(found).toMatchObject({ verdict: 'protected', shares: [1, 1, 1], warnings: [] });
  expect(found.baseline).toMatchObject({ verdict: 'not protected' });
});

test('a median that is right hides no round that is not', () => {
  const found = judged([
    [1, 0],
    [1, 0],
    [50, 0],
  ]);
  expect(found).toMatchObject({ verdict: 'not protected', shares: [1, 1, 0] });
  expect(found.criteria[0]).toMatchObject({ name: 'loads', holds: false, missedIn: [3] });
});

test('one check of a criterion is enough, another one in each round if need be', () => {
  // 10 is 5% of 200.
  expect(
    judged([
      [10, 0],
      [3, 0],
      [10, 0],
    ]).verdict,
  ).toBe('protected');
  expect(
    judged([
      [10.1, 0],
      [3, 0],
      [10, 0],
    ]).verdict,
  ).toBe('not protected');
});

describe('what is not known', () => {
  test('takes the outcome', () => {
    for (const round of [null, [1, null]] as const) {
      const found = judged([[1, 0], round, [1, 0]]);
      expect(found).toMatchObject({ verdict: 'inconclusive' });
      expect(found.criteria.flatMap(({ openIn }) => openIn)).toContain(2);
    }
  });

  test('takes no failure back', () => {
    expect(judged([null, null, [50, 0]])).toMatchObject({ verdict: 'not protected' });
    expect(judged([[1, 1], null, null])).toMatchObject({ verdict: 'not protected' });
  });

  test('of the baseline takes what rests on it alone', () => {
    const found = judged(
      [
        [8, 0],
        [8, 0],
        [8, 0],
      ],
      {},
      [NONE[0] ?? null, null, NONE[2] ?? null],
    );
    expect(found.criteria[0]).toMatchObject({ holds: null, missedIn: [], openIn: [2] });
    expect(found.verdict).toBe('inconclusive');
  });
});

describe('a strategy that gives a criterion up', () => {
  const givesUp = (instead: string | null) => ({
    givesUp: {
      mutex: [{ criterion: 'rows', because: 'Late sets stay.', ...(instead === null ? {} : { instead }) }],
    },
  });
  const wrong: readonly Round[] = [
    [1, 0],
    [1, 4],
    [1, 0],
  ];

  test('fails nothing by missing it', () => {
    expect(judged(wrong, givesUp(null))).toMatchObject({ verdict: 'as declared' });
  });

  test('has to deliver what stands in its place', () => {
    expect(judged(wrong, givesUp('consistency.divergentKeys <= 4')).verdict).toBe('as declared');
    expect(judged(wrong, givesUp('consistency.divergentKeys <= 3'))).toMatchObject({
      verdict: 'not protected',
    });
  });

  test('has to deliver it where it missed the criterion, and nowhere else', () => {
    const more: readonly Round[] = [
      [5, 4],
      [6, 0],
      [6, 0],
    ];
    expect(judged(more, givesUp('db.loadsPerExpiry <= 5')).verdict).toBe('as declared');
    expect(judged(more, givesUp('db.loadsPerExpiry <= 4')).verdict).toBe('not protected');
  });

  test('still has to meet the others', () => {
    expect(judged([[50, 4], wrong[1] ?? null, wrong[2] ?? null], givesUp(null)).verdict).toBe(
      'not protected',
    );
  });

  test('that meets it after all protects, and what it was to give up stays beside', () => {
    const found = judged(
      [
        [1, 0],
        [1, 0],
        [1, 0],
      ],
      givesUp(null),
    );
    expect(found.verdict).toBe('protected');
    expect(found.criteria[1]).toMatchObject({ holds: true, givesUp: { because: 'Late sets stay.' } });
  });
});

describe('a baseline that meets every criterion', () => {
  const calm: readonly Round[] = [
    [2, 0],
    [2, 0],
    [2, 0],
  ];

  test('says that the storm did no harm, which voids what the others showed', () => {
    const { verdict, decides, warnings } = judged(calm, {}, calm);
    expect(warnings).toMatchObject([{ code: 'storm-did-not-bite', voids: true }]);
    expect(warnings[0]?.message).toContain('it loads little; it leaves no row wrong');
    expect([verdict, decides]).toEqual(['inconclusive', 'inconclusive']);
  });

  test('excuses nobody who failed in such a storm', () => {
    expect(judged([[50, 0], calm[1] ?? null, calm[2] ?? null], {}, calm)).toMatchObject({
      verdict: 'not protected',
      decides: 'fail',
    });
  });

  test('does not in a single round that hurt it', () => {
    const found = judged(calm, {}, [calm[0] ?? null, calm[1] ?? null, [50, 0]]);
    expect(found).toMatchObject({ verdict: 'protected', warnings: [] });
  });

  test('is fine where it competes', () => {
    const found = judged(calm, { baseline: 'competes' }, calm, null);
    expect(found).toMatchObject({ verdict: 'protected', decides: 'pass', warnings: [] });
    expect(found.baseline).toMatchObject({ verdict: 'protected', expected: 'protected', decides: 'pass' });
  });
});

test('where the baseline did not run, one warning says so and takes nothing away', () => {
  const found = judged(
    NONE.map(() => [1, 0]),
    {},
    NONE,
    null,
  );
  expect(found.warnings).toMatchObject([{ code: 'baseline-missing' }]);
  expect(found.warnings[0]).not.toHaveProperty('voids');
  expect(found).toMatchObject({ verdict: 'protected', decides: 'pass' });
});

describe('what an outcome makes of the verdict', () => {
  test('a mitigation that does not protect fails, one that declared it does not', () => {
    const wrong: readonly Round[] = NONE.map(() => [1, 4]);
    expect(judged(wrong).decides).toBe('fail');
    const declared = { givesUp: { mutex: [{ criterion: 'rows', because: 'Late sets stay.' }] } };
    expect(judged(wrong, declared)).toMatchObject({ verdict: 'as declared', decides: 'pass' });
  });

  test('a baseline is there to fail', () => {
    expect(judged([[1, 0]]).baseline).toMatchObject({ expected: 'not protected', decides: 'pass' });
  });

  test('a round that proves a failure outweighs those that nothing is known of', () => {
    expect(judged([null, [50, 0], null]).decides).toBe('fail');
    expect(judged([null, [1, 0], null]).decides).toBe('inconclusive');
  });
});
