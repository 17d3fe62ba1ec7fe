import type { Needs } from '../../infra/backend.ts';
import type { StrategyDefinition } from '../../scenarios/strategies/definition.ts';
import { sum } from '../analysis/statistics/summary.ts';
import type { Plan, PlannedScenario, PlannedStrategy } from '../plan/plan.ts';

/** A relay's connections beside its pool: two of the outbox, two for heartbeats, two that follow the log. */
const RELAY_DATABASE = 6;
/** Of one process: its own, one that listens, one of a Sentinel's watcher. */
const PROCESS_REDIS = 3;
/** The harness's own: probes, the place that it holds, faults, and what ends while its successor begins. */
const HARNESS = 16;
/** The place that the harness holds, and what removes the queues. */
const HARNESS_RABBITMQ = 2;

/** Returns what the trials of a plan do with their servers. */
export function needsOf({ scenarios }: Plan, definitions: ReadonlyMap<string, StrategyDefinition>): Needs {
  const strategies = scenarios.flatMap((planned) => planned.strategies);
  const trials = scenarios.flatMap((planned) =>
    planned.strategies.map((strategy) => connectionsOf(planned, strategy)),
  );
  const most = (kind: keyof Needs['connections']) =>
    Math.max(0, ...trials.map((connections) => connections[kind]));
  const largest = (pick: (scenario: PlannedScenario['scenario']) => number) =>
    Math.max(0, ...scenarios.map(({ scenario }) => pick(scenario)));
  return {
    keyEvents: scenarios.some(({ scenario }) => scenario.keys.kind === 'hot'),
    // Whether a relay follows it is its own affair; a history is held against it.
    changeLog:
      strategies.some(({ relays }) => relays !== undefined) ||
      scenarios.some(({ scenario }) => scenario.consistency !== null),
    hashExchange: strategies.some(({ name, parameters }) => {
      const definition = definitions.get(name);
      return definition?.kind === 'write' && definition.queue?.(parameters).order === 'by-key';
    }),
    connections: { redis: most('redis'), database: most('database'), rabbitmq: most('rabbitmq') },
    valueBytes: largest(({ dataset }) => dataset.valueBytes),
    queryMs: largest(({ origin }) => origin.queryMs),
  };
}

/** At once, in a trial: pools open as many connections as they may. */
function connectionsOf({ scenario }: PlannedScenario, strategy: PlannedStrategy): Needs['connections'] {
  const { origin, service, faults } = scenario;
  const relays = sum((strategy.relays ?? []).map(({ processes }) => processes));
  // The server may not have noticed yet that one was killed when another is there.
  const successor = faults.some(({ kind }) => kind === 'kill') ? 1 : 0;
  const processes = service.instances + relays + successor;
  return {
    redis: processes * PROCESS_REDIS + HARNESS,
    database: processes * origin.poolSize + (relays + successor) * RELAY_DATABASE + HARNESS,
    rabbitmq: strategy.broker === true ? processes + HARNESS_RABBITMQ : 0,
  };
}
