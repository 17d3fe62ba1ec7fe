/** What a reader must know before believing a number: broken bounds, warnings, limits of the experiment. */
import { agreeing } from '../../harness/result/agreement.ts';
import type {
  BoundResult,
  Metric,
  Result,
  ScenarioResult,
  ThresholdResult,
  Verdict,
  Warning,
} from '../../harness/result/schema.ts';
import { figure, interval, percent, quantity, significant } from './format.ts';
import { metricLabel } from './metrics.ts';
import { checkVerdict } from './verdict.ts';

export interface OpenCheck {
  readonly strategy: string;
  readonly verdict: Verdict;
  /** `Loads per expiry measured 3.20; predicted 1, allowed 0–1 (1 if d < lock time)` */
  readonly text: string;
}

/** Bounds and thresholds that failed or could not be decided, failed ones first. */
export function openChecks(scenario: ScenarioResult): readonly OpenCheck[] {
  const found = scenario.strategies.flatMap((strategy) => {
    const unit = (metric: string) => strategy.metrics[metric]?.unit ?? 'count';
    return [
      ...strategy.bounds.map((bound) => ({
        strategy: strategy.name,
        verdict: checkVerdict(bound.holds),
        text: boundSentence(bound, unit(bound.metric)),
      })),
      ...strategy.thresholds.map((threshold) => ({
        strategy: strategy.name,
        verdict: checkVerdict(threshold.holds),
        text: thresholdSentence(threshold, unit(threshold.metric)),
      })),
    ];
  });
  return found
    .filter(({ verdict }) => verdict !== 'pass')
    .toSorted((a, b) => Number(a.verdict !== 'fail') - Number(b.verdict !== 'fail'));
}

/**
 * The doubt that weighs most where there is no verdict: the first warning that takes it away, or any warning when no
 * check is left open to say why; `null` where there is a verdict.
 */
export function mainDoubt({ warnings }: Result, scenario: ScenarioResult): Warning | null {
  if (scenario.verdict !== 'inconclusive') return null;
  const all = [...scenario.warnings, ...warnings];
  const [any = null] = openChecks(scenario).length === 0 ? all : [];
  return all.find(({ voids }) => voids === true) ?? any;
}

/** As a sentence of its own: `single-flight, round 2: 1 in 100 requests left 84 ms or more after its time`. */
export function doubtSentence(warning: Warning): string {
  const place = warningPlace(warning);
  const message = warning.message.replace(/\.$/, '');
  return place === '' ? message : `${place}: ${message}`;
}

/** How many thresholds held, as in `2 of 3 thresholds held`; `null` when there are none. */
export function thresholdTally(scenario: ScenarioResult): string | null {
  const all = scenario.strategies.flatMap(({ thresholds }) => thresholds);
  if (all.length === 0) return null;
  const held = all.filter(({ holds }) => holds === true).length;
  const noun = agreeing(all.length, 'threshold');
  return held === all.length ? `${held} ${noun} held` : `${held} of ${all.length} ${noun} held`;
}

function thresholdSentence(threshold: ThresholdResult, unit: Metric['unit']): string {
  return `threshold ${claimOf(threshold)}: measured ${thresholdActual(threshold, unit)}${why(threshold)}`;
}

/** The expression without the strategy that it may begin with: each line has that name before it already. */
function claimOf({ expression, strategy }: ThresholdResult): string {
  const rest = expression.startsWith(strategy) ? expression.slice(strategy.length) : '';
  // `mutex: db.reads < 9` and `mutex vs none: db.reads < 9%`, but not `mutex-2: db.reads < 9`.
  if (rest.startsWith(': ')) return rest.slice(2);
  return rest.startsWith(' vs ') ? rest.slice(1) : expression;
}

/** `12.3 ms`, or `4.1 % of none` for a relative one. */
export function thresholdActual({ actual, against }: ThresholdResult, unit: Metric['unit']): string {
  if (against === null || actual === null) return quantity(actual, unit);
  return `${quantity(actual, 'fraction')} of ${against}`;
}

function boundSentence(bound: BoundResult, unit: Metric['unit']): string {
  const { low, high, value, formula } = bound.predicted;
  const range = interval(low, high, unit);
  const allowed = range === null || range === figure(value, unit) ? '' : `, allowed ${range}`;
  const predicted =
    value === null ? `allowed ${range ?? 'anything'}` : `predicted ${figure(value, unit)}${allowed}`;
  const measured = bound.measured === null ? 'not measured' : `measured ${quantity(bound.measured, unit)}`;
  return `${metricLabel(bound.metric)} ${measured}; ${predicted} (${formula})${why(bound)}`;
}

function why({ holds, reason }: Pick<BoundResult, 'holds' | 'reason'>): string {
  if (reason === undefined) return '';
  return holds === null ? `; undecided: ${reason}` : `; ${reason}`;
}

/** Where a warning applies: `mutex, round 2`; empty for the whole scenario. */
export function warningPlace(warning: Warning): string {
  const round = warning.round === undefined ? [] : [`round ${warning.round}`];
  return [...(warning.strategy === undefined ? [] : [warning.strategy]), ...round].join(', ');
}

/** What this experiment can't tell, said with its own numbers. */
export function limits(result: Result, scenario: ScenarioResult): readonly string[] {
  const rounds = roundsOf(scenario);
  const found = [
    `How a real query behaves under pressure. The cost of a query is a model: ${scenario.capacity.formula}, which caps the database at ${significant(scenario.capacity.queriesPerSec)} queries/s. Locks, disk and plans are not in it.`,
    placesWords(result.provenance),
    rounds < 2
      ? `How much the numbers vary. There was ${rounds === 0 ? 'no sound' : 'one'} round, so there is no interval. Use --rounds 3 or more.`
      : `How much the numbers vary beyond ${rounds} ${agreeing(rounds, 'round')}. The small type is the lowest and highest round${rounds < 6 ? `, which hold the true median with a confidence of ${percent(1 - 2 ** (1 - rounds))} %: 95 % takes 6 rounds` : ', not a confidence interval; those are in the opened rows'}.`,
  ];
  const completed = scenario.strategies.flatMap((s) => s.metrics['requests.completed']?.median ?? []);
  const fewest = Math.min(...completed);
  if (completed.length > 0 && fewest < 10_000) {
    const slower = Math.max(1, Math.round(fewest / 1000));
    found.push(
      `A trustworthy p99.9. A round had as few as ${significant(fewest)} requests, so it rests on the slowest ${slower === 1 ? 'one' : slower} of them.`,
    );
  }
  return found;
}

/** The rounds that count of the strategy with the most; a scenario may have others than its neighbour in the run. */
function roundsOf({ strategies }: ScenarioResult): number {
  return Math.max(
    0,
    ...strategies.flatMap(({ metrics }) => Object.values(metrics).map(({ values }) => values.length)),
  );
}

/** Where everything ran, and so what of a network the numbers have seen. */
function placesWords({ infra, host }: Result['provenance']): string {
  const machine = `one machine with ${host.cpus} CPUs`;
  const places =
    infra === 'external'
      ? `Load generator and service shared ${machine}; cache and database were servers of yours, as far away as yours are.`
      : `Load generator, service, cache and database shared ${machine} and spoke over ${infra === 'containers' ? 'the container engine’s ports on it' : 'loopback'}.`;
  return `How it behaves over ${infra === 'external' ? 'another' : 'a'} network. ${places} Compare strategies with each other; don't carry the milliseconds elsewhere.`;
}
