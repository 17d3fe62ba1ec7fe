/** What a look into each filter costs, for a key that it has and for one that it does not have. */
import { filterContenders } from './contenders.ts';

const KEYS = 1_000;

export const benchmarks = Object.fromEntries(
  filterContenders.flatMap(({ name, make }) => {
    const filter = make(KEYS, 0.01, 1);
    for (let n = 0; n < KEYS; n++) filter.add(`item-${n}`);
    let next = 0;
    return [
      [`filter has, ${name}`, () => filter.has(`item-${next++ % KEYS}`)],
      [`filter has not, ${name}`, () => filter.has(`missing-${next++ % KEYS}`)],
    ];
  }),
);
