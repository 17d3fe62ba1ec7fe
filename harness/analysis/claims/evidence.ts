/** What a claim's verdict rests on, in words. */
import { isMetricName, metricFacts } from '../../result/metrics.ts';
import type { ClaimResult, ThresholdResult } from '../../result/schema.ts';

type CaseResult = ClaimResult['cases'][number];

/** `mutex: db.loadsPerExpiry < 1.5, measured 1`; empty when nothing was measured. */
export function caseEvidence(checks: readonly ThresholdResult[]): string {
  return checks
    .filter(({ actual }) => actual !== null)
    .map((check) => `${check.expression}, measured ${measured(check)}`)
    .join('; ');
}

/** `Holds when the lock outlives the load (...); not when it runs out before (...).` */
export function claimEvidence(cases: readonly CaseResult[]): string {
  const told = (holds: boolean | null, first: string, next: string) =>
    cases
      .filter((each) => each.holds === holds)
      .map((each, index) => `${index === 0 ? first : next} when ${each.when}${because(each)}`);
  const holdsSomewhere = cases.some(({ holds }) => holds === true);
  const sentence = [
    ...told(true, 'holds', 'and'),
    ...told(false, holdsSomewhere ? 'not' : 'does not hold', 'nor'),
    ...told(null, 'not judged', 'nor'),
  ].join('; ');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}

function because({ evidence, reason }: CaseResult): string {
  const given = [evidence, reason ?? ''].filter((text) => text !== '');
  return given.length === 0 ? '' : ` (${given.join('; ')})`;
}

function measured({ actual, against, metric }: ThresholdResult): string {
  const value = actual ?? Number.NaN;
  if (against !== null) return `${threeDigits(value * 100)}% of ${against}`;
  switch (isMetricName(metric) ? metricFacts[metric].unit : 'count') {
    case 'ms':
      return `${threeDigits(value)} ms`;
    case 'fraction':
      return `${threeDigits(value * 100)}%`;
    case 'bytes':
      return `${threeDigits(value / 1024 ** 2)} MiB`;
    case 'per second':
      return `${threeDigits(value)}/s`;
    default:
      return threeDigits(value);
  }
}

function threeDigits(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
