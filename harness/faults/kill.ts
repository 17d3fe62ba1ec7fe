import type { BarrierName } from '../../scenarios/strategies/strategy.ts';
import type { StrategyProcess } from '../service/strategy-process.ts';
import type { Clock } from '../time/clock.ts';
import type { KillFault, KillRecord } from './fault.ts';

/** A process of a strategy, as far as it can be killed. */
export type Killable = Pick<StrategyProcess<unknown>, 'hold' | 'release' | 'kill' | 'restart'>;

export interface KillSignals {
  /** The storm is over: who was not at the barrier by now is not killed there. */
  readonly stormOver: AbortSignal;
  /** The run is interrupted: nobody is restarted any more. */
  readonly interrupted: AbortSignal;
}

/**
 * Kills one of the instances, and starts its successor.
 *
 * ```
 * hold all ---- one comes to the barrier, and waits there ---- release the others, SIGKILL it
 *          ---- its exit is seen ---- restartAfterMs ---- start another ---- it listens
 * ```
 *
 * @returns `null` when the storm was over before anybody came to the barrier
 */
export async function killOne(
  { barrier, restartAfterMs }: KillFault,
  instances: readonly Killable[],
  clock: Clock,
  { stormOver, interrupted }: KillSignals,
): Promise<Omit<KillRecord, 'name'> | null> {
  // It may have waited for an earlier kill.
  if (stormOver.aborted) return null;
  const { victim, othersGone } =
    barrier === null
      ? { victim: instances[0], othersGone: Promise.resolve() }
      : await firstAt(barrier, instances, stormOver);
  if (victim === undefined) return null;
  const fromUs = clock.nowUs();
  await victim.kill();
  const endedAtUs = clock.nowUs();
  await clock.sleep(restartAfterMs, interrupted);
  await victim.restart();
  // Whoever asks them next must find no question open.
  await othersGone;
  return {
    kind: 'kill',
    instance: instances.indexOf(victim),
    barrier,
    fromUs,
    endedAtUs,
    toUs: clock.nowUs(),
  };
}

/**
 * The one that is stopped at the barrier before all others, which go on; nobody when `giveUp` comes first.
 * `othersGone` resolves once nobody else is held any more.
 */
async function firstAt(
  barrier: BarrierName,
  instances: readonly Killable[],
  giveUp: AbortSignal,
): Promise<{ readonly victim: Killable | undefined; readonly othersGone: Promise<unknown> }> {
  const first = Promise.withResolvers<Killable | undefined>();
  const release = (instance: Killable) => instance.release();
  const releaseAll = () => instances.forEach(release);
  const watching = instances.map(async (instance) => {
    if (await instance.hold(barrier)) first.resolve(instance);
  });
  const othersGone = Promise.all(watching);
  othersGone.then(() => first.resolve(undefined), first.reject);
  giveUp.addEventListener('abort', releaseAll, { once: true });
  try {
    const victim = await first.promise;
    if (!giveUp.aborted) instances.filter((instance) => instance !== victim).forEach(release);
    return { victim, othersGone };
  } finally {
    giveUp.removeEventListener('abort', releaseAll);
  }
}
