import { seededRandom } from '../../time/random.ts';
import { ConsistencyCheck } from './consistency-check.ts';
import { busyRow } from './fixtures/busy-row.ts';

const { history, truth } = busyRow(10_000, seededRandom(1));

export const benchmarks = {
  'consistency check, 10,000 operations': () => {
    using check = new ConsistencyCheck({ ownerOf: () => null, convergeFromUs: 0 });
    check.add(history, truth, null);
    return check.result();
  },
};
