import { describe, expect, test } from 'vitest';
import { evictionPolicies } from '../../scenarios/strategies/eviction-policy.ts';
import { expandPlan } from '../plan/plan.ts';
import { loadContest } from './contest.ts';
import { UsageError } from './errors.ts';
import { parseSetting } from './settings.ts';

async function policiesOf(scenario: string, strategies: readonly string[], ...texts: string[]) {
  const contest = await loadContest(scenario, texts.map(parseSetting), strategies);
  const plan = expandPlan([contest], { seed: 1, profile: 'smoke', infra: 'local' });
  return plan.scenarios[0]?.strategies.map(({ name, evictionPolicy }) => [name, evictionPolicy]);
}

describe('the eviction policy of a contender', () => {
  test('is planned: its own, else the scenario’s', async () => {
    expect(await policiesOf('eviction', ['all'])).toEqual(evictionPolicies.map((name) => [name, name]));
    expect(await policiesOf('eviction', ['none', 'allkeys-lru'])).toEqual([
      ['none', 'noeviction'],
      ['allkeys-lru', 'allkeys-lru'],
    ]);
    const other = ['none', 'volatile-ttl'];
    expect(await policiesOf('eviction', other, 'cache.evictionPolicy=allkeys-lfu')).toEqual([
      ['none', 'allkeys-lfu'],
      ['volatile-ttl', 'volatile-ttl'],
    ]);
  });

  test('is nothing where the memory has no limit', async () => {
    expect(await policiesOf('breakdown', ['none', 'allkeys-lru'])).toEqual([
      ['none', undefined],
      ['allkeys-lru', undefined],
    ]);
  });

  test.each([
    ['cache.evictionPolicy=allkeys-lrm', /cache\.evictionPolicy: expected "noeviction" or .*"volatile-ttl"/],
    ['cache.roomBytes=0', /cache\.roomBytes: expected/],
    ['cache.evictionSamples=65', /cache\.evictionSamples: expected at most 64/],
    ['cache.evictionPolcy=noeviction', /Did you mean "cache\.evictionPolicy"\?/],
  ])('that can’t be is refused, with its place: %s', async (text, message) => {
    const refused = await loadContest('eviction', [parseSetting(text)], null).catch(
      (error: unknown) => error,
    );
    expect(refused).toBeInstanceOf(UsageError);
    expect((refused as UsageError).message).toMatch(message);
  });
});
