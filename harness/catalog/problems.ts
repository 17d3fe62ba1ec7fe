import type { z } from 'zod';
import { type Problem, shown } from './errors.ts';
import { didYouMean } from './nearest.ts';

/**
 * A schema's complaints in our words: the path, what was expected, what came, the nearest right name.
 *
 * @param value What was checked, to show what came.
 * @param prefix Put before every path, e.g. the file.
 * @param knownKeys The names allowed at a path, to suggest from.
 */
export function problemsOf(
  error: z.ZodError,
  value: unknown,
  prefix: string,
  knownKeys: (path: readonly PropertyKey[]) => readonly string[] = () => [],
): Problem[] {
  return error.issues.flatMap((issue) => {
    const at = (path: readonly PropertyKey[]) =>
      [prefix, path.map(String).join('.')].filter(Boolean).join(': ');
    if (issue.code === 'unrecognized_keys') {
      // Those of what was checked have the wrong ones among them.
      const known = knownKeys(issue.path).filter((name) => !issue.keys.includes(name));
      return issue.keys.map((key) => ({
        path: at([...issue.path, key]),
        message: `unknown name${known.length > 0 ? `; expected one of ${known.join(', ')}` : ''}.${didYouMean(key, known)}`,
      }));
    }
    if (issue.code === 'invalid_key') {
      const key = String(issue.path.at(-1));
      return issue.issues.map((reason) => ({
        path: at(issue.path),
        message: `${expectation(reason)}, got the name ${shown(key)}`,
      }));
    }
    const got = valueAt(value, issue.path);
    return [
      { path: at(issue.path), message: `${expectation(issue)}, got ${shown(got)}${nearest(issue, got)}` },
    ];
  });
}

/** Of the words that may stand there, for one that may not. */
function nearest(issue: z.core.$ZodIssue, got: unknown): string {
  if (typeof got !== 'string') return '';
  const words = wordsOf(issue).filter((value) => typeof value === 'string');
  const hint = didYouMean(got, words);
  return hint === '' ? '' : `.${hint}`;
}

/** What may stand there, where that is a list: a choice of values, or of the kinds of an object. */
function wordsOf(issue: z.core.$ZodIssue): readonly unknown[] {
  if (issue.code === 'invalid_value') return issue.values;
  // Zod tells the kinds of a discriminated union, and does not say so in its types.
  return issue.code === 'invalid_union' && 'options' in issue && Array.isArray(issue.options)
    ? issue.options
    : [];
}

function expectation(issue: z.core.$ZodIssue): string {
  const words = wordsOf(issue);
  if (words.length > 0) return `expected ${words.map((value) => JSON.stringify(value)).join(' or ')}`;
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}`;
    case 'too_small':
      return `expected ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}${counted(issue)}`;
    case 'too_big':
      return `expected ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}${counted(issue)}`;
    default:
      return `expected ${issue.message.replace(/^Invalid input(: expected )?/, '') || 'something else'}`;
  }
}

/** What a limit counts, where it is no number's own. */
function counted({ origin }: { readonly origin: string }): string {
  return origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '';
}

/** Looks at own properties only: a path that a user wrote must not find what every object has. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<PropertyKey, unknown>)[key];
  }
  return current;
}
