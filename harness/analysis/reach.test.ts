import { describe, expect, test } from 'vitest';
import { loadContest } from '../catalog/contest.ts';
import { builtInScenarios, withVariants } from '../catalog/scenarios.ts';
import { expandPlan, type PlannedScenario } from '../plan/plan.ts';
import { type MetricName, metricFacts } from '../result/metrics.ts';
import type { BoundResult } from '../result/schema.ts';
import { profileNames } from '../scenario/schema.ts';
import { checkBounds } from './bounds.ts';
import { readingOf } from './fixtures/readings.ts';
import { breakable, reachOf } from './reach.ts';

const references = (
  await Promise.all(builtInScenarios().map(({ name }) => withVariants(name, 'all')))
).flat();

/** Every contender of a scenario in a profile, with what its three rounds read. */
async function contenders(reference: string, profile: (typeof profileNames)[number]) {
  const contest = await loadContest(reference, [], ['all']);
  const [planned] = expandPlan([contest], { seed: 1, profile, infra: 'local' }).scenarios;
  if (planned === undefined) throw new Error(`no plan of ${reference}`);
  return contest.contenders.map((contender) => ({
    planned,
    name: contender.name,
    bounds: (change: Readonly<Record<string, number>>, inRounds = [1, 2, 3]) =>
      checkBounds(
        contender.definition,
        planned,
        [1, 2, 3].map((round) => {
          const reading = readingOf(planned, contender, round);
          return inRounds.includes(round)
            ? { ...reading, values: { ...reading.values, ...change } }
            : reading;
        }),
      ),
  }));
}

describe.each(references)('%s', (reference) => {
  test.each(profileNames)('%s: something can break each limit, and does', async (profile) => {
    for (const { planned, name, bounds } of await contenders(reference, profile)) {
      const stated = bounds({});
      expect(stated, `${name} has no bound`).not.toEqual([]);
      for (const bound of stated) {
        const { least, most } = reachOf(bound.metric, planned);
        const { low, high } = bound.predicted;
        const sides = [
          [low, low === null ? 0 : Math.max(least, low / 2)],
          [high, high === null ? 0 : Math.min(most, Math.max(1, high * 2))],
        ] as const;
        for (const [limit, beyond] of sides) {
          if (limit === null) continue;
          const broken = verdictOf(bounds({ [bound.metric]: beyond }), bound);
          expect(broken, `${name}: ${bound.metric} of ${beyond}, limits ${low} and ${high}`).toBe(false);
        }
      }
    }
  });
});

function verdictOf(bounds: readonly BoundResult[], { metric }: BoundResult) {
  return bounds.find((bound) => bound.metric === metric)?.holds;
}

describe('what a set-up can produce', () => {
  const planned = async (reference: string): Promise<PlannedScenario> => {
    const [found] = expandPlan([await loadContest(reference, [], ['all'])], {
      ...{ seed: 1, profile: 'smoke', infra: 'local' },
    }).scenarios;
    if (found === undefined) throw new Error('no plan');
    return found;
  };

  test('ages end with the storm, and rates with the database', async () => {
    const avalanche = await planned('avalanche');
    // Entries of 60 s in a storm of 5 s; 400 queries/s and 8 connections.
    expect(reachOf('age.maxMs', avalanche).most).toBeLessThan(60_000);
    expect(reachOf('db.peakQps', avalanche).most).toBe(480);
    expect(reachOf('latency.response.p99', avalanche).most).toBe(500);
    expect(reachOf('goodput', avalanche)).toEqual({ least: 0, most: 1 });
    expect(reachOf('of a user’s', avalanche).most).toBe(Number.POSITIVE_INFINITY);
    const [names] = [await contenders('avalanche', 'smoke')];
    for (const { bounds } of names) expect(bounds({}).map(({ metric }) => metric)).not.toContain('age.maxMs');
  });

  test('a jitter is not held to a peak that the database can’t reach', async () => {
    const jitter = (await contenders('avalanche:expiry', 'smoke')).find(({ name }) => name === 'ttl-jitter');
    expect(jitter?.bounds({}).map(({ metric }) => metric)).toEqual(['db.reads', 'age.maxMs']);
  });

  test('no metric is out of the reach of its own range', async () => {
    const breakdown = await planned('breakdown');
    for (const metric of Object.keys(metricFacts) as MetricName[]) {
      const { least, most } = reachOf(metric, breakdown);
      expect(least).toBeGreaterThanOrEqual(metricFacts[metric].range.least);
      expect(most).toBeLessThanOrEqual(metricFacts[metric].range.most);
      expect(most).toBeGreaterThan(least);
    }
  });

  test('a limit at the edge of it breaks nothing', () => {
    const range = { least: 0, most: 10 };
    expect(breakable({ low: 0, high: 10 }, range)).toEqual({ low: null, high: null });
    expect(breakable({ low: 0.1, high: 9.9 }, range)).toEqual({ low: 0.1, high: 9.9 });
    expect(breakable({ low: null, high: null }, range)).toEqual({ low: null, high: null });
  });
});
