import { describe, expect, test } from 'vitest';
import { builtInScenarios, loadScenario } from '../catalog/scenarios.ts';
import { profileNames, type Scenario } from '../scenario/schema.ts';
import { expiryPeriods, periodWarnings } from './expiry-periods.ts';

const scenario = (ttlMs: number, queryMs: number) =>
  ({ keys: { kind: 'hot' }, cache: { ttlMs }, origin: { queryMs } }) as Scenario;

const references = builtInScenarios().flatMap(({ name, variants = [] }) => [
  name,
  ...variants.map((variant) => `${name}:${variant.name}`),
]);

test.each(references)('%s ends with an expiry in every profile, if one key is hot', async (reference) => {
  const found = await loadScenario(reference, []);
  for (const profile of profileNames) {
    const periods = expiryPeriods(found, found.profiles[profile].stormMs);
    if (periods !== null) expect({ profile, periods }).toEqual({ profile, periods: Math.round(periods) });
  }
});

test('some scenario of ours has a hot key', async () => {
  expect(expiryPeriods(await loadScenario('breakdown', []), 3_120)).toBe(3);
});

describe('a storm that is not a whole number of periods', () => {
  const warnings = (stormMs: number) =>
    periodWarnings(scenario(960, 40), stormMs).map(({ message }) => message);

  test('is told of, with the expiries that it may see', () => {
    expect(warnings(2_900 - 15)).toEqual([
      expect.stringContaining(
        'lasts 2.9 periods of the hot key, so that by chance some trials see 2 expiries and some 3',
      ),
    ]);
    expect(warnings(2_400)).toHaveLength(1);
  });

  test('is none within a tenth of one, or where one expiry more is 5%', () => {
    expect([2_910, 3_000, 3_090, 20_500].map((ms) => warnings(ms).length)).toEqual([0, 0, 0, 0]);
    expect(warnings(19_500)).toHaveLength(1);
  });

  test('is any where many keys expire', () => {
    const many = { ...scenario(960, 40), keys: { kind: 'uniform', count: 5 } } as Scenario;
    expect([expiryPeriods(many, 2_500), periodWarnings(many, 2_500)]).toEqual([null, []]);
  });
});
