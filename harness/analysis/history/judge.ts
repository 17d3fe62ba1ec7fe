/** From what a trial left of its reads and writes to the plain numbers of its metrics. */
import type { Audit } from '../../record/audited-read.ts';
import { LatencyHistogram } from '../../record/histogram.ts';
import { isOk, isWrite } from '../../record/history/operation.ts';
import { byGravity } from '../../result/gravity.ts';
import type { WorstKey } from '../../result/schema.ts';
import {
  type ConsistencyFindings as CheckFindings,
  ConsistencyCheck,
} from '../consistency/consistency-check.ts';
import type { StaleReadFindings } from '../consistency/stale-reads.ts';
import type { StalenessWindow } from '../consistency/staleness-course.ts';
import type { ConsistencyFindings, StalenessFindings } from '../consistency-values.ts';
import { type Evidence, finalSamplesOf, truthsOf } from './evidence.ts';
import { storyOf } from './story.ts';

export interface JudgedTrial {
  readonly round: number;
  /** The storm's start, monotonic microseconds. */
  readonly startedAtUs: number;
  /** The windows of the timeline. */
  readonly windowMs: number;
  readonly windows: number;
  /** What set the storm off, ms since its start. */
  readonly triggers: WorstKey['triggers'];
}

/** Pure: of files that were read. */
export function judgeHistory(evidence: Evidence, trial: JudgedTrial): ConsistencyFindings {
  const { history, commits, audits } = evidence;
  const truthOf = truthsOf(commits);
  const sampleOf = finalSamplesOf(audits, truthOf);
  const ownerOf = (writeId: number) => history.ownerOf(writeId);
  const convergeFromUs = momentOfRest(evidence, trial);
  using check = new ConsistencyCheck({ ownerOf, convergeFromUs, windowMs: trial.windowMs });
  for (const operations of history.byKey())
    check.add(operations, truthOf(operations.key), sampleOf(operations.key));
  const found = check.result();
  const { dirty, foreign, unknown, falselyAbsent, wrongVersion } = found.impossibleReads;
  const { acknowledged, lost, missingVersions, versionsNotRaised, repeatedCommits, unknownCommits } =
    found.updates;
  const ofWrites = (count: number) => (acknowledged === 0 ? null : count);
  const stories = found.worstKeys.map(({ key }) =>
    storyOf(history.operationsOf(key), { truth: truthOf(key), sample: sampleOf(key), ownerOf, ...trial }),
  );
  const staleness = stalenessOf(found.staleReads);
  return {
    staleness,
    divergentKeys: found.divergence.keys === 0 ? null : found.divergence.divergent,
    lostUpdates: ofWrites(lost),
    missingVersions: ofWrites(missingVersions),
    versionsNotRaised: ofWrites(versionsNotRaised),
    repeatedCommits: ofWrites(repeatedCommits),
    unknownCommits,
    misplacedWrites: ofWrites(found.linearizable.misplacedWrites),
    dirtyReads: dirty + foreign + unknown,
    falselyAbsent,
    wrongVersion,
    nonLinearizable: found.linearizable.stale + found.linearizable.ahead,
    monotonicViolations: found.sessions.monotonicReads.violations,
    readYourWritesViolations: found.sessions.readYourWrites.violations,
    gammaMs: found.gamma.maxMs,
    convergence: convergenceOf(found, evidence, trial.startedAtUs + convergeFromUs),
    staleReads: Array.from({ length: trial.windows }, (_, index) => staleShare(found.course[index])),
    freshness:
      staleness === null ? null : { visibility: found.visibility, nines: found.nines, gamma: found.gamma },
    worstKey: stories.toSorted(byGravity)[0] ?? null,
  };
}

/** The last fault was healed and the last write acknowledged, microseconds since the storm's start: from then on nothing disturbs. */
function momentOfRest({ history }: Evidence, { triggers }: JudgedTrial): number {
  let lastUs = Math.max(0, ...triggers.map(({ toMs }) => toMs * 1e3));
  for (const { count, kinds, finishesUs } of history.byKey()) {
    for (let index = 0; index < count; index++) {
      const kind = kinds[index] ?? 0;
      if (isWrite(kind) && isOk(kind)) lastUs = Math.max(lastUs, finishesUs[index] ?? 0);
    }
  }
  return lastUs;
}

/** `null` where no read could have been stale. */
function stalenessOf({
  afterWrite,
  rate,
  maxMs,
  atLeastHistogram,
  versionsBehind,
}: StaleReadFindings): StalenessFindings | null {
  if (afterWrite === 0 || rate === null) return null;
  using atLeast = LatencyHistogram.decode(atLeastHistogram);
  return {
    readRate: rate,
    p50Ms: (atLeast.percentile(50) ?? 0) / 1e3,
    p99Ms: (atLeast.percentile(99) ?? 0) / 1e3,
    maxMs: maxMs.atLeast,
    kMax: versionsBehind.at(-1)?.versions ?? 0,
  };
}

function convergenceOf(
  { convergence: { keys, toMs, censored }, divergence: { divergent, healed } }: CheckFindings,
  { audits: [first, second] }: Evidence,
  restUs: number,
): ConsistencyFindings['convergence'] {
  if (keys === 0 && divergent === 0) return null;
  const until = ({ endedAtUs }: Audit) => (endedAtUs - restUs) / 1e3;
  if (divergent > 0) return { stuck: true, ms: until(second) };
  if (healed > 0) return { stuck: false, ms: until(second) };
  // The last read of some row was stale, and the look at it found nothing wrong: it healed at some time between.
  return { stuck: false, ms: censored > 0 ? until(first) : (toMs ?? 0) };
}

function staleShare(window: StalenessWindow | undefined): number | null {
  return window === undefined || window.reads === 0 ? null : window.stale / window.reads;
}
