import { deleteEntry } from '../cache-steps.ts';
import { storeItem } from '../store-item.ts';
import type { Parameter } from '../strategy.ts';
import type { WriteContext, WriteStrategyDefinition } from '../write-strategy.ts';
import { nothingIsLost } from '../write-theory.ts';

const parameters = {
  delayMs: {
    unit: 'ms',
    default: 500,
    min: 0,
    max: 600_000,
    description:
      'From the commit to the second delete. Shorter than a load and its set: the late set comes after it, and stays.',
  },
} as const satisfies Record<string, Parameter>;

/**
 * Delete, update, and delete once more when readers of the old row should be done.
 *
 *     writer   DEL          commit v2 ... delayMs ... DEL
 *     reader        load v1 ............ set v1             gone again
 *     another          load v1 ............................ set v1    stale until its time to live
 *
 * The write is acknowledged after the commit; the second delete runs in the background, in memory only. One that fails
 * is counted as a background error and not tried again; one that was still to come when the process ends is lost. A
 * first delete that fails fails the write before the database has heard of it.
 */
export const delayedDoubleDelete: WriteStrategyDefinition<keyof typeof parameters> = {
  kind: 'write',
  name: 'delayed-double-delete',
  idea: 'Delete the entry, commit the update, and delete the entry again after a delay, for whoever set an old value meanwhile.',
  source: 'Common study notes on 延時雙刪',
  weakness:
    'Stale until the second delete; and until the time to live when a reader sets later than the delay, or the process ends, or Redis refuses, before it.',
  parameters,
  predict: (input) => nothingIsLost(input),
  create: (context, { delayMs }) => ({
    async put(key, value) {
      await deleteEntry(context, key);
      const { version } = await storeItem(context, key, value);
      deleteLater(context, key, delayMs).catch(context.onBackgroundError);
      return version;
    },
  }),
};

async function deleteLater(context: WriteContext, key: string, delayMs: number): Promise<void> {
  try {
    await context.clock.sleep(delayMs, context.signal);
  } catch {
    // The process ends: as a real one would, it forgets.
    return;
  }
  await context.barrier('beforeSecondDelete', key);
  await context.redis.del(context.entryKey(key));
  await context.barrier('afterSecondDelete', key);
}
