/**
 * `npm run proof:ranking -- [--runs 5] [--seed 1] [--into cachestorm-runs/ranking] [--only breakdown,avalanche]`:
 * the `standard` profile ranks strategies by database loads alike, whatever the seed.
 *
 * One such run of the three scenarios takes most of an hour, so the folder collects: `<into>/seed-<n>/<scenario>/`
 * is kept, what is complete is not run again, and all that the folder holds is judged, also of earlier calls.
 * `--runs 0` only judges.
 *
 * Within a scenario, a run orders two strategies when their loads differ by more than the practical margin of
 * `db.reads` (harness/result/metrics.ts) *and* the exact signed-rank test over the paired rounds decides it; else they
 * are tied. Medians alone always give some order, also of strategies that make the same loads by design (`mutex` and
 * `lease`), and that one changes from run to run as a coin does. The ranking is the same when no pair is ordered one
 * way in one run and the other way in another. How many pairs are ordered in all runs is printed, and each pair that
 * is ordered in some and tied in others: a ranking that holds because nothing is ordered does not hold here.
 *
 * Scenarios run without their variants, all strategies. `--profile` and `--rounds` measure otherwise, for a try.
 */
import { parseArgs } from 'node:util';
import { type Collected, collect, runMissing } from './ranking/collect.ts';
import { judgeRanking, type Order, type PairOfStrategies } from './ranking/judge.ts';

const SCENARIOS = ['breakdown', 'penetration', 'avalanche'];

const { values: flags } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    into: { type: 'string', default: 'cachestorm-runs/ranking' },
    only: { type: 'string', default: SCENARIOS.join(',') },
    profile: { type: 'string', default: 'standard' },
    rounds: { type: 'string' },
  },
});
const runs = wholeNumber('runs', flags.runs);
const firstSeed = wholeNumber('seed', flags.seed);
const rounds = flags.rounds === undefined ? null : wholeNumber('rounds', flags.rounds);
const measurement = { profile: flags.profile, rounds };
const scenarios = flags.only.split(',');
for (const scenario of scenarios) {
  if (!SCENARIOS.includes(scenario))
    throw new Error(`--only: expected some of ${SCENARIOS.join(', ')}, got "${scenario}"`);
}

for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
  for (const scenario of scenarios) {
    const ran = await runMissing(flags.into, seed, scenario, measurement);
    console.error(`${scenario}, seed ${seed}: ${ran ? 'done' : 'was there'}`);
  }
}
let failures = 0;
for (const scenario of scenarios) {
  if (!judged(scenario, await collect(flags.into, scenario, measurement))) failures++;
}
process.exitCode = failures === 0 ? 0 : 1;

function judged(scenario: string, found: readonly Collected[]): boolean {
  const { tiers, pairs, agreed, wavering, flipped, holds, reasons } = judgeRanking(found);
  const strategies = found[0]?.reads.size ?? 0;
  const perRun = found[0]?.reads.values().next().value?.length ?? 0;
  console.log(`\n${scenario}: ${strategies} strategies, ${perRun} rounds; seeds: ${found.length}`);
  for (const [index, run] of found.entries()) {
    const ranking = (tiers[index] ?? []).map((tier) => tier.join(' ~ ')).join(' < ');
    const doubts = run.doubtful.length === 0 ? '' : `   in doubt: ${run.doubtful.join(', ')}`;
    console.log(`  seed ${run.seed} (${run.revision}): ${ranking}${doubts}`);
  }
  const tied = pairs.length - agreed.length - wavering.length - flipped.length;
  console.log(
    `  of ${pairs.length} pairs ${agreed.length} are ordered alike in all runs, ${tied} tied in all, ` +
      `${wavering.length} ordered in some and tied in others, ${flipped.length} ordered both ways`,
  );
  for (const pair of wavering) console.log(`    wavers: ${told(pair, found)}`);
  for (const pair of flipped) console.log(`    FLIPS:  ${told(pair, found)}`);
  const other = found.filter(({ settings }) => settings !== found[0]?.settings).map(({ seed }) => seed);
  const problems = [
    ...reasons,
    ...(other.length > 0 ? [`seeds ${other.join(', ')} were measured with other settings`] : []),
  ];
  const same = holds && problems.length === 0;
  console.log(same ? '  the same ranking in all runs' : `  FAILED: ${problems.join('; ')}`);
  return same;
}

/** `mutex and lease: fewer with seeds 1, 3; tied with 2` */
function told({ first, second, orders }: PairOfStrategies, found: readonly Collected[]): string {
  const seeds = (order: Order) =>
    found.flatMap(({ seed }, index) => (orders[index] === order ? [seed] : [])).join(', ');
  const parts = (['fewer', 'more', 'tied'] as const).flatMap((order) =>
    orders.includes(order)
      ? [`${order === 'tied' ? 'tied' : `${order} loads`} with seed ${seeds(order)}`]
      : [],
  );
  return `${first} against ${second}: ${parts.join('; ')}`;
}

function wholeNumber(name: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new Error(`--${name}: expected a whole number, got "${text}"`);
}
