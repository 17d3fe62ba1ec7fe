import { refreshEntry } from '../cache-steps.ts';
import type { RelayContext, RowChange } from '../relay.ts';
import {
  type ApplyChange,
  applyChange,
  type ConsumerParameter,
  consumerParameters,
  publishChange,
  queueOf,
} from '../relayed-changes.ts';
import { unversionedItem } from '../store-item.ts';
import type { WriteStrategyDefinition } from '../write-strategy.ts';
import { nothingIsLost } from '../write-theory.ts';

const SOURCE = 'Oracle Coherence, Write-Behind Caching; 緩存 write back in common notes';

/** Writes the row, stopping at the barriers around it. */
export const storeChange: ApplyChange = async (context: RelayContext, { key, value }: RowChange) => {
  await context.barrier('beforeDbWrite', key);
  await context.origin.store(key, value);
  await context.barrier('afterDbCommit', key);
};

/**
 * Set the entry, publish the change to a durable queue and be acknowledged; a consumer writes the row later.
 *
 *     service    set  publish -> ok
 *     flusher                  update  COMMIT  acknowledge
 *
 * A change that can't be published reaches the client as an error, though readers see it until its time to live.
 */
export const writeBehind: WriteStrategyDefinition<ConsumerParameter> = {
  kind: 'write',
  name: 'write-behind',
  idea: 'Set the cache entry and publish the change to a durable queue; a consumer writes it to the database later.',
  source: SOURCE,
  weakness:
    'An entry that expires before its change is stored brings the old row back. A crash between set and publish loses the write; one of the consumer stores some a second time, over newer ones. Two writers may publish in the other order than they set.',
  parameters: { ...consumerParameters, order: { ...consumerParameters.order, default: 1 } },
  predict: (input) => nothingIsLost(input, '0: durable queue'),
  queue: queueOf,
  relays: ({ consumers }) => [
    {
      name: 'flusher',
      processes: consumers,
      create: (context) => ({
        start: () => context.queue.consume((change) => applyChange(context, change, storeChange)),
      }),
    },
  ],
  create: (context) => ({
    async put(key, value) {
      const storedAtUs = context.nowUs();
      await refreshEntry(context, unversionedItem(context, key, value));
      await publishChange(context, { key, value, version: null, storedAtUs });
      return null;
    },
  }),
};
