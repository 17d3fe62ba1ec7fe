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
    ['· unprotected', { ...strategy('pass', outcomeOf([40, 41])), baseline: true }],
    ['✗ not protected', strategy('pass', outcomeOf([1, 41]))],
    // Its numbers are not what theory says: the outcome rests on them.
    ['✗ failed', strategy('fail', outcomeOf([1, 41]))],
    ['✗ failed', strategy('fail', outcomeOf([1, 2]))],
    ['~ as declared', strategy('pass', givenUp(outcomeOf([40]), true))],
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
      '  Protected: it sends at most 6 queries an expiry to the database, or 5% of the baseline’s.',
      '✓ single-flight, mutex and logical-expiry protect.',
      '· none does not, as is expected of a baseline: “sends at most 6 queries an expiry to the database, or 5% of the baseline’s” was missed in every round (Loads per expiry 101 ×, wanted <= 6).',
    ]);
  });

  it('name the round of a failure, and what was measured in it', () => {
    expect(linesOf(strategy('fail', outcomeOf([1, 1, 50]))).at(-1)).toBe(
      '✗ mutex does not protect: “sends at most 6 queries an expiry to the database, or 5% of the baseline’s” was missed in round 3 (Loads per expiry 50 ×, wanted <= 6).',
    );
  });

  it('give the reason of what a strategy gives up, and what it delivers instead', () => {
    expect(linesOf(strategy('pass', givenUp(outcomeOf([50]), true, true))).at(-1)).toBe(
      '~ mutex does not, as declared: not “sends at most 6 queries an expiry to the database, or 5% of the baseline’s”. Each new key is loaded once. It delivers db.loadsPerExpiry <= 6.',
    );
  });

  it('name who does better than declared', () => {
    expect(linesOf(strategy('pass', givenUp(outcomeOf([1]), true))).at(-1)).toBe(
      '+ Better than the scenario declares: mutex (it sends at most 6 queries an expiry to the database, or 5% of the baseline’s).',
    );
  });

  it('say of which rounds it is not known', () => {
    const open = outcomeOf([1, 1]);
    const criteria = open.criteria.map((criterion) => ({ ...criterion, holds: null, openIn: [3] }));
    const lines = linesOf(strategy('inconclusive', { verdict: 'inconclusive', criteria }));
    expect(lines.at(-1)).toBe('? Not known of mutex (round 3: void or missing).');
  });

  it('are none for a result before 2.0', () => {
    const strategies = scenario.strategies.map(({ outcome: _, ...rest }) => rest);
    expect(outcomeLines({ ...scenario, strategies })).toEqual([]);
  });
});
