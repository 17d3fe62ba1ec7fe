import type { Clock } from '../time/clock.ts';
import { type Fault, type FaultRecord, faultNames } from './fault.ts';

/** What faults act on. */
export interface FaultTargets {
  readonly flushCache: () => Promise<void>;
}

export interface Injector {
  /** Starts the timeline. Called at the storm's start, once. */
  start(startedAtUs: number): void;
  /**
   * Waits for the faults that are due by now, drops the others, and hands over what was done. Rejects with the
   * first error of a fault: a storm without its fault is another storm.
   */
  stop(): Promise<readonly FaultRecord[]>;
}

/** Carries out the faults of a storm, each at its time. */
export function faultInjector(faults: readonly Fault[], targets: FaultTargets, clock: Clock): Injector {
  const names = faultNames(faults);
  const stopping = new AbortController();
  let running: Promise<readonly (FaultRecord | null)[]> = Promise.resolve([]);

  async function inject(fault: Fault, name: string, startedAtUs: number): Promise<FaultRecord | null> {
    try {
      await clock.sleep(Math.max(0, fault.atMs - (clock.nowUs() - startedAtUs) / 1000), stopping.signal);
    } catch (error) {
      if (stopping.signal.aborted) return null;
      throw error;
    }
    const fromUs = clock.nowUs();
    await targets.flushCache();
    return { name, kind: fault.kind, fromUs, toUs: clock.nowUs() };
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
