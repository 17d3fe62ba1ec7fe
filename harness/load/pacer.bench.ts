import { seededRandom } from '../time/random.ts';
import { arrivals } from './pacer.ts';

const RATE_PER_SEC = 1_000;
/** Longer than any benchmark lasts: the schedule never ends. */
const DURATION_MS = 1e12;

export const benchmarks = {
  'pacer step, constant': arrivals('constant', RATE_PER_SEC, DURATION_MS, seededRandom(1)),
  'pacer step, poisson': arrivals('poisson', RATE_PER_SEC, DURATION_MS, seededRandom(1)),
};
