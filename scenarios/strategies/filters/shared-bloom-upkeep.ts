import type { StrategyContext } from '../strategy.ts';
import type { SharedBloom } from './shared-bloom.ts';

/** How long a process waits for another's build before it looks again. */
const POLL_MS = 20;

export interface SharedUpkeep {
  /** Waits until there is a filter, built by this process or another, and from then on keeps it up. */
  start(): Promise<void>;
  /** Has a lost filter built anew, in the background. */
  restore(): void;
}

export function keepSharedFilter(
  context: StrategyContext,
  filter: SharedBloom,
  rebuildMs: number,
): SharedUpkeep {
  let restoring = false;

  async function ensure(): Promise<void> {
    while ((await filter.version()) === null) {
      if (!(await filter.build(null))) await context.clock.sleep(POLL_MS, context.signal);
    }
  }

  async function restore(): Promise<void> {
    if (restoring || context.signal.aborted) return;
    restoring = true;
    try {
      await ensure();
    } catch (error) {
      // The next reader that finds it lost tries again.
      if (!context.signal.aborted) context.onBackgroundError(error);
    } finally {
      restoring = false;
    }
  }

  /** For rows that others inserted or deleted. One process a period: the others see that the version is another. */
  async function rebuildForever(): Promise<void> {
    let last = await filter.version();
    while (!context.signal.aborted) {
      try {
        await context.clock.sleep(rebuildMs * (0.75 + 0.5 * context.random.next()), context.signal);
        const current = await filter.version();
        if (current === last) await filter.build(current);
        last = await filter.version();
      } catch (error) {
        if (!context.signal.aborted) context.onBackgroundError(error);
      }
    }
  }

  return {
    async start() {
      await ensure();
      void rebuildForever().catch(context.onBackgroundError);
    },
    restore: () => void restore(),
  };
}
