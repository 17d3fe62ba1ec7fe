import type { PlannedScenario } from '../../plan/plan.ts';
import type { OutcomeResult, Verdict } from '../../result/schema.ts';
import { criteriaOf } from '../../scenario/default-criteria.ts';
import type { Concession, Criterion } from '../../scenario/outcome-schema.ts';
import { evaluateThresholds } from '../thresholds/evaluate.ts';
import { parseThreshold } from '../thresholds/parse.ts';
import type { TrialReading } from '../trial.ts';

type CriterionResult = OutcomeResult['criteria'][number];
type Check = CriterionResult['checks'][number];
type Readings = ReadonlyMap<string, readonly TrialReading[]>;

interface Ground {
  readonly planned: PlannedScenario;
  /** Without the void trials. */
  readonly byStrategy: Readings;
}

/**
 * Says of each strategy whether it protected: whether every criterion of the scenario was met in every round.
 *
 * A round that missed one proves that the strategy does not protect, whatever became of the others. A round that is
 * void or missing proves nothing: unless another one failed, the outcome is open then. So it is where the storm did
 * the baseline no harm: to meet the criteria is no merit there.
 *
 * @param byStrategy The trials that can be trusted; a strategy of which there are none has an empty list.
 */
export function outcomesOf(
  byStrategy: Readings,
  planned: PlannedScenario,
): ReadonlyMap<string, OutcomeResult> {
  const ground: Ground = { planned, byStrategy };
  const criteria = criteriaOf(planned.scenario, planned.stormMs);
  const { baseline, unprotected, again } = planned;
  const bare = new Set(unprotected === baseline ? [unprotected, again] : [unprotected]);
  const found = new Map(
    [...byStrategy.keys()].map((strategy): [string, OutcomeResult] => {
      const concessions = planned.scenario.outcome.givesUp[strategy] ?? [];
      const judged = criteria.map((criterion) =>
        judgeCriterion(
          criterion,
          concessions.find((concession) => concession.criterion === criterion.name),
          strategy,
          ground,
        ),
      );
      const expected = bare.has(strategy) ? 'not protected' : 'protected';
      return [strategy, { verdict: verdictOf(judged), expected, criteria: judged }];
    }),
  );
  if (unprotected === undefined || found.get(unprotected)?.verdict !== 'protected') return found;
  return new Map([...found].map(([strategy, outcome]) => [strategy, withoutMerit(outcome)]));
}

/** What a strategy that is expected to protect has shown in a storm that does no harm: at most that it fails. */
function withoutMerit(outcome: OutcomeResult): OutcomeResult {
  if (outcome.expected === 'not protected' || outcome.verdict === 'not protected') return outcome;
  return { ...outcome, verdict: 'inconclusive' };
}

/** Says what an outcome makes of the verdict: a mitigation has to protect, unless it has declared what it gives up. */
export function outcomeVerdict({ verdict, expected }: OutcomeResult): Verdict {
  if (verdict === 'inconclusive') return 'inconclusive';
  return verdict === 'not protected' && expected === 'protected' ? 'fail' : 'pass';
}

/** Gives each trial its share of the outcome: 1 where it met every criterion, 0 where it missed one. */
export function withOutcomes(byStrategy: Readings, outcomes: ReadonlyMap<string, OutcomeResult>): Readings {
  return new Map(
    [...byStrategy].map(([strategy, readings]) => [
      strategy,
      readings.map((reading) => {
        const { round } = reading.sample.trial;
        const criteria = outcomes.get(strategy)?.criteria ?? [];
        const missed = criteria.some(({ missedIn }) => missedIn.includes(round));
        const open = criteria.some(({ openIn }) => openIn.includes(round));
        return { ...reading, values: { ...reading.values, outcome: missed ? 0 : open ? null : 1 } };
      }),
    ]),
  );
}

function verdictOf(criteria: readonly CriterionResult[]): OutcomeResult['verdict'] {
  const failed = criteria.filter(({ holds }) => holds === false);
  if (failed.some(({ givesUp }) => givesUp === undefined || givesUp.delivered === false))
    return 'not protected';
  if (criteria.some(({ holds }) => holds === null)) return 'inconclusive';
  if (failed.some(({ givesUp }) => givesUp?.delivered === null)) return 'inconclusive';
  return failed.length > 0 ? 'as declared' : 'protected';
}

function judgeCriterion(
  { name, says, any }: Criterion,
  concession: Concession | undefined,
  strategy: string,
  ground: Ground,
): CriterionResult {
  const { checks, holds, missedIn, openIn } = inEveryRound(any, strategy, ground, roundsOf(ground));
  const judged = { name, says, holds, checks, missedIn, openIn };
  if (concession === undefined) return judged;
  const { because, instead } = concession;
  if (instead === null) return { ...judged, givesUp: { because, delivered: true } };
  // It stands in the criterion's place, so it is asked for only where that was missed.
  const found = inEveryRound([instead], strategy, ground, missedIn);
  return { ...judged, givesUp: { because, instead: found.checks, delivered: found.holds } };
}

interface OverRounds {
  readonly checks: Check[];
  readonly holds: boolean | null;
  readonly missedIn: number[];
  readonly openIn: number[];
}

/** One of the thresholds has to hold in each round; which of them may differ. */
function inEveryRound(
  any: readonly string[],
  strategy: string,
  ground: Ground,
  rounds: readonly number[],
): OverRounds {
  const { planned, byStrategy } = ground;
  const thresholds = any.map((expression) => ({ ...parseThreshold(expression), strategy }));
  const checks: Check[] = [];
  const missedIn: number[] = [];
  const openIn: number[] = [];
  for (const round of rounds) {
    const own = byStrategy.get(strategy)?.find(({ sample }) => sample.trial.round === round);
    if (own === undefined) {
      openIn.push(round);
      continue;
    }
    const found = evaluateThresholds(thresholds, trialsOf(round, ground), planned);
    for (const { expression, metric, against, actual, limit, holds, reason } of found) {
      const text = expression.slice(strategy.length).replace(/^: | (?=vs )/, '');
      let check = checks.find((known) => known.expression === text);
      if (check === undefined) {
        check = { expression: text, metric, against, limit, rounds: [] };
        checks.push(check);
      }
      check.rounds.push({ round, actual, holds, ...(reason === undefined ? {} : { reason }) });
    }
    if (found.some(({ holds }) => holds === true)) continue;
    (found.some(({ holds }) => holds === null) ? openIn : missedIn).push(round);
  }
  return {
    checks,
    holds: missedIn.length > 0 ? false : openIn.length > 0 ? null : true,
    missedIn,
    openIn,
  };
}

function roundsOf({ planned }: Ground): readonly number[] {
  return Array.from({ length: planned.rounds }, (_, index) => index + 1);
}

function trialsOf(round: number, { byStrategy }: Ground): Readings {
  return new Map(
    [...byStrategy].map(([name, readings]) => [
      name,
      readings.filter(({ sample }) => sample.trial.round === round),
    ]),
  );
}
