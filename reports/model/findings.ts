/** What a reader must know before believing a number: broken bounds, warnings, limits of the experiment. */
import type { BoundResult, Result, ScenarioResult, Warning } from '../../harness/result/schema.ts';
import { figure, interval, quantity, significant } from './format.ts';
import { metricLabel } from './metrics.ts';

export interface BoundFinding {
  readonly strategy: string;
  readonly bound: BoundResult;
  /** `Loads per expiry measured 3.20; predicted 1, allowed 0–1 (1 if d < lock time)` */
  readonly text: string;
}

/** Bounds that failed or could not be decided, failed ones first. */
export function openBounds(scenario: ScenarioResult): readonly BoundFinding[] {
  const found = scenario.strategies.flatMap((strategy) =>
    strategy.bounds
      .filter((bound) => bound.holds !== true)
      .map((bound) => ({
        strategy: strategy.name,
        bound,
        text: boundSentence(bound, strategy.metrics[bound.metric]?.unit ?? 'count'),
      })),
  );
  return found.toSorted((a, b) => Number(a.bound.holds === null) - Number(b.bound.holds === null));
}

function boundSentence(bound: BoundResult, unit: Parameters<typeof figure>[1]): string {
  const { low, high, value, formula } = bound.predicted;
  const range = interval(low, high, unit);
  const allowed = range === null || range === figure(value, unit) ? '' : `, allowed ${range}`;
  const predicted =
    value === null ? `allowed ${range ?? 'anything'}` : `predicted ${figure(value, unit)}${allowed}`;
  const measured = bound.measured === null ? 'not measured' : `measured ${quantity(bound.measured, unit)}`;
  const reason = bound.holds === null && bound.reason !== undefined ? `; undecided: ${bound.reason}` : '';
  return `${metricLabel(bound.metric)} ${measured}; ${predicted} (${formula})${reason}`;
}

/** Where a warning applies: `mutex, round 2`; empty for the whole scenario. */
export function warningPlace(warning: Warning): string {
  const round = warning.round === undefined ? [] : [`round ${warning.round}`];
  return [...(warning.strategy === undefined ? [] : [warning.strategy]), ...round].join(', ');
}

/** What this experiment can't tell, said with its own numbers. */
export function limits(result: Result, scenario: ScenarioResult): readonly string[] {
  const { rounds, host } = result.provenance;
  const found = [
    `How a real query behaves under pressure. The cost of a query is a model: ${scenario.capacity.formula}, which caps the database at ${significant(scenario.capacity.queriesPerSec)} queries/s. Locks, disk and plans are not in it.`,
    `How it behaves over a network. Load generator, service, cache and database shared one machine with ${host.cpus} CPUs and spoke over loopback. Compare strategies with each other; don't carry the milliseconds elsewhere.`,
    rounds === 1
      ? 'How much the numbers vary. There was one round, so there is no interval. Use --rounds 3 or more.'
      : `How much the numbers vary beyond ${rounds} rounds. The small type is the lowest and highest round, not a confidence interval.`,
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
