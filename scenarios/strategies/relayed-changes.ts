/** What strategies with relays share: how a change travels, and how it is applied. */
import { deleteEntry, refreshEntry } from './cache-steps.ts';
import type { QueueShape, RelayContext, RowChange } from './relay.ts';
import type { Item, Parameter, ParameterValues } from './strategy.ts';
import type { WriteContext } from './write-strategy.ts';

/** Publishes, stopping at the barriers around it. */
export async function publishChange(
  context: Pick<WriteContext, 'barrier' | 'queue'>,
  change: RowChange,
): Promise<void> {
  await context.barrier('beforePublish', change.key);
  await context.queue.publish(change);
  await context.barrier('afterPublish', change.key);
}

/** The item of a change, its age counted from when it was written. */
export function itemOf({ clock, nowUs }: RelayContext, { key, value, version, storedAtUs }: RowChange): Item {
  const ageMs = Math.max(0, nowUs() - storedAtUs) / 1000;
  return { id: key, value, version: version ?? 0, loadedAtMs: Math.floor(clock.wallMs() - ageMs) };
}

/** What a relay does with one change. */
export type ApplyChange = (context: RelayContext, change: RowChange) => Promise<void>;

export const invalidate: ApplyChange = (context, { key }) => deleteEntry(context, key);

export const refresh: ApplyChange = (context, change) => refreshEntry(context, itemOf(context, change));

/** Applies one change, and counts it. */
export async function applyChange(
  context: RelayContext,
  change: RowChange,
  apply: ApplyChange,
): Promise<void> {
  await context.barrier('beforeApply', change.key);
  await apply(context, change);
  context.applied(change);
}

/** Applies changes of different keys at once, and those of one key one after the other. */
export async function applyChanges(
  context: RelayContext,
  changes: readonly RowChange[],
  apply: ApplyChange,
): Promise<void> {
  const ofKeys = Map.groupBy(changes, ({ key }) => key);
  await Promise.all(
    [...ofKeys.values()].map(async (ofKey) => {
      for (const change of ofKey) await applyChange(context, change, apply);
    }),
  );
}

export const consumerParameters = {
  consumers: {
    unit: 'count',
    default: 1,
    min: 1,
    max: 64,
    description: 'Processes that consume the queue. Several of them reorder, unless `order` prevents it.',
  },
  order: {
    unit: 'count',
    default: 0,
    min: 0,
    max: 2,
    description:
      'Which consumer gets a message. 0: whoever is free; 1: by a consistent hash of the key, one queue each; 2: one consumes, the others stand by.',
  },
  prefetch: {
    unit: 'count',
    default: 50,
    min: 1,
    max: 10_000,
    description: 'Messages that a consumer has in hand at most; all come again, to others, when it dies.',
  },
} as const satisfies Record<string, Parameter>;

export type ConsumerParameter = keyof typeof consumerParameters;

/** A queue that outlives its broker. */
export function queueOf({ consumers, order, prefetch }: ParameterValues<ConsumerParameter>): QueueShape {
  return {
    consumers,
    order: order === 1 ? 'by-key' : order === 2 ? 'single-active' : 'none',
    prefetch,
    durable: true,
  };
}
