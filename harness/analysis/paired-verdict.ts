import { agreeing } from '../result/agreement.ts';
import { detectableChange, exceedingChange } from './statistics/detectable.ts';
import { hodgesLehmann, hodgesLehmannInterval } from './statistics/hodges-lehmann.ts';
import type { Interval } from './statistics/interval.ts';
import { studentQuantile } from './statistics/student.ts';
import { mean, standardDeviation } from './statistics/summary.ts';

/** The chance that we accept of calling two like strategies different, over all contenders together. */
const LEVEL = 0.05;
/** Under three rounds the scatter between rounds is not known at all. */
const FEWEST_ROUNDS = 3;
/** Ranks in place of values cost the signed-rank test this factor of spread, for normal noise. */
const RANK_COST = Math.sqrt(Math.PI / 3);

export interface PairedVerdict {
  /** Of the metric, not of the strategy: whether more is better is for the caller to say. */
  readonly change: 'less' | 'more' | 'equivalent' | 'inconclusive';
  /**
   * What the verdict rests on. `exact`: the signed-rank test, which assumes nothing about the noise.
   * `magnitude`: a change far outside the noise, which is taken to be normal. `none`: too few rounds.
   */
  readonly basis: 'exact' | 'magnitude' | 'none';
  /** Relative, 0.08 for 8%; `null` when the spread is not known. */
  readonly minimumDetectableEffect: number | null;
  /** Why it is inconclusive. */
  readonly reason?: string;
}

export interface PairedEvidence {
  /** log(strategy / other), one a round. */
  readonly logRatios: readonly number[];
  /** The same where a ratio to nothing has a size too: what the spread is taken from. */
  readonly sizes: readonly number[];
  /** Rounds in which one of the two had nothing, and the other something. */
  readonly boundless: number;
  /** Practical margin, relative. */
  readonly margin: number;
  /** How many contenders are compared at once. */
  readonly family: number;
  /** Of the signed-rank test, adjusted over the family. */
  readonly pAdjusted: number;
}

/**
 * Says whether a metric changed, from its paired log ratios.
 *
 * Where the rounds can decide it (`2^(1-n) x family <= 0.05`: 6 rounds for one contender, 7 for three), the
 * exact signed-rank test does, and the change has to be larger than the practical margin: of 100 comparisons of a
 * baseline with itself in real runs the test alone called six different, five of them by less than 5%. It can't from 3 or 5 rounds: three rounds that agree happen by chance once in
 * four (p = 0.25), and no arithmetic on three numbers changes that. Yet 100 times fewer queries in each of
 * three rounds, with a scatter of a few percent, is no coin that fell three times the same way. What sets it
 * apart is its size against the scatter, so that is what is asked for: every round agrees, and Student's
 * interval of the log ratios (Bonferroni over the family) lies wholly beyond the practical margin.
 * That rests on noise being roughly normal, for which the result says `basis: magnitude`. Long tails only
 * make it more careful (Efron, "Student's t-test under symmetry conditions", 1969). Two things could fool it:
 *
 * - scatter that is small by luck: it is never taken to be below the margin, so that with a margin of 5% a
 *   change has to be of 19% for 3 rounds and of 12% for 5 (one contender; more for several);
 * - an effect of the order in a round that is larger than that and always of one size: it would in one run of
 *   four (3 rounds), which is what p = 0.25 says.
 *
 * Something against nothing in every round has an order, and no size. Two like strategies, each with nothing in a share
 * q of their rounds, do so one way or the other with a chance of 2 (q (1 - q))^n, which is 2 / 4^n at most: rare enough
 * from 3 rounds on for one contender, from 4 for three and from 5 for twelve.
 *
 * Equivalence is never claimed on this basis: too few rounds to see a change have not seen that there is none.
 */
export function pairedVerdict(evidence: PairedEvidence): PairedVerdict {
  const { logRatios, sizes, boundless, margin, family, pAdjusted } = evidence;
  const n = logRatios.length;
  if (n < FEWEST_ROUNDS) {
    const reason = `${n} paired ${agreeing(n, 'round is', 'rounds are')} too few to tell a change from noise`;
    return { change: 'inconclusive', basis: 'none', minimumDetectableEffect: null, reason };
  }
  const level = LEVEL / family;
  const margins = Math.log1p(margin);
  const unsized = boundless === n;
  const spread = standardDeviation(sizes);
  if (2 ** (1 - n) <= level) {
    const ranked = spread * RANK_COST;
    const minimumDetectableEffect = unsized
      ? null
      : Math.max(detectableChange(ranked, n, level), exceedingChange(ranked, n, margins));
    const change = exactChange(logRatios, margins, pAdjusted);
    return described({ change, basis: 'exact', minimumDetectableEffect }, n);
  }
  const believed = Math.max(spread, margins);
  const minimumDetectableEffect = unsized ? null : detectableChange(believed, n, level, margins);
  const reach = (studentQuantile(1 - level / 2, n - 1) * believed) / Math.sqrt(n);
  const rare = !unsized || 2 * 4 ** -n <= level;
  const change = rare ? changeByMagnitude(sizes, margins, reach) : 'inconclusive';
  return described({ change, basis: 'magnitude', minimumDetectableEffect }, n);
}

/** Different is what differs beyond chance *and* by more than matters: a sure change of 2% is none in practice. */
function exactChange(logRatios: readonly number[], margins: number, pAdjusted: number) {
  if (inside(hodgesLehmannInterval(logRatios, 1 - LEVEL), margins)) return 'equivalent';
  const shift = hodgesLehmann(logRatios);
  if (pAdjusted > LEVEL || Math.abs(shift) <= margins) return 'inconclusive';
  return shift < 0 ? 'less' : 'more';
}

function changeByMagnitude(logRatios: readonly number[], margins: number, reach: number) {
  const centre = mean(logRatios);
  if (centre + reach < -margins && logRatios.every((value) => value < 0)) return 'less';
  if (centre - reach > margins && logRatios.every((value) => value > 0)) return 'more';
  return 'inconclusive';
}

function inside(interval: Interval | null, margins: number): boolean {
  return interval !== null && interval.low >= -margins && interval.high <= margins;
}

function described(verdict: PairedVerdict, n: number): PairedVerdict {
  if (verdict.change !== 'inconclusive') return verdict;
  const reason =
    verdict.basis === 'exact'
      ? `${n} rounds of this spread leave it open whether there is a change that matters`
      : `${n} rounds are too few for the exact test, and the change is not far enough outside their spread`;
  return { ...verdict, reason };
}
