import { metricFacts } from '../../../harness/result/metrics.ts';
import { hodgesLehmann, signedRankP } from './signed-rank.ts';

/** The chance of ordering two like strategies in one run. */
const LEVEL = 0.05;
const MARGIN = Math.log1p(metricFacts['db.reads'].margin);
/** Stands for the logarithm of a ratio to or from 0: beyond that of any two counts, and finite. */
const BEYOND = 50;

/** What one run measured of one scenario. */
export interface RankedRun {
  readonly seed: number;
  /** Database reads by strategy, one a round, in the order of rounds. */
  readonly reads: ReadonlyMap<string, readonly number[]>;
}

/** Of the first of two strategies: fewer loads than the second, more, or neither. */
export type Order = 'fewer' | 'more' | 'tied';

export interface PairOfStrategies {
  readonly first: string;
  readonly second: string;
  /** One a run. */
  readonly orders: readonly Order[];
}

export interface RankingVerdict {
  /** By run: each strategy of a tier has fewer loads than each of every later tier. */
  readonly tiers: readonly (readonly (readonly string[])[])[];
  readonly pairs: readonly PairOfStrategies[];
  /** Ordered the same way in every run. */
  readonly agreed: readonly PairOfStrategies[];
  /** Ordered in some runs, always the same way, and tied in others. */
  readonly wavering: readonly PairOfStrategies[];
  /** Ordered one way in one run and the other way in another: two runs that contradict each other. */
  readonly flipped: readonly PairOfStrategies[];
  readonly holds: boolean;
  /** Why it does not hold. */
  readonly reasons: readonly string[];
}

/**
 * The order of two strategies by their loads, from rounds of the same storms.
 *
 * Beyond the practical margin, by the Hodges-Lehmann estimate of their ratio, *and* decided by the exact signed-rank
 * test: a sure difference of 2% is as good as none to whoever chooses a strategy, and one of 20% that comes from one
 * wild round is no difference yet. Fewer than 6 rounds can decide nothing (2^(1-n) > 0.05).
 *
 * There is no correction for the number of pairs: like strategies that are ordered by chance in one run are found by
 * the next, as a pair that wavers or flips. That makes the proof harder to pass, not easier.
 */
export function orderOf(first: readonly number[], second: readonly number[]): Order {
  const logRatios = first.map((reads, round) => logRatio(reads, second[round] ?? Number.NaN));
  const shift = hodgesLehmann(logRatios);
  // Not the other way round: without rounds the shift is no number.
  if (!(Math.abs(shift) > MARGIN) || signedRankP(logRatios) > LEVEL) return 'tied';
  return shift < 0 ? 'fewer' : 'more';
}

function logRatio(reads: number, other: number): number {
  if (reads === other) return 0;
  if (other === 0) return BEYOND;
  return reads === 0 ? -BEYOND : Math.log(reads / other);
}

/**
 * Whether runs rank strategies alike: no pair is ordered one way in one run and the other way in another. A pair that
 * is ordered in one and tied in another contradicts nothing, as its difference is near what a run can tell; such
 * pairs are counted and named, so that a ranking that holds because little was ordered can be seen for what it is.
 * One in which no pair is ordered in every run says nothing, and does not hold.
 *
 * @throws Error when the runs did not try the same strategies in the same number of rounds
 */
export function judgeRanking(runs: readonly RankedRun[]): RankingVerdict {
  const strategies = [...(runs[0]?.reads.keys() ?? [])];
  for (const run of runs) requireSame(run, runs[0] ?? run);
  const pairs = strategies.flatMap((first, index) =>
    strategies.slice(index + 1).map((second): PairOfStrategies => {
      const orders = runs.map(({ reads }) => orderOf(reads.get(first) ?? [], reads.get(second) ?? []));
      return { first, second, orders };
    }),
  );
  const said = ({ orders }: PairOfStrategies) => new Set(orders);
  const flipped = pairs.filter((pair) => said(pair).has('fewer') && said(pair).has('more'));
  const agreed = pairs.filter((pair) => said(pair).size === 1 && !said(pair).has('tied'));
  const wavering = pairs.filter((pair) => said(pair).size === 2 && said(pair).has('tied'));
  const reasons = [
    ...(runs.length < 2 ? ['one run alone can’t differ from another'] : []),
    ...(flipped.length > 0 ? ['some pairs are ordered both ways'] : []),
    ...(agreed.length === 0 ? ['no pair is ordered in every run'] : []),
  ];
  const tiers = runs.map((_, run) => tiersOf(strategies, pairs, run));
  return { tiers, pairs, agreed, wavering, flipped, holds: reasons.length === 0, reasons };
}

function requireSame(run: RankedRun, first: RankedRun): void {
  const shape = ({ reads }: RankedRun) =>
    [...reads].map(([name, values]) => `${name} (${values.length} rounds)`).join(', ');
  if (shape(run) === shape(first)) return;
  throw new Error(
    `seed ${run.seed} tried ${shape(run)}; expected the same as seed ${first.seed}: ${shape(first)}`,
  );
}

/**
 * Tiers end only where every strategy so far is ordered before every one that follows, so that what stands between
 * them is never too much. Inside a tier some pairs may be ordered too: a tie of a and b and one of b and c are none
 * of a and c.
 */
function tiersOf(strategies: readonly string[], pairs: readonly PairOfStrategies[], run: number): string[][] {
  const fewer = (a: string, b: string) =>
    pairs.some(
      ({ first, second, orders }) =>
        (first === a && second === b && orders[run] === 'fewer') ||
        (first === b && second === a && orders[run] === 'more'),
    );
  const beaten = (name: string) => strategies.filter((other) => fewer(name, other)).length;
  const ranked = strategies.toSorted((a, b) => beaten(b) - beaten(a));
  const tiers: string[][] = [];
  let from = 0;
  for (let end = 1; end <= ranked.length; end++) {
    const rest = ranked.slice(end);
    if (!ranked.slice(0, end).every((name) => rest.every((other) => fewer(name, other)))) continue;
    const tier = ranked.slice(from, end);
    // In the scenario's order, so that equal tiers of two runs read the same.
    tiers.push(tier.toSorted((a, b) => strategies.indexOf(a) - strategies.indexOf(b)));
    from = end;
  }
  return tiers;
}
