import { LatencyHistogram } from './histogram.ts';

const histogram = new LatencyHistogram();
let valueUs = 0;

export const benchmarks = {
  'histogram record': () => {
    // Over four orders of magnitude: one value alone would stay in one cache line.
    valueUs = (valueUs * 31 + 7) % 10_007;
    histogram.record(valueUs);
  },
};
