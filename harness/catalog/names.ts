/** Holds names apart: whatever runs under a name has to be what the name says, in rows, thresholds and parameters. */
import { scenarios } from '../../scenarios/registry.ts';
import { readStrategies, writeStrategies } from '../../scenarios/strategies/registry.ts';
import { type Scenario, variantName } from '../scenario/schema.ts';
import { MAX_NAME } from '../scenario/text.ts';
import type { Problem } from './errors.ts';
import { isPath } from './files.ts';
import { didYouMean } from './nearest.ts';

/** Words that say something else where the name of a strategy may stand. */
const RESERVED: Readonly<Record<string, string>> = {
  all: '--strategy all means every strategy of the scenario',
  core: '--strategy core means the strategies of its core',
  baseline: 'in a threshold it means the first strategy',
  vs: 'in a threshold it stands before what is compared with',
};

export const builtInStrategies = [...readStrategies, ...writeStrategies];

const strategyNames = builtInStrategies.map(({ name }) => name);

const scenarioNames = scenarios.flatMap(({ name, variants = [] }) => [
  name,
  ...variants.map((variant) => variantName(name, variant.name)),
]);

/** Returns why nothing of the user's may be called so among strategies, or `null`. */
export function takenByStrategy(name: string): string | null {
  if (Object.hasOwn(RESERVED, name)) return `expected another name: ${RESERVED[name]}`;
  return strategyNames.includes(name)
    ? `expected another name: "${name}" is a built-in strategy’s own`
    : null;
}

/** Returns why there is no strategy of this name, with the nearest that there is. */
export function unknownStrategy(name: string): string {
  return `unknown strategy "${name}"; expected one of ${strategyNames.join(', ')}, or the path of a file (./my-strategy.ts).${didYouMean(name, strategyNames)}`;
}

/**
 * Returns what is wrong with the names that a scenario gives.
 *
 * @param builtIn Its own name, where it is one of ours as it is written; `null` for all others.
 */
export function nameProblems(scenario: Scenario, builtIn: string | null): Problem[] {
  const { name, aliases, strategies, variants } = scenario;
  const own = [name, ...variants.map((variant) => variantName(name, variant.name))];
  return [
    ...own.flatMap((each, index) => {
      const path = index === 0 ? 'name' : `variants.${index - 1}.name`;
      if (name !== builtIn && scenarioNames.includes(each)) {
        return [{ path, message: `expected another name: "${each}" is a built-in scenario’s own` }];
      }
      if (each.length <= MAX_NAME) return [];
      const message = `expected at most ${MAX_NAME} characters with the scenario’s name, got ${each.length}: "${each}"`;
      return [{ path, message }];
    }),
    ...repeated(
      variants.map((variant) => variant.name),
      (index) => `variants.${index}.name`,
    ),
    ...repeated(strategies, (index) => `strategies.${index}`),
    ...Object.entries(aliases).flatMap(([alias, target]) => aliasProblems(scenario, alias, target)),
  ];
}

function aliasProblems({ aliases }: Scenario, alias: string, target: string): Problem[] {
  const path = `aliases.${alias}`;
  const taken = takenByStrategy(alias);
  if (taken !== null) return [{ path, message: taken }];
  if (isPath(target) || strategyNames.includes(target)) return [];
  if (!Object.hasOwn(aliases, target)) return [{ path, message: unknownStrategy(target) }];
  return [{ path, message: `expected a strategy, got the alias "${target}"; write "${aliases[target]}"` }];
}

function repeated(names: readonly string[], pathOf: (index: number) => string): Problem[] {
  return names.flatMap((name, index) =>
    names.indexOf(name) < index
      ? [{ path: pathOf(index), message: `"${name}" is named more than once` }]
      : [],
  );
}
