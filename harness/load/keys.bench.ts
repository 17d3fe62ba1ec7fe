import { keySource } from './keys.ts';

const COUNT = 10_000;

export const benchmarks = {
  'key draw, uniform': keySource({ kind: 'uniform', count: COUNT }, 1),
  'key draw, zipf 0.9': keySource({ kind: 'zipf', count: COUNT, exponent: 0.9 }, 1),
  'key draw, zipf 1.3': keySource({ kind: 'zipf', count: COUNT, exponent: 1.3 }, 1),
  'key draw, scan': keySource({ kind: 'scan', count: COUNT }, 1),
  'key draw, missing': keySource({ kind: 'missing', count: null }, 1),
};
