import { describe, expect, it } from 'vitest';
import type { Comparison, Warning } from '../../harness/result/schema.ts';
import {
  edit,
  failedResult,
  heldResult,
  inconclusiveResult,
  named,
  scenarioOf,
} from '../fixtures/results.ts';
import { emptyResult, firstVersionResult } from '../fixtures/variants.ts';
import { comparisonWords } from './comparison-words.ts';
import { limits, mainDoubt, openChecks, thresholdTally } from './findings.ts';

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
    expect(thresholdTally(scenarioOf(heldResult()))).toBe('3 thresholds held');
    expect(thresholdTally(scenarioOf(failedResult()))).toBe('3 of 4 thresholds held');
    expect(thresholdTally(scenarioOf(emptyResult()))).toBeNull();
  });
});

describe('comparisonWords', () => {
  it('says how sure it is', () => {
    const [comparison] = scenarioOf(heldResult()).comparisons;
    expect(comparison && comparisonWords(comparison, 'count')).toEqual({
      sentence: 'Database reads against none: × 0.0198 (0.0192–0.0202), better',
      detail:
        '75 % interval × 0.0192–0.0202; shift -495; Cliff’s δ -1; p 0.250, 0.750 after Holm; a change of 48 % would have been found; up to 5 % counts as the same; judged by its size beyond the spread, as the rounds are too few for an exact test',
    });
  });

  const recovery = (change: Partial<Comparison>) => {
    const [comparison] = scenarioOf(heldResult()).comparisons;
    if (comparison === undefined) throw new Error('no comparison');
    const about = { strategy: 'single-flight', metric: 'recovery.to95Ms', ratio: 0.43, low: 0.4, high: 0.5 };
    return comparisonWords({ ...comparison, ...about, ...change }, 'ms');
  };

  it.each([
    [undefined, '× 0.430 (0.400–0.500), better', null],
    [{ strategy: 0, against: 3 }, 'at most × 0.430 (0.400–0.500), better', 'none not back in 3 of 3 rounds'],
    [
      { strategy: 1, against: 0 },
      'at least × 0.430 (0.400–0.500), better',
      'single-flight not back in 1 of 3 rounds',
    ],
    [
      { strategy: 1, against: 2 },
      '× 0.430 (0.400–0.500), better',
      'single-flight not back in 1 of 3 rounds; none not back in 2 of 3 rounds',
    ],
  ])('says of a time that the storm’s end cut short only what was seen: %j', (censored, size, detail) => {
    const words = recovery(censored === undefined ? {} : { censored });
    expect(words.sentence).toBe(`Time to recover against none: ${size}`);
    expect(words.detail.includes('not back')).toBe(detail !== null);
    expect(words.detail).toContain(detail ?? '');
  });

  it('has nothing to say of two times that were never seen', () => {
    const never = { censored: { strategy: 3, against: 3 }, verdict: 'inconclusive', ratio: 1 } as const;
    expect(recovery(never)).toEqual({
      sentence: 'Time to recover against none: neither was back, inconclusive',
      detail: 'in none of 3 rounds',
    });
  });

  it('has no ratio to nothing, but says how much more it was', () => {
    const metric = { metric: 'recovery.lost', low: null, high: null, verdict: 'worse' } as const;
    const words = recovery({ ...metric, ratio: null });
    expect(words.sentence).toBe('Requests lost against none: no ratio to 0, worse');
    expect(words.detail).toContain('shift -495 ms');
    const boundless = recovery({ ...metric, ratio: null, ci: { low: null, high: null, confidence: 0.75 } });
    expect(boundless.detail).not.toContain('interval');
    expect(recovery({ ...metric, ratio: 0, low: 0, high: 0.002, verdict: 'better' }).sentence).toBe(
      'Requests lost against none: × 0 (0–0.00200), better',
    );
    expect(recovery({ ...metric, ratio: 3, low: 2, verdict: 'worse' }).sentence).toBe(
      'Requests lost against none: × 3 (≥ 2), worse',
    );
  });

  it('says nothing of what an older result did not know', () => {
    const [comparison] = scenarioOf(firstVersionResult()).comparisons;
    expect(comparison && comparisonWords(comparison, 'count').detail).toBe('');
  });
});

it('says what three rounds can’t tell', () => {
  const text = limits(heldResult(), scenarioOf(heldResult())).join('\n');
  expect(text).toContain('hold the true median with a confidence of 75 %: 95 % takes 6 rounds');
});

it('speaks of the scenario’s own rounds, and of one machine only where there was one', () => {
  const result = heldResult();
  result.provenance.rounds = 9;
  const words = () => limits(result, scenarioOf(result)).join('\n');
  expect(words()).toContain('beyond 3 rounds.');
  expect(words()).toContain('cache and database shared one machine with 4 CPUs and spoke over loopback');
  result.provenance.infra = 'external';
  expect(words()).toContain('servers of yours');
  expect(words()).not.toContain('loopback');
  result.provenance.infra = 'containers';
  expect(words()).toContain('one machine with 4 CPUs and spoke over the container engine’s ports');
});

describe('mainDoubt', () => {
  const warning = { code: 'x', message: 'It is.', remedy: 'Look.' };
  const late: Warning = { ...warning, code: 'late', voids: true };
  const own: Warning = { ...warning, code: 'own' };
  const ofRun: Warning = { ...warning, code: 'of-run' };

  it('is the first warning that takes the verdict, whatever stands before it', () => {
    const result = inconclusiveResult();
    const scenario = scenarioOf(result);
    scenario.warnings.unshift(own);
    expect(mainDoubt(result, scenario)?.code).toBe('generator-lag');
    scenario.warnings = [own];
    result.warnings = [ofRun, late];
    expect(mainDoubt(result, scenario)?.code).toBe('late');
  });

  it('is another warning only where no check is left open to say why', () => {
    const result = inconclusiveResult();
    const scenario = scenarioOf(result);
    scenario.warnings = [own];
    result.warnings = [];
    expect(mainDoubt(result, scenario)).toBeNull();
    for (const strategy of scenario.strategies) Object.assign(strategy, { bounds: [], thresholds: [] });
    expect(mainDoubt(result, scenario)?.code).toBe('own');
    scenario.verdict = 'pass';
    expect(mainDoubt(result, scenario)).toBeNull();
  });
});
