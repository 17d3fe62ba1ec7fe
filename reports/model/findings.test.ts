import { describe, expect, it } from 'vitest';
import { edit, failedResult, heldResult, inconclusiveResult, named } from '../fixtures/results.ts';
import { emptyResult, firstVersionResult } from '../fixtures/variants.ts';
import { comparisonWords } from './comparison-words.ts';
import { limits, openChecks, thresholdTally } from './findings.ts';

const scenarioOf = (result = heldResult()) => {
  const [scenario] = result.scenarios;
  if (scenario === undefined) throw new Error('no scenario');
  return scenario;
};

describe('openChecks', () => {
  it('names broken bounds and thresholds, failed before undecided', () => {
    expect(
      openChecks(scenarioOf(failedResult())).map(({ strategy, text }) => `${strategy}: ${text}`),
    ).toEqual([
      'mutex: Loads per expiry measured 3.20; predicted 1, allowed 0–1 (1 if d < lock time, else ⌈d / lock time⌉)',
      'mutex: threshold db.loadsPerExpiry <= 1.2: measured 3.20',
    ]);
    expect(openChecks(scenarioOf(inconclusiveResult())).map(({ text }) => text)[1]).toBe(
      'threshold latency.response.p99 < 500 @95%: measured 205 ms; undecided: 3 rounds reach a confidence of 75%, not 95%; use --rounds 6 or more',
    );
    const both = edit((_, scenario) => {
      for (const strategy of scenario.strategies) {
        for (const threshold of strategy.thresholds) {
          threshold.holds = strategy.name === 'single-flight' ? false : null;
        }
      }
    });
    expect(openChecks(scenarioOf(both)).map(({ verdict }) => verdict)).toEqual([
      'fail',
      'inconclusive',
      'inconclusive',
    ]);
    expect(openChecks(scenarioOf(both))[0]?.text).toContain('measured 1.98 % of none');
  });

  it('names a strategy once, though its threshold begins with it', () => {
    const said = (expression: string) => {
      const result = edit((_, scenario) => {
        const [threshold] = named(scenario, 'mutex').thresholds;
        if (threshold !== undefined) Object.assign(threshold, { expression, holds: false });
      });
      const [check] = openChecks(scenarioOf(result));
      return `${check?.strategy}: ${check?.text.split(': measured')[0]}`;
    };
    expect(said('mutex: db.reads < 9')).toBe('mutex: threshold db.reads < 9');
    expect(said('mutex vs none: db.reads < 9%')).toBe('mutex: threshold vs none: db.reads < 9%');
    expect(said('mutex-2: db.reads < 9')).toBe('mutex: threshold mutex-2: db.reads < 9');
    expect(said('vs mutex: db.reads < 9%')).toBe('mutex: threshold vs mutex: db.reads < 9%');
  });

  it('counts what held', () => {
    expect(thresholdTally(scenarioOf())).toBe('3 thresholds held');
    expect(thresholdTally(scenarioOf(failedResult()))).toBe('3 of 4 thresholds held');
    expect(thresholdTally(scenarioOf(emptyResult()))).toBeNull();
  });
});

describe('comparisonWords', () => {
  it('says how sure it is', () => {
    const [comparison] = scenarioOf().comparisons;
    expect(comparison && comparisonWords(comparison, 'count')).toEqual({
      sentence: 'Database reads against none: × 0.0198 (0.0192–0.0202), better',
      detail:
        '75 % interval × 0.0192–0.0202; shift -495; Cliff’s δ -1; p 0.250, 0.750 after Holm; a change of 48 % would have been found; up to 5 % counts as the same; judged by its size beyond the spread, as the rounds are too few for an exact test',
    });
  });

  it('says nothing of what an older result did not know', () => {
    const [comparison] = scenarioOf(firstVersionResult()).comparisons;
    expect(comparison && comparisonWords(comparison, 'count').detail).toBe('');
  });
});

it('says what three rounds can’t tell', () => {
  const text = limits(heldResult(), scenarioOf()).join('\n');
  expect(text).toContain('hold the true median with a confidence of 75 %: 95 % takes 6 rounds');
});
