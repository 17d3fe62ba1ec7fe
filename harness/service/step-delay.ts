import type { BarrierName } from '../../scenarios/strategies/strategy.ts';
import type { Clock } from '../time/clock.ts';
import type { Random } from '../time/random.ts';

type Barrier = (name: BarrierName, key: string) => Promise<void>;

/** Those before which a request goes to a server. */
const STEPS: ReadonlySet<BarrierName> = new Set<BarrierName>([
  'beforeDbRead',
  'beforeCacheSet',
  'beforeDbWrite',
  'beforeDbCommit',
  'beforeCacheDelete',
  'beforePublish',
]);

/**
 * A barrier that takes its time: each step of a strategy, which is a request to a server, is put off by an exponentially
 * distributed time, as by the network between machines and by pauses of the process. On one machine steps are so close
 * together that races which are everyday elsewhere hardly happen. Lookups in the cache are not put off: most reads are
 * nothing else.
 *
 * @param meanMs 0: the barrier itself
 */
export function delayedBarrier(barrier: Barrier, meanMs: number, random: Random, clock: Clock): Barrier {
  if (meanMs === 0) return barrier;
  return async (name, key) => {
    if (STEPS.has(name)) await clock.sleep(-meanMs * Math.log(1 - random.next()));
    await barrier(name, key);
  };
}
