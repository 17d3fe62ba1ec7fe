import type { Needs } from '../../infra/backend.ts';
import type { StrategyDefinition } from '../../scenarios/strategies/definition.ts';
import type { Plan } from '../plan/plan.ts';

/** What the trials of a plan do with their servers. */
export function needsOf({ scenarios }: Plan, definitions: ReadonlyMap<string, StrategyDefinition>): Needs {
  const strategies = scenarios.flatMap((planned) => planned.strategies);
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
  };
}
