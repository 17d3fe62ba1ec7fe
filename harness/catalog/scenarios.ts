import { scenarios } from '../../scenarios/registry.ts';
import { isMetricName, metricNames } from '../result/metrics.ts';
import {
  type Scenario,
  type ScenarioInput,
  type ScenarioStream,
  scenarioSchema,
} from '../scenario/schema.ts';
import { claimProblems } from './claims.ts';
import { type Problem, UsageError } from './errors.ts';
import { importFile, isPath } from './files.ts';
import { nameProblems } from './names.ts';
import { didYouMean } from './nearest.ts';
import { outcomeProblems } from './outcome.ts';
import { plainData } from './plain-data.ts';
import { problemsOf } from './problems.ts';
import { namesOf } from './schema-names.ts';
import { applySettings, type Setting } from './settings.ts';
import { syntaxProblem } from './thresholds.ts';
import { asVariant, parseReference } from './variants.ts';

export function builtInScenarios(): readonly ScenarioInput[] {
  return scenarios;
}

/**
 * A scenario by the name of a built-in one or by the path of a file, or one of its variants (`name:variant`),
 * with the user's settings applied and every default filled in.
 *
 * @throws UsageError listing everything that is wrong with it.
 */
export async function loadScenario(reference: string, settings: readonly Setting[]): Promise<Scenario> {
  const { scenario, variant } = parseReference(reference);
  const { defaults, label } = await readScenario(scenario);
  const base = variant === null ? defaults : asVariant(defaults, variant);
  const changed = applySettings(base, settings);
  const parsed = scenarioSchema.safeParse(changed);
  if (!parsed.success) {
    // Without settings it is what the variant sets.
    const where = settings.length > 0 ? '--set' : reference;
    throw new UsageError(problemsOf(parsed.error, changed, where, namesOf(scenarioSchema, changed)));
  }
  // A file has a name of its own, and so has one of ours that --set calls otherwise.
  return checked(parsed.data, label, isPath(scenario) ? null : base.name);
}

/** Which of a scenario's variants run beside it. */
export const variantChoices = ['all', 'core', 'none'] as const;
export type VariantChoice = (typeof variantChoices)[number];

/**
 * What running a scenario means: itself, and its variants after it, as far as they are chosen. A variant that was
 * named runs alone.
 *
 * @throws UsageError when there is no such scenario
 */
export async function withVariants(reference: string, choice: VariantChoice): Promise<string[]> {
  const { scenario, variant } = parseReference(reference);
  if (variant !== null) return [reference];
  const { defaults } = await readScenario(scenario);
  const chosen = defaults.variants.filter(({ core }) => choice === 'all' || (choice === 'core' && core));
  return [reference, ...chosen.map(({ name }) => `${reference}:${name}`)];
}

/** As it is written, with every default filled in. */
async function readScenario(reference: string): Promise<{ defaults: Scenario; label: string }> {
  const label = isPath(reference) ? reference : '';
  const input = isPath(reference) ? plainData(await fromFile(reference), label) : builtIn(reference);
  const defaults = scenarioSchema.safeParse(input);
  if (!defaults.success)
    throw new UsageError(problemsOf(defaults.error, input, label, namesOf(scenarioSchema, input)));
  return { defaults: defaults.data, label };
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

/** Checks what no single field can tell. */
function checked(scenario: Scenario, label: string, builtInName: string | null): Scenario {
  const { load, dataset } = scenario;
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
  const problems = [
    ...nameProblems(scenario, builtInName),
    ...keyProblems('keys', scenario.keys, dataset.rows),
    ...streamProblems(scenario),
    ...consistencyProblems(scenario),
    ...coreProblems(scenario),
    ...claimProblems(scenario),
    ...outcomeProblems(scenario),
  ].map(({ path, message }) => ({ path: at(path), message }));
  problems.push(
    ...scenario.thresholds.flatMap(
      (expression, index) => syntaxProblem(expression, at(`thresholds.${index}`)) ?? [],
    ),
    ...Object.keys(scenario.margins).flatMap((name) => metricProblem(name, at(`margins.${name}`)) ?? []),
    ...columnProblems(scenario).map(({ path, message }) => ({ path: at(path), message })),
  );
  if (problems.length > 0) throw new UsageError(problems);
  return scenario;
}

function keyProblems(path: string, keys: ScenarioStream['keys'], rows: number): Problem[] {
  const ofRows = keys.kind === 'uniform' || keys.kind === 'zipf' || keys.kind === 'scan';
  if (!ofRows || keys.count <= rows) return [];
  return [{ path: `${path}.count`, message: `expected at most dataset.rows (${rows}), got ${keys.count}` }];
}

function streamProblems({ load, keys: readers, streams, dataset }: Scenario): Problem[] {
  const problems: Problem[] = [];
  const share = streams.reduce((sum, stream) => sum + stream.share, 0);
  if (streams.length > 0 && load.model === 'closed') {
    problems.push({
      path: 'streams',
      message: 'expected an open load: a closed one has no arrivals to share',
    });
  }
  if (share >= 1) {
    const message = `expected shares of less than 1 together, for the readers of keys are the rest; got ${share}`;
    problems.push({ path: 'streams', message });
  }
  for (const [index, { name, keys, operation }] of streams.entries()) {
    const path = `streams.${index}`;
    problems.push(...keyProblems(`${path}.keys`, keys, dataset.rows));
    if (streams.findIndex((other) => other.name === name) < index) {
      problems.push({ path: `${path}.name`, message: `"${name}" is named more than once` });
    }
    if (keys.kind === 'new' && operation === 'read') {
      problems.push({
        path: `${path}.operation`,
        message: 'expected "write": a new key is there once it is written',
      });
    }
    const { kind } = keys.kind === 'readers' ? readers : keys;
    if (operation === 'write' && (kind === 'missing' || kind === 'inserted')) {
      const message = `expected keys to write, such as {kind: "new"}, got {kind: "${kind}"}`;
      problems.push({ path: `${path}.keys`, message });
    }
    if (keys.kind === 'inserted' && !streams.some((other) => other.keys.kind === 'new')) {
      problems.push({ path: `${path}.keys`, message: 'expected a stream of {kind: "new"} keys beside it' });
    }
  }
  return problems;
}

/** A history of reads alone shows nothing. */
function consistencyProblems({ consistency, streams }: Scenario): Problem[] {
  if (consistency === null || streams.some(({ operation }) => operation === 'write')) return [];
  return [{ path: 'consistency', message: 'expected a stream that writes, such as {"operation": "write"}' }];
}

function coreProblems({ core, strategies }: Scenario): Problem[] {
  if (core === null) return [];
  const [baseline = ''] = strategies;
  const strange = core.flatMap((name, index) => {
    if (strategies.includes(name)) return [];
    const message = `expected one of this scenario’s strategies (${strategies.join(', ')}), got ${JSON.stringify(name)}.${didYouMean(name, strategies)}`;
    return [{ path: `core.${index}`, message }];
  });
  if (core.includes(baseline)) return strange;
  const message = `expected the baseline "${baseline}" among them: the others are compared with it`;
  return [...strange, { path: 'core', message }];
}

function columnProblems({ columns }: Scenario): Problem[] {
  return (columns ?? []).flatMap((name, index) => {
    const path = `columns.${index}`;
    if (columns?.indexOf(name) !== index) return [{ path, message: `"${name}" is named more than once` }];
    return metricProblem(name, path) ?? [];
  });
}

function metricProblem(name: string, path: string): Problem | null {
  if (isMetricName(name)) return null;
  const message = `unknown metric ${JSON.stringify(name)}; expected one of ${metricNames.join(', ')}.${didYouMean(name, metricNames)}`;
  return { path, message };
}
