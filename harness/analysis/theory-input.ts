/** What theory needs to know of trials, from what they themselves measured. */
import { expiryOf, type StrategyDefinition } from '../../scenarios/strategies/definition.ts';
import type { TheoryInput } from '../../scenarios/strategies/prediction.ts';
import type { PlannedScenario } from '../plan/plan.ts';
import type { TrialSample } from '../record/sample.ts';
import type { MetricName } from '../result/metrics.ts';
import type { Scenario } from '../scenario/schema.ts';
import { meanLoadSec } from './expiries.ts';
import { mean, median } from './statistics/summary.ts';
import { missingTraffic } from './streams.ts';
import type { TrialReading } from './trial.ts';

/** Means, maxima and medians over the trials; one trial is told by its own. */
export function theoryInput(
  definition: StrategyDefinition,
  { scenario, strategies }: PlannedScenario,
  trials: readonly TrialReading[],
): TheoryInput {
  const early = expiryOf(definition) === 'early';
  const loadSec = meanOf(
    trials.map(({ expiries, meanLoadMs }) =>
      early ? meanLoadMs && meanLoadMs / 1000 : meanLoadSec(expiries ?? []),
    ),
  );
  const ratePerSec = mean(
    trials.map(({ sample: { load } }) => {
      // Nobody asked the cache for what was refused a connection, as while a killed process is away.
      const { ECONNREFUSED: refused = 0 } = load.errors;
      return (load.counts.offered - refused) / (load.durationMs / 1000);
    }),
  );
  const expiries = mean(trials.map((trial) => trial.expiries?.length ?? 0));
  const kills = mean(trials.map(({ sample }) => killsOf(sample)));
  return {
    // Without an expiry there is nothing to predict from; the bounds that need it end inconclusive below.
    hotKey:
      scenario.keys.kind === 'hot'
        ? { ratePerSec, loadSec: loadSec ?? Number.NaN, evenlySpaced: isEvenlySpaced(scenario) }
        : null,
    missing: missingTraffic(
      scenario,
      trials.map(({ sample }) => sample),
    ),
    instances: scenario.service.instances,
    ttlSec: scenario.cache.ttlMs / 1000,
    slowestLoadSec: Math.max(...trials.map(({ slowestLoadMs }) => slowestLoadMs)) / 1000,
    slowestAnswerSec: Math.max(...trials.map(({ values }) => values['latency.response.max'] ?? 0)) / 1000,
    longestStallSec: Math.max(...trials.map(({ machine }) => machine.serviceStallMs ?? 0)) / 1000,
    killsPerExpiry: expiries > 0 ? kills / expiries : 0,
    ...readsOf(scenario, trials),
    rows: scenario.dataset.rows,
    updates: scenario.streams.some(({ operation, keys }) => operation === 'write' && keys.kind !== 'new'),
    ...writesOf(scenario, trials),
    ...optimum(trials),
    preloaded: scenario.preload && scenario.faults.length === 0,
    // By the name that ran: an alias has parameters of its own.
    parameters: strategies.find(({ name }) => name === trials[0]?.sample.trial.strategy)?.parameters ?? {},
  };
}

function readsOf({ load }: Scenario, trials: readonly TrialReading[]): Pick<TheoryInput, 'reads'> {
  if (trials.some(({ sample }) => (sample.otherRedisClients ?? 0) > 0)) return {};
  const retries = load.model === 'open' ? load.retries : 0;
  const of = (pick: (sample: TrialSample) => number) => mean(trials.map(({ sample }) => pick(sample)));
  return {
    reads: {
      misses: of(({ before, after }) => after.redisMisses - before.redisMisses),
      unanswered: of(
        ({ load: { counts, outcomes } }) =>
          counts.offered * (1 + retries) - (outcomes.hit ?? 0) - (outcomes.l1 ?? 0),
      ),
      undone: of((sample) => killsOf(sample) + (sample.abandonedLoads ?? 0)),
    },
  };
}

/** Returns the rate of the streams that write, while they did. */
function writesOf(scenario: Scenario, trials: readonly TrialReading[]): Pick<TheoryInput, 'writes'> {
  if (scenario.consistency === null) return {};
  const ratesPerSec = trials.map(({ sample: { load } }) => {
    const streams = scenario.streams.filter(({ operation }) => operation === 'write');
    return streams.reduce((sum, { name, restMs }) => {
      const seconds = (load.durationMs - restMs) / 1000;
      return sum + (seconds > 0 ? (load.streams?.[name]?.good ?? 0) / seconds : 0);
    }, 0);
  });
  return { writes: { faults: scenario.faults.length > 0, ratePerSec: mean(ratesPerSec) } };
}

function killsOf({ faults = [] }: TrialSample): number {
  return faults.filter(({ kind }) => kind === 'kill').length;
}

/** Medians, as of what is held against it: a limit of each trial is then one of the median. */
function optimum(trials: readonly TrialReading[]): Pick<TheoryInput, 'optimum'> {
  const known = (name: MetricName) => trials.flatMap(({ values }) => values[name] ?? []);
  const rates = known('cache.optimalHitRate');
  if (rates.length < trials.length || rates.length === 0) return {};
  return { optimum: { hitRate: median(rates), entries: Math.round(median(known('cache.entries'))) } };
}

/** Whether requests come at equal distances: their counts scatter by stalls alone. */
export function isEvenlySpaced({ load }: Scenario): boolean {
  return load.model === 'open' && load.arrivals === 'constant';
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : mean(known);
}
