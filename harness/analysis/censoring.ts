import { censoredBy, type MetricName } from '../result/metrics.ts';

/** Whether a trial's value is a time that was not seen to end: the true one is larger. */
export function isCensored(metric: MetricName, values: Readonly<Record<MetricName, number | null>>): boolean {
  const flag = censoredBy[metric];
  return flag !== undefined && values[flag] === 1;
}

export interface CensoringWords {
  /** What it was not, and until when: `X was ...`. */
  readonly not: string;
  /** What came before its end. */
  readonly first: string;
  readonly remedy: string;
}

const RECOVERY: CensoringWords = {
  not: 'not back before the end of the storm',
  first: 'the storm ended first',
  remedy: 'a longer storm would tell',
};

const CONVERGENCE: CensoringWords = {
  not: 'not in step again by the last look at the cache',
  first: 'the last look at the cache came first',
  remedy: 'a longer wait after the storm would tell',
};

export function censoringWords(metric: string): CensoringWords {
  return metric === 'consistency.convergeMs' ? CONVERGENCE : RECOVERY;
}
