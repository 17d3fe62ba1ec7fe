import {
  type ApplyChange,
  applyChange,
  type ConsumerParameter,
  consumerParameters,
  invalidate,
  itemOf,
  publishChange,
  queueOf,
  refresh,
} from '../relayed-changes.ts';
import { storeItem } from '../store-item.ts';
import { setIfNewer, versionedReader } from '../versioned-entry.ts';
import type { WriteStrategyDefinition } from '../write-strategy.ts';
import { entriesNeverGoBack, nothingIsLost } from '../write-theory.ts';

type MessageQueue = WriteStrategyDefinition<ConsumerParameter>;

/**
 * Commit, publish, and be acknowledged once the broker has the message; a consumer does the cache's part.
 *
 *     service   commit v2   publish v2 -> ok
 *     consumer                          delete, or set v2
 *
 * A message that can't be published reaches the client as an error although the row is committed, and the old entry
 * stays. So it does when the service dies between the two, and nobody is told.
 */
function messageQueue(
  apply: ApplyChange,
  rest: Pick<MessageQueue, 'name' | 'idea' | 'weakness'> & Partial<MessageQueue>,
): MessageQueue {
  return {
    kind: 'write',
    source:
      'RabbitMQ, Consumer Acknowledgements and Publisher Confirms; common notes on 消息隊列 and double writes',
    parameters: consumerParameters,
    predict: (input) => nothingIsLost(input),
    queue: queueOf,
    relays: ({ consumers }) => [
      {
        name: 'consumer',
        processes: consumers,
        create: (context) => ({
          start: () => context.queue.consume((change) => applyChange(context, change, apply)),
        }),
      },
    ],
    create: (context) => ({
      async put(key, value) {
        const storedAtUs = context.nowUs();
        const { version } = await storeItem(context, key, value);
        await publishChange(context, { key, value, version, storedAtUs });
        return version;
      },
    }),
    ...rest,
  };
}

const LOST = 'A crash between commit and publish leaves the old entry until its time to live';

const withInvalidation = messageQueue(invalidate, {
  name: 'message-queue',
  idea: 'Commit the update and publish it; a consumer deletes the cache entry, and tries until it is deleted.',
  weakness: `${LOST}; so does a reader that loaded before the commit and sets after the delete.`,
});

const withRefresh = messageQueue(refresh, {
  name: 'message-queue-refresh',
  idea: 'Commit the update and publish it; a consumer sets the cache entry to it.',
  weakness: `${LOST}. Two writers may publish in the other order than they committed, and several consumers set in any order: the older value stays.`,
});

const withVersions = messageQueue(
  (context, change) => setIfNewer(context, itemOf(context, change)).then(() => {}),
  {
    name: 'message-queue-versioned',
    idea: 'Commit the update and publish it with its version; a consumer sets the entry unless a newer one is there, and so do readers.',
    weakness: `${LOST}. An eviction forgets the version, and lets a late reader’s old value in.`,
    createReader: versionedReader,
    predict: (input) => [...entriesNeverGoBack(input, '0: by version'), ...nothingIsLost(input)],
  },
);

/** The same with several consumers that take whatever comes next. */
function withConsumers(definition: MessageQueue, consumers: number): MessageQueue {
  return {
    ...definition,
    name: `${definition.name}-${consumers}`,
    idea: `${definition.idea} ${consumers} consumers share the queue.`,
    parameters: { ...consumerParameters, consumers: { ...consumerParameters.consumers, default: consumers } },
  };
}

/** The same with several consumers, each with keys of its own. */
function byKey(definition: MessageQueue, consumers: number): MessageQueue {
  const { parameters, ...rest } = withConsumers(definition, consumers);
  return {
    ...rest,
    name: `${definition.name}-by-key`,
    idea: `${definition.idea} ${consumers} consumers have the keys dealt out among them.`,
    parameters: { ...parameters, order: { ...consumerParameters.order, default: 1 } },
  };
}

export const messageQueues: readonly MessageQueue[] = [
  withInvalidation,
  withConsumers(withInvalidation, 4),
  withRefresh,
  withConsumers(withRefresh, 4),
  byKey(withRefresh, 4),
  withVersions,
];
