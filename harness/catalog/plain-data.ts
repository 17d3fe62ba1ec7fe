import { type Problem, shown, thrownWords, UsageError } from './errors.ts';

/** Deeper than any scenario, and far from the end of the stack. */
const MAX_DEPTH = 20;
/** More entries than this are a mistake, and would take their time. */
const MAX_ENTRIES = 10_000;

/**
 * Returns a copy of what a user's file exports, made of nothing but objects, arrays, texts, numbers and booleans.
 *
 * The checks that follow read a value more than once, clone it and show it in errors. A getter, a proxy, an object that
 * refers to itself or a key such as `__proto__` would make each of them fail in a way of its own.
 *
 * @param label Put before every path, e.g. the file.
 * @throws UsageError naming every place that is no such data.
 */
export function plainData(value: unknown, label: string): unknown {
  const problems: Problem[] = [];
  const copy = copied(value, [], (path, message) =>
    problems.push({ path: [label, path.join('.')].filter(Boolean).join(': '), message }),
  );
  if (problems.length > 0) throw new UsageError(problems);
  return copy;
}

type Complain = (path: readonly string[], message: string) => void;

function copied(value: unknown, path: readonly string[], complain: Complain): unknown {
  if (typeof value === 'function' || typeof value === 'bigint' || typeof value === 'symbol') {
    return complain(
      path,
      `expected text, a number, true, false, null, an object or an array, got ${shown(value)}`,
    );
  }
  if (typeof value !== 'object' || value === null) return value;
  if (path.length > MAX_DEPTH) {
    return complain(path, `expected at most ${MAX_DEPTH} objects within each other; does one hold itself?`);
  }
  try {
    if (Array.isArray(value)) return entriesOf(value, path, complain);
    return Object.fromEntries(
      Object.keys(value).flatMap((key) => {
        if (!(key in Object.prototype)) {
          return [[key, copied((value as Record<string, unknown>)[key], [...path, key], complain)]];
        }
        complain([...path, key], 'expected another name: every object has a property of this one');
        return [];
      }),
    );
  } catch (error) {
    return complain(path, `could not be read: ${thrownWords(error)}`);
  }
}

function entriesOf(value: readonly unknown[], path: readonly string[], complain: Complain): unknown {
  if (value.length > MAX_ENTRIES) {
    return complain(path, `expected at most ${MAX_ENTRIES} entries, got ${value.length}`);
  }
  return Array.from(value, (entry, index) => copied(entry, [...path, String(index)], complain));
}
