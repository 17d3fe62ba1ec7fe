import { byGravity } from '../result/gravity.ts';
import type { WorstKey } from '../result/schema.ts';
import type { TrialReading } from './trial.ts';

/** The worst key of all rounds; `undefined` when nothing went wrong in any, or no history was kept. */
export function worstKeyOf(readings: readonly TrialReading[]): WorstKey | undefined {
  const [worst] = readings.flatMap(({ consistency }) => consistency?.worstKey ?? []).toSorted(byGravity);
  return worst;
}
