import { scenarios } from '../../scenarios/registry.ts';
import { isMetricName, metricNames } from '../result/metrics.ts';
import { type Scenario, type ScenarioInput, scenarioSchema } from '../scenario/schema.ts';
import { type Problem, UsageError } from './errors.ts';
import { importFile, isPath } from './files.ts';
import { didYouMean } from './nearest.ts';
import { problemsOf } from './problems.ts';
import { applySettings, keysAt, type Setting } from './settings.ts';
import { syntaxProblem } from './thresholds.ts';

export function builtInScenarios(): readonly ScenarioInput[] {
  return scenarios;
}

/**
 * A scenario by the name of a built-in one or by the path of a file, with the user's settings applied and
 * every default filled in.
 *
 * @throws UsageError listing everything that is wrong with it.
 */
export async function loadScenario(reference: string, settings: readonly Setting[]): Promise<Scenario> {
  const input = isPath(reference) ? await fromFile(reference) : builtIn(reference);
  const label = isPath(reference) ? reference : '';
  const defaults = scenarioSchema.safeParse(input);
  if (!defaults.success) throw new UsageError(problemsOf(defaults.error, input, label, keysAt(input)));
  const changed = applySettings(defaults.data, settings);
  const parsed = scenarioSchema.safeParse(changed);
  if (!parsed.success)
    throw new UsageError(problemsOf(parsed.error, changed, '--set', keysAt(defaults.data)));
  return checked(parsed.data, label);
}

function builtIn(name: string): ScenarioInput {
  const found = scenarios.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const names = scenarios.map((scenario) => scenario.name);
  throw new UsageError([
    {
      path: 'scenario',
      message: `unknown scenario "${name}"; expected one of ${names.join(', ')}, or the path of a file (./my-scenario.ts).${didYouMean(name, names)}`,
    },
  ]);
}

async function fromFile(path: string): Promise<object> {
  return importFile(path, (candidate) => 'load' in candidate || 'strategies' in candidate, 'a scenario');
}

/** What no single field can tell. */
function checked(scenario: Scenario, label: string): Scenario {
  const { load, keys, dataset } = scenario;
  const at = (path: string) => (label === '' ? path : `${label}: ${path}`);
  if (load.model === 'open') {
    const given = [load.ratePerSec, load.timesCapacity, load.phases].filter((value) => value !== null);
    if (given.length !== 1) {
      throw new UsageError([
        {
          path: at('load'),
          message: 'expected exactly one of ratePerSec, timesCapacity and phases; set the others to null',
        },
      ]);
    }
  }
  if (keys.kind !== 'hot' && keys.kind !== 'missing' && keys.count > dataset.rows) {
    throw new UsageError([
      {
        path: at('keys.count'),
        message: `expected at most dataset.rows (${dataset.rows}), got ${keys.count}`,
      },
    ]);
  }
  const problems = [
    ...scenario.thresholds.map((expression, index) => syntaxProblem(expression, at(`thresholds.${index}`))),
    ...Object.keys(scenario.margins).map((name) => marginProblem(name, at(`margins.${name}`))),
  ].filter((problem) => problem !== null);
  if (problems.length > 0) throw new UsageError(problems);
  return scenario;
}

function marginProblem(name: string, path: string): Problem | null {
  if (isMetricName(name)) return null;
  const message = `unknown metric; expected one of ${metricNames.join(', ')}.${didYouMean(name, metricNames)}`;
  return { path, message };
}
