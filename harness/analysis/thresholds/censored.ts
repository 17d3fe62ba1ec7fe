/** What a limit may take a time for that was cut short by the end of what was observed. */
import { censoringWords } from '../censoring.ts';
import { logRatio, type Pair } from '../comparisons.ts';
import type { Operator } from './threshold.ts';

/** What the value of a round may truly be, from the least to the most; the same where its end was seen. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Stands for no end at all: finite, so that means exist. */
const FOREVER = Number.MAX_VALUE;
const LOG_FOREVER = 1_000;

/**
 * A time that was cut short is longer than what was seen of it. Nobody knows by how much, so it satisfies a lower
 * limit only as far as it was seen; but it breaks every upper limit, also one beyond the storm's end: a service that
 * was not back is not to pass because its storm was short.
 */
export function rangeOf(value: number, censored: boolean, operator: Operator): Range {
  if (!censored) return { least: value, most: value };
  return { least: isLower(operator) ? value : FOREVER, most: FOREVER };
}

/** The same of a ratio, as a logarithm; of two times that were both cut short it may be any. */
export function logRangeOf(pair: Pair, operator: Operator): Range {
  const log = logRatio(pair);
  const { value = false, against = false } = pair.censored ?? {};
  if (value && against) return { least: -LOG_FOREVER, most: LOG_FOREVER };
  if (against) return { least: -LOG_FOREVER, most: log };
  if (value) return { least: isLower(operator) ? log : LOG_FOREVER, most: LOG_FOREVER };
  return { least: log, most: log };
}

function isLower(operator: Operator): boolean {
  return operator === '>' || operator === '>=';
}

/** `not back before the end of the storm in 2 of 3 rounds`; `null` for none. */
export function cutShort(metric: string, rounds: readonly boolean[], who = ''): string | null {
  const count = rounds.filter(Boolean).length;
  if (count === 0) return null;
  const name = who === '' ? '' : `${who} was `;
  return `${name}${censoringWords(metric).not} in ${count} of ${rounds.length} rounds`;
}
