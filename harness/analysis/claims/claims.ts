import type { PlannedScenario } from '../../plan/plan.ts';
import type { ClaimResult, ThresholdResult } from '../../result/schema.ts';
import { type Claim, variantName } from '../../scenario/schema.ts';
import type { Belief } from '../noise-floor.ts';
import { evaluateThresholds } from '../thresholds/evaluate.ts';
import { parseThreshold } from '../thresholds/parse.ts';
import { againstOf } from '../thresholds/subjects.ts';
import type { Threshold } from '../thresholds/threshold.ts';
import type { TrialReading } from '../trial.ts';
import { caseEvidence, claimEvidence } from './evidence.ts';

/** What a scenario measured in this run, and how far that can be trusted. */
export interface Ground {
  readonly planned: PlannedScenario;
  readonly byStrategy: ReadonlyMap<string, readonly TrialReading[]>;
  /** Strategies of which a trial is missing or void. */
  readonly doubtful: ReadonlySet<string>;
  readonly belief: Belief;
}

type CaseResult = ClaimResult['cases'][number];

/**
 * Holds what people say against what was measured.
 *
 * The claims stand in the scenario, not in its variants, and a case names the variant that it is about: "add jitter"
 * is a claim about a flush and a common expiry alike, and only both together can tell when it is true. A case
 * whose variant or strategy did not run is not judged.
 *
 * @param grounds of all scenarios of the run, by name
 */
export function claimsOf(
  { scenario }: PlannedScenario,
  grounds: ReadonlyMap<string, Ground>,
): { readonly claims?: ClaimResult[] } {
  if (scenario.claims.length === 0) return {};
  const claims = scenario.claims.map(({ text, source, cases }) => {
    const judged = cases.map((each) => {
      const { variant } = each;
      const ground = grounds.get(variant === null ? scenario.name : variantName(scenario.name, variant));
      return judgeCase(each, ground);
    });
    const verdict = claimVerdict(judged.map(({ holds }) => holds));
    return { text, source, verdict, evidence: claimEvidence(judged), cases: judged };
  });
  return { claims };
}

/** What is unknown takes the verdict only if it could change it: one case that holds beside one that does not is `only when`. */
export function claimVerdict(cases: readonly (boolean | null)[]): ClaimResult['verdict'] {
  if (cases.includes(true) && cases.includes(false)) return 'only when';
  if (cases.includes(null) || cases.length === 0) return 'not judged';
  return cases.includes(true) ? 'confirmed' : 'refuted';
}

function judgeCase({ when, variant, holds }: Claim['cases'][number], ground: Ground | undefined): CaseResult {
  if (ground === undefined) {
    const reason = `the variant ${variant} did not run; --profile standard runs it`;
    return { when, variant, holds: null, evidence: '', reason, checks: [] };
  }
  const found = holds.map((expression) => judgeOne(parseThreshold(expression), ground));
  const checks = found.filter((each) => typeof each !== 'string');
  // A broken one decides, whatever the others would have said.
  const broken = checks.some((check) => check.holds === false);
  const open = found.flatMap((each) =>
    typeof each === 'string' ? each : each.holds === null ? (each.reason ?? []) : [],
  );
  const judged = broken ? false : open.length === 0 ? true : null;
  return {
    when,
    variant,
    holds: judged,
    evidence: caseEvidence(checks),
    ...(judged === null ? { reason: [...new Set(open)].join('; ') } : {}),
    checks,
  };
}

/** One threshold of a claim; a text says why it can't be held against this run. */
function judgeOne(threshold: Threshold, ground: Ground): ThresholdResult | string {
  const { planned, byStrategy, belief } = ground;
  for (const name of [threshold.strategy, againstOf(threshold, planned.baseline)]) {
    const reason = name === null ? null : distrust(name, ground);
    if (reason !== null) return reason;
  }
  const [result] = evaluateThresholds([threshold], byStrategy, planned);
  return result === undefined ? 'it compares a strategy with itself' : belief.inThreshold(result);
}

function distrust(name: string, { planned, byStrategy, doubtful }: Ground): string | null {
  if (planned.strategies.every((strategy) => strategy.name !== name)) {
    return `${name} did not run; --strategy all runs it`;
  }
  if (!byStrategy.has(name)) return `no round of ${name} was finished`;
  return doubtful.has(name)
    ? `${name} was not measured in every round, or not so that it can be trusted`
    : null;
}
