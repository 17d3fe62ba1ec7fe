import { parameterName, strategyName } from '../scenario/text.ts';
import { type Problem, UsageError } from './errors.ts';
import { didYouMean } from './nearest.ts';
import { plainData } from './plain-data.ts';
import { valueAt } from './problems.ts';

/** One `--set path=value`. */
export interface Setting {
  readonly path: readonly string[];
  readonly value: unknown;
}

/**
 * Parses `origin.queryMs=50`. The value is JSON where it is valid JSON, else the text itself.
 *
 * @throws UsageError when there is no path or no `=`.
 */
export function parseSetting(text: string): Setting {
  const equals = text.indexOf('=');
  const path = settingPath(text.slice(0, equals));
  if (equals < 1 || path.some((part) => part === '')) {
    throw new UsageError([
      { path: '--set', message: `expected path=value, such as origin.queryMs=50, got "${text}"` },
    ]);
  }
  return { path, value: plainData(parseValue(text.slice(equals + 1)), `--set ${path.join('.')}`) };
}

/** The name of a strategy may hold a dot: `parameters.xfetch-beta-0.5.beta`. */
export function settingPath(text: string): string[] {
  const parts = text.split('.');
  return parts[0] === 'parameters' && parts.length > 3
    ? ['parameters', parts.slice(1, -1).join('.'), parts.at(-1) ?? '']
    : parts;
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/**
 * A copy of `target` with the settings applied. Only paths that exist can be set, but for
 * `parameters.<strategy>.<name>`, which is checked against the strategies later.
 *
 * @param label What gives them, before their paths in errors.
 * @throws UsageError naming every path that does not exist and the nearest that does.
 */
export function applySettings<T extends object>(target: T, settings: readonly Setting[], label = '--set'): T {
  const problems: Problem[] = [];
  const copy = structuredClone(target) as Record<string, unknown>;
  for (const { path, value } of settings) {
    const problem = path[0] === 'parameters' ? parameterProblem(path, label) : unknownPath(copy, path, label);
    if (problem !== null) problems.push(problem);
    else assign(copy, path, value);
  }
  if (problems.length > 0) throw new UsageError(problems);
  return copy as T;
}

function parameterProblem(path: readonly string[], label: string): Problem | null {
  const [, strategy = '', parameter = ''] = path;
  const form = path.length === 3 && strategyName.safeParse(strategy).success;
  if (form && parameterName.safeParse(parameter).success) return null;
  return {
    path: `${label} ${path.join('.')}`,
    message: 'expected parameters.<strategy>.<parameter>=<number>',
  };
}

function unknownPath(target: object, path: readonly string[], label: string): Problem | null {
  for (let depth = 0; depth < path.length; depth++) {
    const parent = valueAt(target, path.slice(0, depth));
    const name = path[depth] ?? '';
    // The length of an array is its own, and no setting.
    if (typeof parent === 'object' && parent !== null && Object.keys(parent).includes(name)) continue;
    const known = settablePaths(target);
    const shownNames = keysAt(target)(path.slice(0, depth));
    return {
      path: `${label} ${path.join('.')}`,
      message: `no such setting${shownNames.length > 0 ? `; expected one of ${shownNames.join(', ')}` : ''}.${didYouMean(path.join('.'), known)}`,
    };
  }
  return null;
}

function assign(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let current = target;
  for (const part of path.slice(0, -1)) {
    if (!Object.hasOwn(current, part)) current[part] = {};
    current = current[part] as Record<string, unknown>;
  }
  current[path.at(-1) ?? ''] = value;
}

/** The names at a path of `target`, for suggestions. */
function keysAt(target: object): (path: readonly PropertyKey[]) => readonly string[] {
  return (path) => {
    const found = valueAt(target, path);
    return typeof found === 'object' && found !== null && !Array.isArray(found) ? Object.keys(found) : [];
  };
}

/** Every leaf of a scenario as a dotted path. */
function settablePaths(target: object, prefix = ''): string[] {
  return Object.entries(target).flatMap(([name, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? settablePaths(value as object, `${prefix}${name}.`)
      : [`${prefix}${name}`],
  );
}
