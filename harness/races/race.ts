/** A race of writers and readers as a schedule: who is held where, and who goes on when. */

import type { BarrierName } from '../../scenarios/strategies/strategy.ts';
import { CachestormError } from '../failure/cachestorm-error.ts';
import type { Held } from '../service/barrier-board.ts';
import type { Instance, StrategyBench } from '../service/testing.ts';

/**
 * What a reader of another process gets when the race is over. `right`: what the database has committed. `old`: an
 * older value, which stays; `old at first`: which the next read finds renewed. `dirty`: a value that was never committed.
 * `early`: one that was not committed yet.
 */
export type Outcome = 'right' | 'old at first' | 'old' | 'dirty' | 'early';

/** Processes of one strategy, and a row that is theirs alone: version 1, and nothing of it in the cache. */
export interface Stage {
  readonly bench: StrategyBench;
  readonly key: string;
  readonly reader: Instance;
  readonly writer: Instance;
  readonly otherWriter: Instance;
  readonly traits: Traits;
  /** Lets everything happen that the writers still have to do for acknowledged writes. Held until then. */
  drain(...writers: readonly Instance[]): Promise<void>;
}

/** How a strategy goes to work, as far as a schedule has to know it. */
export interface Traits {
  /** It sets the entry inside the transaction. @default false */
  readonly inTransaction?: boolean;
  /** It writes cache and database at once. @default false */
  readonly atOnce?: boolean;
  /** It deletes once more in the background. @default false */
  readonly deletesTwice?: boolean;
}

export interface Race {
  readonly name: string;
  /** Who does what, in order. */
  readonly story: string;
  /** Has every memory of a write end after a millisecond. @default false */
  readonly shortMemory?: boolean;
  /** Answers what came of it where that shows on the way; else it is what a new reader gets in the end. */
  play(stage: Stage): Promise<Outcome | undefined>;
}

/** A schedule did not come to where it was to: the strategy is another than it was written for. */
export class ScheduleError extends CachestormError {
  readonly code = 'E_SCHEDULE';
  readonly failure = 'inconclusive';
  override readonly name = 'ScheduleError';

  constructor(awaited: string) {
    super(`the schedule waited in vain for ${awaited}`);
  }
}

const DEADLINE_MS = 20_000;
const LOOK_MS = 1;

/** Looks again and again. @throws ScheduleError after 20 s */
export async function until(awaited: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const looks = DEADLINE_MS / LOOK_MS;
  for (let look = 0; look < looks; look++) {
    if (await holds()) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new ScheduleError(awaited);
}

/** Waits for somebody to come to where he is held. @throws ScheduleError after 20 s */
export async function within<T>(awaited: string, coming: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new ScheduleError(awaited)), DEADLINE_MS);
  try {
    return await Promise.race([coming, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves once `instance` has left the barrier behind. */
export function passed(instance: Pick<Instance, 'passed'>, barrier: BarrierName): Promise<void> {
  return until(`somebody to pass ${barrier}`, () => instance.passed.includes(barrier));
}

/** Somebody who is held in the middle of what he does. */
export interface Halted<T> {
  /** Lets him go on, and resolves with what comes of it. */
  goOn(): Promise<T>;
  /** He dies here. */
  die(): Promise<void>;
}

/**
 * Begins `work`, and resolves once it is held at one of the barriers.
 *
 * @throws ScheduleError when it is over without that
 */
export async function halt<T>(
  { board }: Instance,
  barriers: readonly BarrierName[],
  work: () => Promise<T>,
): Promise<Halted<T>> {
  const holds = barriers.map((barrier) => board.hold(barrier));
  const working = work();
  const over = working.then(() => {
    throw new ScheduleError(`${barriers.join(' or ')}: the work was over before`);
  });
  // It is raced below, and of no interest later.
  over.catch(() => undefined);
  await within(barriers.join(' or '), Promise.race([...holds.map((held) => held.reached()), over]));
  return {
    goOn() {
      for (const held of holds) held.release();
      return working;
    },
    async die() {
      for (const held of holds) crash(held);
      await working.catch(() => undefined);
    },
  };
}

function crash(held: Held): void {
  held.fail(new Error('the process died here'));
}
