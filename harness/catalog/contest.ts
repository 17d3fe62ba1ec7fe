import { dirname, resolve } from 'node:path';
import type { StrategyDefinition } from '../../scenarios/strategies/definition.ts';
import type { Contender, Contest, PlannedScenario } from '../plan/plan.ts';
import { hasBaseline } from '../scenario/default-criteria.ts';
import type { ProfileName, Scenario } from '../scenario/schema.ts';
import { claimSubjectProblems } from './claim-subjects.ts';
import { type Problem, UsageError } from './errors.ts';
import { isPath } from './files.ts';
import { didYouMean } from './nearest.ts';
import { plannedContest } from './planned-contest.ts';
import { loadScenario } from './scenarios.ts';
import type { Setting } from './settings.ts';
import { findStrategy } from './strategies.ts';
import { subjectProblem, syntaxProblem } from './thresholds.ts';

export interface ContestOptions {
  /** The user's own, added to the scenario's. @default none */
  readonly thresholds?: readonly string[];
  /** Adds the baseline once more, as a contender of its own name. @default false */
  readonly aa?: boolean;
  /** Says how long storms are. @default the profile with the longest */
  readonly profile?: ProfileName | null;
}

/** What `--strategy` takes in place of a name: strategies of the scenario at hand, by its own choice. */
const strategyGroups = ['all', 'core'] as const;

type StrategyGroup = (typeof strategyGroups)[number];

/**
 * Finds what a scenario names: its strategies, or those the user chose instead.
 *
 * @param chosen Names, paths, and the groups `all` and `core` (all, where a scenario marks none).
 * @throws UsageError naming every strategy, parameter and threshold that is wrong.
 */
export async function loadContest(
  reference: string,
  settings: readonly Setting[],
  chosen: readonly string[] | null,
  { thresholds = [], aa = false, profile = null }: ContestOptions = {},
): Promise<Contest> {
  const found = await loadScenario(reference, settings);
  const scenario = { ...found, thresholds: [...found.thresholds, ...thresholds] };
  // A scenario's own paths lie beside its file, those of the command line in the working directory.
  const folder = isPath(reference) ? dirname(resolve(reference)) : process.cwd();
  const named = (chosen ?? ['all']).flatMap((name) =>
    isGroup(name) ? groupOf(scenario, name).map((own) => at(folder, own)) : [at(process.cwd(), name)],
  );
  const contenders = await contendersOf(scenario, folder, named);
  const ownContenders = (each: Scenario) => {
    const names = each.strategies.map((name) => at(folder, name));
    return contendersOf(each, folder, names);
  };
  const contestOf = (all: readonly Contender[]): Contest =>
    aa ? withBaselineAgain(scenario, all) : { scenario, contenders: all };
  const unprotected = hasBaseline(scenario)
    ? contenders[named.indexOf(at(folder, scenario.strategies[0] ?? ''))]?.name
    : undefined;
  const contest = { ...contestOf(contenders), ...(unprotected === undefined ? {} : { unprotected }) };
  // Its thresholds may name a strategy that the user, or its own core, leaves out of this run.
  const whole = (chosen ?? ['all']).every(isGroup) ? contestOf(await ownContenders(scenario)) : null;
  const problems = [
    ...duplicates(contenders.map(({ name }) => name)),
    ...aliasesOfFiles(scenario, contenders),
    ...parameterProblems(scenario, contenders),
  ];
  // What can be measured follows from parameters, so these have to be right.
  if (problems.length > 0) throw new UsageError(problems);
  const planned = plannedContest(contest, profile);
  const groundless = [
    ...streamsAtRest(planned),
    ...(whole === null
      ? []
      : thresholdProblems(found.thresholds, plannedContest(whole, null), `${scenario.name}: thresholds`)),
    ...thresholdProblems(thresholds, planned, '--threshold'),
    ...(await claimSubjectProblems(scenario, reference, ownContenders)),
  ];
  if (groundless.length > 0) throw new UsageError(groundless);
  return contest;
}

function isGroup(name: string): name is StrategyGroup {
  return strategyGroups.some((group) => group === name);
}

/** In the scenario's order, baseline first. */
function groupOf({ strategies, core }: Scenario, group: StrategyGroup): readonly string[] {
  return group === 'all' ? strategies : strategies.filter((name) => core?.includes(name) ?? true);
}

/** The name of a built-in strategy, or the absolute path of a file. */
function at(folder: string, named: string): string {
  return isPath(named) ? resolve(folder, named) : named;
}

async function contendersOf(
  { aliases }: Scenario,
  folder: string,
  named: readonly string[],
): Promise<Contender[]> {
  return Promise.all(
    named.map(async (name) => {
      const reference = at(folder, (Object.hasOwn(aliases, name) ? aliases[name] : undefined) ?? name);
      const definition = await findStrategy(reference);
      return { name: reference === name ? definition.name : name, reference, definition };
    }),
  );
}

/** The baseline's very definition and reference, so that the service can't know which of the two it is. */
function withBaselineAgain(scenario: Scenario, contenders: readonly Contender[]): Contest {
  const [baseline, ...others] = contenders;
  if (baseline === undefined) return { scenario, contenders };
  // A name that thresholds can have and files too; the loop only for whoever calls a strategy `none-again`.
  let again = `${baseline.name}-again`;
  while (others.some(({ name }) => name === again)) again += '-again';
  return { scenario, contenders: [baseline, { ...baseline, name: again }, ...others], again };
}

/**
 * The strategies of all contests by name, under which samples and results know them.
 *
 * @throws UsageError when two contests bring different strategies of one name: one of them would judge both.
 */
export function definitionsOf(contests: readonly Contest[]): ReadonlyMap<string, StrategyDefinition> {
  const found = new Map<string, Owned>();
  const problems: Problem[] = [];
  for (const { scenario, contenders } of contests) {
    for (const contender of contenders) {
      const { name, definition, reference } = contender;
      const first = found.get(name);
      if (first === undefined) {
        found.set(name, { ...contender, scenario: scenario.name });
      } else if (first.definition !== definition) {
        const message = `the scenarios ${first.scenario} and ${scenario.name} bring two strategies of this name (${first.reference} and ${reference}); give one of them another, or run the scenarios apart`;
        problems.push({ path: `strategy "${name}"`, message });
      }
    }
  }
  if (problems.length > 0) throw new UsageError(problems);
  return new Map([...found].map(([name, { definition }]) => [name, definition]));
}

interface Owned extends Contender {
  readonly scenario: string;
}

function thresholdProblems(
  expressions: readonly string[],
  planned: PlannedScenario,
  path: string,
): Problem[] {
  return expressions.flatMap(
    (expression) => syntaxProblem(expression, path) ?? subjectProblem(expression, planned, path) ?? [],
  );
}

function duplicates(names: readonly string[]): Problem[] {
  const repeated = names.filter((name, index) => names.indexOf(name) !== index);
  return [...new Set(repeated)].map((name) => ({
    path: '--strategy',
    message: `"${name}" is named more than once; expected each strategy once`,
  }));
}

/** A stream that rests for the whole storm sends nothing, and what it was to do would be judged all the same. */
function streamsAtRest({ scenario, stormMs }: PlannedScenario): Problem[] {
  return scenario.streams.flatMap(({ name, restMs }, index) =>
    restMs < stormMs
      ? []
      : [
          {
            path: `streams.${index}.restMs`,
            message: `${name} ends ${restMs} ms before the storm, which takes ${stormMs} ms, and sends nothing; expected a shorter rest or a longer storm`,
          },
        ],
  );
}

/** A file's own name beside an alias of that name: parameters and thresholds could mean either. */
function aliasesOfFiles({ aliases }: Scenario, contenders: readonly Contender[]): Problem[] {
  return contenders.flatMap(({ name, reference, definition }) =>
    isPath(reference) && name === definition.name && Object.hasOwn(aliases, name)
      ? [
          {
            path: `aliases.${name}`,
            message: `expected another name: the strategy of ${reference} has this one`,
          },
        ]
      : [],
  );
}

function parameterProblems(scenario: Scenario, contenders: readonly Contender[]): Problem[] {
  return Object.entries(scenario.parameters).flatMap(([name, values]) => {
    const definition = contenders.find((contender) => contender.name === name)?.definition;
    // A scenario may set a strategy that the user, or a variant, left out of this run.
    const known = scenario.strategies.includes(name) || Object.hasOwn(scenario.aliases, name);
    if (definition === undefined && known) return [];
    if (definition === undefined) {
      const names = contenders.map((contender) => contender.name);
      const message = `no strategy of this name runs; expected one of ${names.join(', ')}.${didYouMean(name, names)}`;
      return [{ path: `parameters.${name}`, message }];
    }
    return Object.entries(values).flatMap(([parameter, value]) =>
      problemOf({ name, definition }, parameter, value),
    );
  });
}

function problemOf(strategy: Pick<Contender, 'name' | 'definition'>, name: string, value: number): Problem[] {
  const { definition } = strategy;
  const path = `parameters.${strategy.name}.${name}`;
  const parameter = Object.hasOwn(definition.parameters, name) ? definition.parameters[name] : undefined;
  if (parameter === undefined) {
    const names = Object.keys(definition.parameters);
    const expected = names.length > 0 ? `expected one of ${names.join(', ')}` : 'this strategy has none';
    return [{ path, message: `unknown parameter; ${expected}.${didYouMean(name, names)}` }];
  }
  if (value >= parameter.min && value <= parameter.max) return [];
  return [{ path, message: `expected ${parameter.min} to ${parameter.max} ${parameter.unit}, got ${value}` }];
}
