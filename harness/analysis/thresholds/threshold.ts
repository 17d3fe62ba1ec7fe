import type { MetricName } from '../../result/metrics.ts';

/** A claim about a metric, as parsed. {@link parseThreshold} tells the grammar. */
export interface Threshold {
  /** The strategy that it is about; `null`: every one but the baseline. */
  readonly strategy: string | null;
  /** What it is compared with, a strategy or `baseline`; `null`: nothing, the limit is in the metric's unit. */
  readonly against: string | null;
  readonly metric: MetricName;
  readonly operator: Operator;
  readonly limit: Limit;
  /** The claim must hold for the whole interval of this confidence, 50 to 100; `null`: for the median. */
  readonly confidencePercent: number | null;
  readonly window: Window;
}

/** Longest first: the tokenizer takes the first that fits. */
export const operators = ['<=', '>=', '==', '<', '>'] as const;
export type Operator = (typeof operators)[number];

/** Returns whether `value operator limit` is true. */
export function satisfies(value: number, operator: Operator, limit: number): boolean {
  switch (operator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '==':
      return value === limit;
  }
}

export type Limit =
  /** `50`, `50ms`, `99%`: in the unit that was written. */
  | { readonly kind: 'value'; readonly value: number; readonly unit: string }
  /** `10%`: at this share of the other strategy's. */
  | { readonly kind: 'share'; readonly percent: number }
  /** `+10%`, `-20%`: this much more or less than the other strategy's. */
  | { readonly kind: 'change'; readonly percent: number };

export const faultWindows = ['before', 'during', 'after'] as const;

export type Window =
  | { readonly kind: 'all' }
  /** `fault: null`: the only one of the scenario. */
  | { readonly kind: (typeof faultWindows)[number]; readonly fault: string | null };
