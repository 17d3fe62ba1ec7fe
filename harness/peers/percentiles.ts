/** What is compared of a latency distribution: the percentiles that every tool can be made to print. */
export const percentileNames = ['p50', 'p90', 'p99', 'max'] as const;
export type PercentileName = (typeof percentileNames)[number];

export const PERCENTS: Readonly<Record<PercentileName, number>> = { p50: 50, p90: 90, p99: 99, max: 100 };

/** Milliseconds. */
export type Percentiles = Readonly<Record<PercentileName, number>>;
