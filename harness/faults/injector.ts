import type { Clock } from '../time/clock.ts';
import { type Fault, type FaultRecord, faultNames, type ServerFault } from './fault.ts';
import { type Killable, killOne } from './kill.ts';

/** What faults act on. */
export interface FaultTargets {
  readonly flushCache: () => Promise<void>;
  readonly services: readonly Killable[];
  readonly relays: readonly Killable[];
  /** Has a server fail, and resolves with what puts it right. */
  readonly breakServer: (fault: ServerFault) => Promise<() => Promise<void>>;
}

export interface Injector {
  /** Starts the timeline. Called at the storm's start, once. */
  start(startedAtUs: number): void;
  /**
   * Waits for the faults that are under way, drops the others, and hands over what was done. Rejects with the
   * first error of a fault: a storm without its fault is another storm.
   */
  stop(): Promise<readonly FaultRecord[]>;
}

/**
 * Carries out the faults of a storm, each at its time; kills one after the other, so that each has its successor
 * before the next.
 *
 * @param interrupted Aborted: nothing is put right any more that would take time.
 */
export function faultInjector(
  faults: readonly Fault[],
  targets: FaultTargets,
  clock: Clock,
  interrupted: AbortSignal,
): Injector {
  const names = faultNames(faults);
  const stopping = new AbortController();
  let running: Promise<readonly (FaultRecord | null)[]> = Promise.resolve([]);
  let lastKill: Promise<unknown> = Promise.resolve();

  async function inject(fault: Fault, name: string, startedAtUs: number): Promise<FaultRecord | null> {
    try {
      await clock.sleep(Math.max(0, fault.atMs - (clock.nowUs() - startedAtUs) / 1000), stopping.signal);
    } catch (error) {
      if (stopping.signal.aborted) return null;
      throw error;
    }
    const done = await carryOut(fault);
    return done === null ? null : { name, ...done };
  }

  async function carryOut(fault: Fault) {
    switch (fault.kind) {
      case 'flush': {
        const fromUs = clock.nowUs();
        await targets.flushCache();
        return { kind: fault.kind, fromUs, toUs: clock.nowUs() };
      }
      case 'kill': {
        const signals = { stormOver: stopping.signal, interrupted };
        const victims = fault.target === 'relay' ? targets.relays : targets.services;
        // A strategy without relays has none to lose.
        if (victims.length === 0) return null;
        const kill = lastKill.then(() => killOne(fault, victims, clock, signals));
        lastKill = kill;
        return await kill;
      }
      default: {
        const fromUs = clock.nowUs();
        const putRight = await targets.breakServer(fault);
        // The end of the storm ends the fault: what is counted afterwards is counted on servers that answer.
        await clock.sleep(fault.durationMs, stopping.signal).catch(unlessStopped);
        await putRight();
        return { kind: fault.kind, fromUs, toUs: clock.nowUs() };
      }
    }
  }

  function unlessStopped(error: unknown): void {
    if (!stopping.signal.aborted) throw error;
  }

  return {
    start(startedAtUs) {
      running = Promise.all(
        faults.map((fault, index) => inject(fault, names[index] ?? fault.kind, startedAtUs)),
      );
      // Observed in stop(); until then a failed fault must not end the process.
      running.catch(() => undefined);
    },
    async stop() {
      stopping.abort();
      return (await running).filter((record) => record !== null);
    },
  };
}
