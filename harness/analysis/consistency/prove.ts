/**
 * `npm run proof:checker [-- histories [seed]]`: the checker held against exhaustive search on 100,000 small random
 * histories, and its speed on a million operations.
 */
import { seededRandom } from '../../time/random.ts';
import { ConsistencyCheck } from './consistency-check.ts';
import { busyRow } from './fixtures/busy-row.ts';
import { compareWithSearch } from './fixtures/compare.ts';

const OPERATIONS = 1_000_000;

const histories = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? 1);
const { linearizable, regular, mismatches } = compareWithSearch(histories, seededRandom(seed));
console.log(
  `seed ${seed}: of ${histories} histories the search finds ${linearizable} linearizable, ${regular} regular`,
);
for (const { operations, commits } of mismatches.slice(0, 3)) {
  console.log(`commits ${commits.join(' ')}`);
  console.table(operations);
}
console.log(
  mismatches.length === 0 ? 'held: the checker agrees on all' : `FAILED: ${mismatches.length} mismatches`,
);
process.exitCode = mismatches.length === 0 ? 0 : 1;

/** A million operations on one row, and a million on many. */
for (const rows of [1, 20_000]) {
  const all = Array.from({ length: rows }, () => busyRow(OPERATIONS / rows, seededRandom(seed)));
  const before = process.cpuUsage();
  using check = new ConsistencyCheck({ ownerOf: () => null, convergeFromUs: 0 });
  for (const { history, truth } of all) check.add(history, truth, { first: null, second: null });
  const { staleReads } = check.result();
  const { user, system } = process.cpuUsage(before);
  const perSec = OPERATIONS / ((user + system) / 1e6);
  console.log(
    `${rows} rows: ${(perSec / 1e6).toFixed(2)} million operations per second of CPU, ${staleReads.stale} stale`,
  );
}
