import { InvalidArgumentError } from 'commander';
import { didYouMean } from '../../catalog/nearest.ts';
import type { KeyPopularity } from '../../load/keys.ts';

/** A permutation of the keys takes 4 bytes each. */
const MAX_COUNT = 10_000_000;
const MAX_EXPONENT = 10;

/** What may follow each kind, as an error shows it. */
const FORMS = {
  hot: 'hot',
  uniform: 'uniform:<count>',
  zipf: 'zipf:<exponent>:<count>',
  scan: 'scan:<count>',
  missing: 'missing or missing:<count>',
} as const satisfies Record<KeyPopularity['kind'], string>;

/**
 * The parser of `--keys`: `hot`, `uniform:1000`, `zipf:1.1:10000`, `scan:1000`, `missing` (a key never asked
 * for before in every request) or `missing:1000`.
 */
export function keyPopularity(text: string): KeyPopularity {
  const [kind = '', ...rest] = text.split(':');
  switch (kind) {
    case 'hot':
      if (rest.length === 0) return { kind };
      throw expected(FORMS.hot);
    case 'uniform':
    case 'scan':
      return { kind, count: countOf(rest, FORMS[kind]) };
    case 'missing':
      return { kind, count: rest.length === 0 ? null : countOf(rest, FORMS.missing) };
    case 'zipf': {
      const [exponentText = '', ...countText] = rest;
      const exponent = /^\d+(\.\d+)?$/.test(exponentText) ? Number(exponentText) : 0;
      if (exponent <= 0 || exponent > MAX_EXPONENT) {
        throw expected(`${FORMS.zipf} with an exponent above 0, to ${MAX_EXPONENT}`);
      }
      return { kind, exponent, count: countOf(countText, FORMS.zipf) };
    }
    default:
      throw new InvalidArgumentError(
        `Expected ${Object.values(FORMS).join(', ')}.${didYouMean(kind, Object.keys(FORMS))}`,
      );
  }
}

/** The text that `keyPopularity` takes. */
export function formatKeys(keys: KeyPopularity): string {
  switch (keys.kind) {
    case 'hot':
      return 'hot';
    case 'zipf':
      return `zipf:${keys.exponent}:${keys.count}`;
    case 'missing':
      return keys.count === null ? 'missing' : `missing:${keys.count}`;
    default:
      return `${keys.kind}:${keys.count}`;
  }
}

function countOf(parts: readonly string[], form: string): number {
  const count = parts.length === 1 && /^\d+$/.test(parts[0] ?? '') ? Number(parts[0]) : 0;
  if (count >= 1 && count <= MAX_COUNT) return count;
  throw expected(`${form} with a count from 1 to ${MAX_COUNT}`);
}

function expected(what: string): InvalidArgumentError {
  return new InvalidArgumentError(`Expected ${what}.`);
}
