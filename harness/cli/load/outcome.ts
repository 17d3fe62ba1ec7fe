import { significant } from '../../../reports/model/format.ts';
import { ownErrorsOf } from '../../load/own-errors.ts';
import { formatDuration } from '../duration.ts';
import { exitCodes } from '../exit-codes.ts';
import { explain } from './reach.ts';
import type { LoadSummary } from './summary.ts';

/** How a load ended: the exit code, and what to say about it unless all is well. */
export interface LoadOutcome {
  readonly exitCode: number;
  readonly message: string | null;
}

/**
 * Answers of any status are a result. An end without a single one is not, and neither are the latencies of
 * a generator that was late itself, or met a limit of its machine.
 *
 * @param maxLagMs what the generator's own lag may add to a percentile of the response time, up to the 99th, and what
 *   its own 99th percentile may be
 */
export function outcomeOf(summary: LoadSummary, maxLagMs: number): LoadOutcome {
  if (summary.interrupted) {
    return { exitCode: exitCodes.interrupted, message: 'interrupted: this was measured until then' };
  }
  const own = ownErrorsOf(summary.errors);
  if (own !== null) {
    return {
      exitCode: exitCodes.inconclusive,
      message: `${own.count} of ${summary.offered} requests were never sent (${own.code}), which is no failure of the service: ${own.mend}`,
    };
  }
  const unanswered = whyUnanswered(summary);
  if (unanswered !== null) {
    return { exitCode: exitCodes.infrastructure, message: `no request was answered: ${unanswered}` };
  }
  const lagMs = summary.pacerLagMs.p99;
  if (lagMs !== null && lagMs > maxLagMs) {
    return {
      exitCode: exitCodes.inconclusive,
      message:
        `the generator was late itself: 1 in 100 requests left ${significant(lagMs)} ms or more after its time ` +
        `(--max-lag ${formatDuration(maxLagMs)}), so these latencies are partly this machine's. ` +
        'Lower --rate, end what else runs here, or use a machine with more cores.',
    };
  }
  const doubt = largestDoubt(summary);
  if (doubt !== null && doubt.ms > maxLagMs) {
    return {
      exitCode: exitCodes.inconclusive,
      message:
        `the generator stood still itself: without its stalls ${doubt.name} may be ${significant(doubt.ms)} ms less ` +
        `(--max-lag ${formatDuration(maxLagMs)}), so these latencies are partly this machine's. ` +
        'End what else runs here, or use a machine with more cores.',
    };
  }
  return { exitCode: exitCodes.held, message: null };
}

/** Returns the percentile up to the 99th that lag can have moved most; the others are a few requests. */
function largestDoubt({ doubtful, responseMs, onTimeMs }: LoadSummary): { name: string; ms: number } | null {
  const doubts = doubtful
    .filter((name) => name === 'p50' || name === 'p75' || name === 'p90' || name === 'p99')
    .map((name) => ({ name, ms: (responseMs[name] ?? 0) - (onTimeMs[name] ?? 0) }));
  return doubts.toSorted((a, b) => b.ms - a.ms)[0] ?? null;
}

function whyUnanswered({ offered, statuses, errors, neverSent }: LoadSummary): string | null {
  if (offered === 0 || Object.keys(statuses).length > 0) return null;
  const [mostFrequent] = Object.entries(errors).sort(([, one], [, other]) => other - one);
  if (mostFrequent !== undefined)
    return `${mostFrequent[1]} of ${offered} failed: ${explain(mostFrequent[0])}`;
  return neverSent === offered ? 'no connection came about in time' : null;
}
