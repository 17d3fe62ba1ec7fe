import type { Fault } from '../faults/fault.ts';
import type { Scenario } from '../scenario/schema.ts';
import type { Problem } from './errors.ts';
import { builtInScenarios, loadScenario, withVariants } from './scenarios.ts';

/** Faults that need nothing of a server but what every user of it may do, or that are none of a server's. */
const HARMLESS: readonly Fault['kind'][] = ['flush', 'kill'];

/**
 * What of the scenarios can't be done to servers that others use, too: to stop them, to change who may do what, or to
 * limit their memory. Names what can run there instead.
 */
export async function foreignServerProblems(scenarios: readonly Scenario[]): Promise<Problem[]> {
  const problems = scenarios.flatMap((scenario) =>
    needsOf(scenario).map((need) => ({
      path: scenario.name,
      message: `${need}: not on servers of your own`,
    })),
  );
  if (problems.length === 0) return [];
  const builtIns = await fitBuiltIns();
  const fit = scenarios.filter((scenario) => needsOf(scenario).length === 0);
  // As the user would name it: a variant has a colon there.
  const references = fit.map(({ name }) => builtIns.get(name) ?? name);
  const message =
    fit.length > 0
      ? `of these can run: ${references.join(' ')} (name them, with --variants none)`
      : `what can run: ${[...builtIns.values()].join(' ')}`;
  return [...problems, { path: '--infra external', message }];
}

function needsOf({ faults, cache }: Scenario): string[] {
  return [
    ...faults
      .filter(({ kind }) => !HARMLESS.includes(kind))
      .map((fault) => `its fault ${fault.kind}${'target' in fault ? ` of ${fault.target}` : ''}`),
    ...(cache.roomBytes === null ? [] : ['its limit of Redis’s memory (cache.roomBytes)']),
  ];
}

/** References of the built-in scenarios and variants that need none of it, by their names. */
async function fitBuiltIns(): Promise<ReadonlyMap<string, string>> {
  const fit = new Map<string, string>();
  for (const { name } of builtInScenarios()) {
    for (const reference of await withVariants(name, 'all')) {
      const scenario = await loadScenario(reference, []);
      if (needsOf(scenario).length === 0) fit.set(scenario.name, reference);
    }
  }
  return fit;
}
