import { type Contest, expandPlan, type PlannedScenario } from '../plan/plan.ts';
import { type ProfileName, profileNames } from '../scenario/schema.ts';
import { thrownWords, UsageError } from './errors.ts';

/**
 * Returns what a run would make of a contest, to find out what it can measure.
 *
 * @param profile `null`: the one with the longest storm, in which most happens.
 * @throws UsageError when a strategy's own code does, which says what relays it brings.
 */
export function plannedContest(contest: Contest, profile: ProfileName | null): PlannedScenario {
  const { profiles, name } = contest.scenario;
  const [longest] = profileNames.toSorted((a, b) => profiles[b].stormMs - profiles[a].stormMs);
  try {
    const { scenarios } = expandPlan([contest], {
      seed: 0,
      profile: profile ?? longest ?? 'standard',
      infra: 'auto',
      rounds: 1,
    });
    const [planned] = scenarios;
    if (planned !== undefined) return planned;
  } catch (cause) {
    throw new UsageError([
      { path: name, message: `its strategies could not be planned: ${thrownWords(cause)}` },
    ]);
  }
  throw new Error('a plan of one contest has no scenario');
}
