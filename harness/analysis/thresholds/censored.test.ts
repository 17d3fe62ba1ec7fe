/** Limits on a time to recover that the storm's end cut short. */
import { describe, expect, test } from 'vitest';
import type { PlannedScenario } from '../../plan/plan.ts';
import type { MetricName } from '../../result/metrics.ts';
import type { TrialReading } from '../trial.ts';
import { evaluateThresholds } from './evaluate.ts';
import { parseThreshold } from './parse.ts';

/** From the trigger's end to the storm's: what a service that never came back is given. */
const UNTIL_END_MS = 3_000;

type Times = readonly (number | 'never' | 'no trigger')[];

function trials(strategy: string, times: Times): TrialReading[] {
  return times.map((time, index) => {
    const values: Partial<Record<MetricName, number | null>> = {
      // A trigger is never at exactly the same moment.
      'recovery.to95Ms': time === 'no trigger' ? null : time === 'never' ? UNTIL_END_MS - index : time,
      'recovery.stuck': time === 'no trigger' ? null : Number(time === 'never'),
    };
    const triggers = time === 'no trigger' ? [] : [{ name: 'flush', fromUs: 0, toUs: 0 }];
    return { sample: { trial: { strategy, round: index + 1 } }, values, triggers } as unknown as TrialReading;
  });
}

function judge(expression: string, mutex: Times, none: Times = mutex) {
  const byStrategy = new Map([
    ['none', trials('none', none)],
    ['mutex', trials('mutex', mutex)],
  ]);
  const strategies = ['none', 'mutex'].map((name) => ({ name, reference: name, parameters: {} }));
  const field: Pick<PlannedScenario, 'strategies' | 'baseline' | 'again'> = { strategies, baseline: 'none' };
  const [judged] = evaluateThresholds([parseThreshold(`mutex${expression}`)], byStrategy, field);
  return judged;
}

const NEVER: Times = ['never', 'never', 'never'];
const QUICK: Times = [1_000, 1_100, 1_200];

describe('a service that was not back before the end of the storm', () => {
  test.each(['< 10s', '<= 3s', '< 2s', '== 3s', '< 10s @75%'])('breaks recovery.to95Ms %s', (limit) => {
    expect(judge(`: recovery.to95Ms ${limit}`, NEVER)).toMatchObject({
      holds: false,
      // As much of it as was seen.
      actual: UNTIL_END_MS - 1,
      reason: 'not back before the end of the storm in 3 of 3 rounds',
    });
  });

  test('is certain to have taken longer than what was seen, and no more than that', () => {
    expect(judge(': recovery.to95Ms > 2s', NEVER)).toMatchObject({ holds: true });
    expect(judge(': recovery.to95Ms > 2s @75%', NEVER)).toMatchObject({ holds: true });
    expect(judge(': recovery.to95Ms > 4s', NEVER)).toMatchObject({
      holds: null,
      reason: 'not back before the end of the storm in 3 of 3 rounds; a longer storm would tell',
    });
  });

  test('decides with the median over rounds, in which never is longer than any time', () => {
    expect(judge(': recovery.to95Ms < 2s', [1_000, 'never', 1_200])).toMatchObject({
      holds: true,
      actual: 1_200,
    });
    expect(judge(': recovery.to95Ms < 10s', [1_000, 'never', 'never'])?.holds).toBe(false);
    // Half of the rounds: the mean of a time and of none that has an end.
    expect(judge(': recovery.to95Ms < 10s', [1_000, 'never'])?.holds).toBe(false);
    expect(judge(': recovery.to95Ms < 2s', QUICK)).toMatchObject({ holds: true });
    expect(judge(': recovery.to95Ms < 2s', QUICK)?.reason).toBeUndefined();
  });

  test('takes a confidence from an interval that reaches it', () => {
    expect(judge(': recovery.to95Ms < 10s @75%', [1_000, 1_100, 'never'])).toMatchObject({
      holds: null,
      reason: 'the interval of 75% reaches beyond the limit',
    });
  });

  test('breaks a limit against one that was back, however near the end', () => {
    expect(judge(' vs none: recovery.to95Ms < 50%', NEVER, QUICK)?.holds).toBe(false);
    expect(judge(' vs none: recovery.to95Ms < 300%', NEVER, QUICK)).toMatchObject({
      holds: false,
      reason: 'not back before the end of the storm in 3 of 3 rounds',
    });
    expect(judge(' vs none: recovery.to95Ms > 200%', NEVER, QUICK)?.holds).toBe(true);
    expect(judge(' vs none: recovery.to95Ms > 400%', NEVER, QUICK)?.holds).toBeNull();
  });

  test('is beaten by one that was back at least as clearly as was seen', () => {
    expect(judge(' vs none: recovery.to95Ms < 50%', QUICK, NEVER)?.holds).toBe(true);
    expect(judge(' vs none: recovery.to95Ms < 10%', QUICK, NEVER)).toMatchObject({
      holds: null,
      reason: 'none was not back before the end of the storm in 3 of 3 rounds; a longer storm would tell',
    });
    expect(judge(' vs none: recovery.to95Ms > 50%', QUICK, NEVER)?.holds).toBe(false);
  });

  test.each(['< 110%', '> 90%', '== 100%'])('is no measure for another such: %s', (limit) => {
    expect(judge(` vs none: recovery.to95Ms ${limit}`, NEVER, NEVER)?.holds).toBeNull();
  });
});

test.each([': recovery.to95Ms < 10s', ': recovery.lost < 5', ' vs none: recovery.to95Ms < 50%'])(
  'mutex%s: nothing set the storm off, so there is nothing to judge',
  (expression) => {
    expect(judge(expression, ['no trigger', 'no trigger'])).toMatchObject({
      actual: null,
      holds: null,
      reason: 'nothing set the storm off, so there is nothing to recover from; add a fault, or a cold start',
    });
  },
);
