import type { GeneratorPlan } from '../load/protocol.ts';
import type { Stream } from '../load/streams.ts';
import { HONEST_STREAM } from '../scenario/load-schema.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { PlannedScenario, Trial } from './plan.ts';

/** How often counters are read, and how wide the windows of a timeline are. */
export const SAMPLE_INTERVAL_MS = 100;

/** Returns what the generator is to do for the storm of a trial. */
export function generatorPlan(
  trial: Trial,
  { scenario, ratePerSec, stormMs }: PlannedScenario,
  targets: readonly string[],
): GeneratorPlan {
  const { load } = scenario;
  const streams = streamsOf(scenario, stormMs);
  return {
    targets,
    load:
      load.model === 'closed'
        ? { model: 'closed', connections: load.connections }
        : {
            model: 'open',
            arrivals: load.arrivals,
            ratePerSec: ratePerSec ?? 0,
            ...(load.phases === null ? {} : { phases: load.phases }),
          },
    durationMs: stormMs,
    timeoutMs: scenario.timeoutMs,
    ...(load.model === 'closed' || load.retries === 0 ? {} : { retries: load.retries }),
    maxConnections: scenario.maxConnections,
    keepAlive: load.keepAlive,
    keys: scenario.keys,
    ...(streams.length === 0 ? {} : { streams }),
    seed: trial.seed,
    windowMs: SAMPLE_INTERVAL_MS,
  };
}

/** None for a load of one kind of readers, which need no names: that spares them a header. */
function streamsOf({ keys, clients, streams, dataset }: Scenario, stormMs: number): Stream[] {
  if (streams.length === 0 && clients === 1) return [];
  const { valueBytes } = dataset;
  const share = 1 - streams.reduce((sum, stream) => sum + stream.share, 0);
  const honest: Stream = { name: HONEST_STREAM, share, operation: 'read', keys, clients, valueBytes };
  return [
    honest,
    ...streams.map(({ restMs, ...stream }) => ({
      ...stream,
      valueBytes,
      ...(restMs === 0 ? {} : { untilMs: stormMs - restMs }),
    })),
  ];
}
