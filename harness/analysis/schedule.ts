import type { GeneratorReport } from '../load/protocol.ts';

/** What became of an open load's schedule by the end of the storm. */
export interface KeptSchedule {
  /** The plan: every arrival of the schedule is offered, however late. */
  readonly offered: number;
  /** Taken up after the end of the storm, by the generator's own doing. */
  readonly late: number;
  /** Taken up in time, and still waiting at the end for a connection: the service held all of them. */
  readonly heldBack: number;
  /** More than so many missing is less than the planned rate. */
  readonly allowed: number;
}

/** One percent of users is what counts as the same between two strategies, too (harness/result/metrics.ts). */
const MISSING_SHARE = 0.01;
/** An ordinary pause of a busy machine, which at the very end of a short storm is more than that share. */
const PAUSE_MS = 50;

/** `null` for a closed load, which has no schedule, and for samples that were taken before it was counted. */
export function keptSchedule({ counts, withinStorm, durationMs }: GeneratorReport): KeptSchedule | null {
  if (withinStorm === undefined || counts.offered === 0) return null;
  const { offered } = counts;
  const { takenUp, attempted } = withinStorm;
  return {
    offered,
    late: offered - takenUp,
    heldBack: takenUp - attempted,
    allowed: offered * Math.max(MISSING_SHARE, PAUSE_MS / durationMs),
  };
}
