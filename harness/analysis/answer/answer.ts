import type { StrategyResult } from '../../result/schema.ts';
import { consistencyAnswer } from './consistency.ts';
import { evictionAnswer } from './eviction.ts';
import { expiryAnswer } from './expiry.ts';
import { missingKeysAnswer } from './missing-keys.ts';
import { recoveryAnswer } from './recovery.ts';
import { stalenessAnswer } from './staleness.ts';
import { stallAnswer } from './stall.ts';

/**
 * One sentence made from the data, to be said aloud: what happened without protection, what the best three
 * strategies made of it, and who stands out. What was measured decides what it is about.
 *
 * @param trigger What recovery is counted from; `null` when nothing set the storm off.
 */
export function answerOf(strategies: readonly StrategyResult[], trigger: string | null): string {
  const baseline = strategies.find((strategy) => strategy.baseline);
  if (baseline === undefined) return 'The baseline was not measured, so there is no answer.';
  // The baseline again is no answer to anything.
  const others = strategies.filter((strategy) => !strategy.baseline && strategy.aa !== true);
  return (
    missingKeysAnswer(baseline, others) ??
    // A cold start is where a storm of this kind begins, not what it is about; a fault would be.
    (trigger === null || trigger === 'cold-start' ? evictionAnswer(baseline, others) : null) ??
    consistencyAnswer(baseline, others) ??
    stallAnswer(baseline, others, trigger) ??
    recoveryAnswer(baseline, others, trigger) ??
    stalenessAnswer(baseline, others) ??
    expiryAnswer(baseline, others)
  );
}
