import { describe, expect, it } from 'vitest';
import type { OutcomeResult, StrategyResult, Verdict } from '../../harness/result/schema.ts';
import { outcomeOf } from '../fixtures/outcome.ts';
import { heldResult, named, scenarioOf } from '../fixtures/results.ts';
import { outcomeLines, strategyMark } from './outcome.ts';

function strategy(verdict: Verdict, outcome: OutcomeResult | undefined) {
  const { outcome: _, ...rest } = named(scenarioOf(heldResult()), 'mutex');
  return { ...rest, verdict, ...(outcome === undefined ? {} : { outcome }) } as StrategyResult;
}

/** The first criterion as one that the strategy is known not to meet. */
function givenUp(outcome: OutcomeResult, delivered: boolean | null, instead = false): OutcomeResult {
  const [criterion] = outcome.criteria;
  if (criterion === undefined) throw new Error('the fixture has no criterion');
  return {
    ...outcome,
    verdict: outcome.verdict === 'not protected' && delivered === true ? 'as declared' : outcome.verdict,
    criteria: [
      {
        ...criterion,
        givesUp: {
          because: 'Each new key is loaded once.',
          delivered,
          ...(instead ? { instead: criterion.checks } : {}),
        },
      },
    ],
  };
}

describe('strategyMark', () => {
  it.each<[string, StrategyResult]>([
    ['✓ protects', strategy('pass', outcomeOf([1, 2]))],
    ['· unprotected', strategy('pass', outcomeOf([40, 41], 'not protected'))],
    ['? unharmed', strategy('pass', outcomeOf([1, 2], 'not protected'))],
    // It broke a threshold.
    ['✗ failed', strategy('fail', outcomeOf([40, 41], 'not protected'))],
    // One that the user put first is a mitigation all the same.
    ['✗ not protected', { ...strategy('fail', outcomeOf([1, 41])), baseline: true }],
    ['✗ not protected', strategy('fail', outcomeOf([1, 41]))],
    // Its numbers are not what theory says: the outcome rests on them.
    ['✗ failed', { ...strategy('fail', outcomeOf([1, 41])), asPredicted: 'fail' }],
    ['✗ failed', strategy('fail', outcomeOf([1, 2]))],
    ['~ known gap', strategy('pass', givenUp(outcomeOf([40]), true))],
    ['? inconclusive', strategy('inconclusive', outcomeOf([1, 2]))],
    ['✓ held', strategy('pass', undefined)],
  ])('%s', (text, given) => {
    expect(strategyMark(given).text).toBe(text);
  });
});

describe('outcomeLines', () => {
  const scenario = scenarioOf(heldResult());
  const linesOf = (mutex: StrategyResult) =>
    outcomeLines({
      ...scenario,
      strategies: scenario.strategies.map((each) => (each.name === 'mutex' ? mutex : each)),
    }).map(({ glyph, text }) => `${glyph} ${text}`);

  it('say what protected means, who protects, and that the baseline does not', () => {
    expect(linesOf(strategy('pass', outcomeOf([1, 1, 1])))).toEqual([
      '  A strategy protects if in every round it sends at most 6 queries an expiry to the database, or 5% of the baseline’s.',
      '✓ single-flight, mutex and logical-expiry protect.',
      '· none does not, as is expected of a baseline: loads per expiry 101 ×, wanted at most 6 × (every round).',
    ]);
  });

  it('name the round of a failure, and what was measured in it', () => {
    expect(linesOf(strategy('fail', outcomeOf([1, 1, 50]))).at(-1)).toBe(
      '✗ mutex does not protect: loads per expiry 50 ×, wanted at most 6 × (round 3).',
    );
  });

  it('give the range over the rounds of a failure, and call no open round missed', () => {
    const outcome = outcomeOf([50, 60.5]);
    expect(linesOf(strategy('fail', outcome)).at(-1)).toBe(
      '✗ mutex does not protect: loads per expiry 50 to 60.5 ×, wanted at most 6 × (every round).',
    );
    const criteria = outcome.criteria.map((criterion) => ({ ...criterion, openIn: [3] }));
    expect(linesOf(strategy('fail', { ...outcome, criteria })).at(-1)).toContain('(rounds 1 and 2)');
  });

  it('give the reason of what a strategy gives up, and what it delivers instead', () => {
    expect(linesOf(strategy('pass', givenUp(outcomeOf([50]), true, true))).at(-1)).toBe(
      '~ mutex has a known gap: loads per expiry 50 ×, wanted at most 6 ×. Each new key is loaded once. In its place it keeps loads per expiry at most 6 ×.',
    );
  });

  it('name what was promised in place of a criterion and not delivered', () => {
    const given = givenUp(outcomeOf([50, 60, 1]), false);
    const instead = [
      {
        ...{ expression: 'staleness.maxMs <= 1s', metric: 'staleness.maxMs', against: null, limit: 1_000 },
        rounds: [
          { round: 1, actual: 900, holds: true },
          { round: 2, actual: 1_500, holds: false },
        ],
      },
    ];
    const criteria = given.criteria.map((criterion) => ({
      ...criterion,
      givesUp: { because: 'It waits.', delivered: false, instead },
    }));
    expect(linesOf(strategy('fail', { ...given, criteria })).at(-1)).toBe(
      '✗ mutex does not protect: stalest read 1,500 ms, wanted at most 1,000 ms (round 2).',
    );
  });

  it('name who does better than declared', () => {
    expect(linesOf(strategy('pass', givenUp(outcomeOf([1]), true))).at(-1)).toBe(
      '+ Known gaps that did not show in these rounds: mutex.',
    );
  });

  it('say of a time that was cut short what it was not, as its number is below the limit', () => {
    const { criteria, ...rest } = outcomeOf([50]);
    const checks = [
      {
        ...{
          expression: 'recovery.to95Ms <= 9000ms',
          metric: 'recovery.to95Ms',
          against: null,
          limit: 9_000,
        },
        rounds: [
          { round: 1, actual: 4_000, holds: false, reason: 'not back before the end in 1 of 1 rounds' },
        ],
      },
      {
        ...{ expression: 'vs baseline: db.reads < 5.5%', metric: 'db.reads', against: 'none', limit: 0.055 },
        rounds: [{ round: 1, actual: 0.4, holds: false }],
      },
    ];
    const late = { ...rest, criteria: criteria.map((criterion) => ({ ...criterion, checks })) };
    expect(linesOf(strategy('fail', late)).at(-1)).toBe(
      '✗ mutex does not protect: time to recover: not back before the end, and database reads 40 % of none’s, wanted below 5.5 %.',
    );
  });

  it('say of a storm that did no harm that it shows nothing', () => {
    const calm = { ...scenario, strategies: [named(scenario, 'none'), named(scenario, 'mutex')] };
    const lines = outcomeLines({
      ...calm,
      strategies: calm.strategies.map((each) => ({
        ...each,
        outcome:
          each.name === 'none'
            ? outcomeOf([1, 2], 'not protected')
            : { ...outcomeOf([1, 1]), verdict: 'inconclusive' as const },
      })),
    }).map(({ glyph, text }) => `${glyph} ${text}`);
    expect(lines.slice(1)).toEqual([
      '? none meets all of this without protection: the storm did no harm, so nothing is shown of the others.',
    ]);
  });

  it('say of which rounds it is not known', () => {
    const open = outcomeOf([1, 1]);
    const criteria = open.criteria.map((criterion) => ({ ...criterion, holds: null, openIn: [3] }));
    const lines = linesOf(strategy('inconclusive', { ...open, verdict: 'inconclusive', criteria }));
    expect(lines.at(-1)).toBe('? Not known of mutex (round 3: void or missing).');
  });

  it('are none for a result before 2.0', () => {
    const strategies = scenario.strategies.map(({ outcome: _, ...rest }) => rest);
    expect(outcomeLines({ ...scenario, strategies })).toEqual([]);
  });
});
