/**
 * What a run will do, decided in full before anything starts, and written as `plan.json`.
 * The same scenario, options and seed give the same plan, and so the same hash, on every machine.
 */
import type { StrategyDefinition } from '../../scenarios/strategies/definition.ts';
import type { EvictionPolicy } from '../../scenarios/strategies/eviction-policy.ts';
import { meanRatePerSec, totalMs } from '../load/phases.ts';
import type { ProfileName, Scenario } from '../scenario/schema.ts';
import { originCapacityPerSec } from '../scenario/schema.ts';
import { deriveSeed, seededRandom, shuffled } from '../time/random.ts';

/** To be raised when a plan of before lacks what the analysis reads. */
export const PLAN_VERSION = 2;

export interface PlannedStrategy {
  readonly name: string;
  /** Name of a built-in strategy, or the absolute path of a file. */
  readonly reference: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** Whether it needs a RabbitMQ. Absent: no. */
  readonly broker?: true;
  /** The relay processes that it brings; absent when none. */
  readonly relays?: readonly PlannedRelay[];
  /** What Redis gives up first while it runs; only where the scenario limits the memory. */
  readonly evictionPolicy?: EvictionPolicy;
}

export interface PlannedRelay {
  /** Of the relay, within its strategy. */
  readonly name: string;
  readonly processes: number;
}

export interface Trial {
  /** 1-based, in the order of execution. */
  readonly index: number;
  readonly scenario: string;
  readonly strategy: string;
  /** 1-based. */
  readonly round: number;
  /** Of this trial's arrivals and keys. The same for every strategy of a round, so that they meet the same storm. */
  readonly seed: number;
}

export interface PlannedScenario {
  readonly scenario: Scenario;
  readonly strategies: readonly PlannedStrategy[];
  /** Name of the strategy that the others are compared with. */
  readonly baseline: string;
  /** The scenario's own baseline, which its storm has to hurt. Absent: it does not run, or competes like the others. */
  readonly unprotected?: string;
  /** With `--aa`: the name under which the baseline runs once more, to show how far it differs from itself. */
  readonly again?: string;
  readonly rounds: number;
  /** The profile's, or the sum of the load's phases. */
  readonly stormMs: number;
  /** The open load's rate after `timesCapacity` was resolved, or the mean of its phases; `null` for a closed load. */
  readonly ratePerSec: number | null;
}

export interface Plan {
  readonly planVersion: typeof PLAN_VERSION;
  readonly seed: number;
  readonly profile: ProfileName;
  readonly infra: string;
  readonly scenarios: readonly PlannedScenario[];
  readonly trials: readonly Trial[];
}

/** A scenario with the strategies that were found for it. */
export interface Contest {
  readonly scenario: Scenario;
  /** Baseline first; the baseline again, if it is, second. */
  readonly contenders: readonly Contender[];
  /** Name of the scenario's own baseline, where it is among them and is expected not to protect. */
  readonly unprotected?: string;
  /** Name of the contender that is the baseline again. */
  readonly again?: string;
}

export interface Contender {
  /** The definition's, but for the baseline run again. */
  readonly name: string;
  readonly reference: string;
  readonly definition: StrategyDefinition;
}

export interface PlanOptions {
  readonly seed: number;
  readonly profile: ProfileName;
  readonly infra: string;
  /** Overrides the profile's number of rounds. */
  readonly rounds?: number;
}

/** Expands scenario x strategy x round: all strategies once a round, in a seeded random order. */
export function expandPlan(contests: readonly Contest[], options: PlanOptions): Plan {
  const scenarios = contests.map((contest) => planScenario(contest, options));
  const trials: Trial[] = [];
  for (const { scenario, strategies, rounds } of scenarios) {
    for (let round = 1; round <= rounds; round++) {
      const order = shuffled(
        strategies,
        seededRandom(deriveSeed(options.seed, scenario.name, 'order', round)),
      );
      for (const { name } of order) {
        trials.push({
          index: trials.length + 1,
          scenario: scenario.name,
          strategy: name,
          round,
          seed: deriveSeed(options.seed, scenario.name, 'storm', round),
        });
      }
    }
  }
  const { seed, profile, infra } = options;
  return { planVersion: PLAN_VERSION, seed, profile, infra, scenarios, trials };
}

function planScenario(
  { scenario, contenders, again, unprotected }: Contest,
  options: PlanOptions,
): PlannedScenario {
  const profile = scenario.profiles[options.profile];
  const { load } = scenario;
  const phases = load.model === 'open' ? load.phases : null;
  const baseline = contenders[0]?.name ?? '';
  return {
    scenario,
    strategies: contenders.map(({ name, reference, definition }) => {
      // What is set for the baseline holds for the baseline again.
      const given = scenario.parameters[name === again ? baseline : name] ?? {};
      const parameters = resolveParameters(definition, given);
      return {
        name,
        reference,
        parameters,
        ...helpersOf(definition, parameters),
        ...(scenario.cache.roomBytes === null
          ? {}
          : { evictionPolicy: evictionPolicyOf(definition) ?? scenario.cache.evictionPolicy }),
      };
    }),
    baseline,
    ...(unprotected === undefined ? {} : { unprotected }),
    ...(again === undefined ? {} : { again }),
    rounds: options.rounds ?? profile.rounds,
    stormMs: phases === null ? profile.stormMs : totalMs(phases),
    ratePerSec: plannedRate(scenario),
  };
}

/** Returns what a way to write needs beside the services. */
function helpersOf(
  definition: StrategyDefinition,
  parameters: Readonly<Record<string, number>>,
): Pick<PlannedStrategy, 'broker' | 'relays'> {
  if (definition.kind === 'read') return {};
  const relays = (definition.relays?.(parameters) ?? []).map(({ name, processes }) => ({ name, processes }));
  return {
    ...(definition.queue === undefined ? {} : { broker: true }),
    ...(relays.length === 0 ? {} : { relays }),
  };
}

function evictionPolicyOf(definition: StrategyDefinition): EvictionPolicy | undefined {
  return definition.kind === 'read' ? definition.evictionPolicy : undefined;
}

function plannedRate(scenario: Scenario): number | null {
  const { load } = scenario;
  if (load.model === 'closed') return null;
  if (load.phases !== null) return meanRatePerSec(load.phases);
  return load.ratePerSec ?? (load.timesCapacity ?? 1) * originCapacityPerSec(scenario);
}

function resolveParameters(
  definition: StrategyDefinition,
  given: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(
    Object.entries(definition.parameters).map(([name, parameter]) => [
      name,
      given[name] ?? parameter.default,
    ]),
  );
}
