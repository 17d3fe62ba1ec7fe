import type { PlannedScenario } from '../plan/plan.ts';
import type { Warning } from '../result/schema.ts';
import { doubtfulPercentiles } from './generator-lag.ts';
import { keptSchedule } from './schedule.ts';
import type { TrialReading } from './trial.ts';
import { type WarningCode, warn } from './warning-catalogue.ts';

/** A new connection takes some milliseconds on a busy machine; that is no wait for a free one. */
const CONNECTING_MS = 25;

/**
 * Says when `maxConnections` stood between the load and the service, which a strategy's slowness brings about:
 * its requests wait in the generator, and the service is asked less than the load says. Once per strategy.
 *
 * @param readings The rounds of one strategy.
 */
export function loadWarnings(readings: readonly TrialReading[], planned: PlannedScenario): Warning[] {
  const { scenario } = planned;
  const connections = scenario.maxConnections * scenario.service.instances;
  // Half a query, as for the generator's own lag: less does not change how many readers meet a load.
  const limitMs = Math.max(scenario.origin.queryMs / 2, CONNECTING_MS);
  // After a stall of its own the generator sends hundreds at once: they wait for connections, too, for its sake.
  const onTime = readings.filter(({ values }) => (values['generator.pacerLagMs.p99'] ?? 0) <= limitMs);
  const heldBack = onTime.flatMap((reading): Finding[] => {
    const kept = keptSchedule(reading.sample.load);
    if (kept === null || kept.heldBack <= kept.allowed) return [];
    const message = `${kept.heldBack} of ${kept.offered} requests were still waiting for a free connection at the end of the storm: the service held all ${connections}`;
    return [{ reading, size: kept.heldBack / kept.offered, message }];
  });
  const lagging = onTime.flatMap((reading): Finding[] => {
    const lagMs = reading.values['generator.sendLagMs.p99'];
    const pacerMs = reading.values['generator.pacerLagMs.p99'];
    // A closed load has no schedule to lag behind.
    if (lagMs === null || pacerMs === null || lagMs - pacerMs <= limitMs) return [];
    const message = `1 in 100 requests waited ${(lagMs - pacerMs).toFixed(0)} ms or more for a free connection: the service held all ${connections}, and so never met more readers at once. Response times have the wait in them`;
    return [{ reading, size: lagMs - pacerMs, message }];
  });
  // Of one cause: the stronger of the two says it.
  return heldBack.length > 0
    ? worst('rate-held-back', heldBack, readings)
    : worst('send-lag', lagging, readings);
}

/**
 * Says which percentiles of the response time the generator's own lag can have moved. Once per strategy.
 *
 * @param readings The rounds of one strategy.
 */
export function latencyWarnings(readings: readonly TrialReading[]): Warning[] {
  const found = readings.flatMap((reading): Finding[] => {
    const doubtful = doubtfulPercentiles(reading.sample.load.histograms, [50, 90, 99]);
    const size = Math.max(...doubtful.map(({ ms, atLeastMs }) => ms - atLeastMs));
    const ranges = doubtful.map(
      ({ percent, atLeastMs, ms }) => `p${percent} ${atLeastMs.toFixed(1)} to ${ms.toFixed(1)} ms`,
    );
    const message = `the load generator was late itself, and may have made its response times longer: ${ranges.join(', ')}`;
    return doubtful.length === 0 ? [] : [{ reading, size, message }];
  });
  return worst('latency-doubtful', found, readings);
}

interface Finding {
  readonly reading: TrialReading;
  readonly size: number;
  readonly message: string;
}

/** One warning for all rounds: the worst of them speaks. */
function worst(code: WarningCode, found: readonly Finding[], readings: readonly TrialReading[]): Warning[] {
  const [first] = found.toSorted((a, b) => b.size - a.size);
  if (first === undefined) return [];
  const { strategy, round } = first.reading.sample.trial;
  const often = found.length === 1 ? '' : ` (${found.length} of ${readings.length} rounds; this one most)`;
  return [warn(code, `${first.message}${often}`, { strategy, round })];
}
