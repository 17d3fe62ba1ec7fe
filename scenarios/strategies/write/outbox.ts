import type { RelayContext } from '../relay.ts';
import {
  applyChange,
  type ConsumerParameter,
  consumerParameters,
  invalidate,
  queueOf,
} from '../relayed-changes.ts';
import { storeItem } from '../store-item.ts';
import type { WriteStrategyDefinition } from '../write-strategy.ts';
import { nothingIsLost } from '../write-theory.ts';

/** Changes that are published before the first of them is removed. */
const BATCH = 100;

/**
 * The change is left in a table in the transaction that makes it, so it can't be lost between commit and publish.
 *
 *     service    BEGIN  update v2  insert into outbox  COMMIT
 *     poller                                       take  publish  remove
 *     consumer                                                    delete
 *
 * One poller, which removes only what the broker has confirmed: after a crash of its own it publishes some once more.
 */
export const outbox: WriteStrategyDefinition<ConsumerParameter | 'pollMs'> = {
  kind: 'write',
  name: 'outbox',
  idea: 'Leave the change in an outbox table in the same transaction; a poller publishes it in order, and a consumer deletes the cache entry.',
  source:
    'Microservices Patterns (Richardson, 2018), section 3.3.7: the transactional outbox and its polling publisher',
  weakness:
    'The polling adds its delay, and messages may come twice. A reader that loaded before the commit and sets after the delete leaves a stale entry until its time to live.',
  predict: (input) => nothingIsLost(input),
  parameters: {
    ...consumerParameters,
    pollMs: {
      unit: 'ms',
      default: 10,
      min: 1,
      max: 60_000,
      description: 'How long the poller waits before it looks again into an outbox that was empty.',
    },
  },
  queue: queueOf,
  relays: ({ consumers }) => [
    {
      name: 'poller',
      processes: 1,
      create: (context, { pollMs }) => ({ start: async () => void poll(context, pollMs) }),
    },
    {
      name: 'consumer',
      processes: consumers,
      create: (context) => ({
        start: () => context.queue.consume((change) => applyChange(context, change, invalidate)),
      }),
    },
  ],
  create: (context) => ({
    put: async (key, value) => (await storeItem(context, key, value, { outbox: true })).version,
  }),
};

async function poll(context: RelayContext, pollMs: number): Promise<void> {
  const { signal, clock, onBackgroundError } = context;
  while (!signal.aborted) {
    let moved = 0;
    try {
      moved = await moveBatch(context);
    } catch (error) {
      // What was not removed is there still.
      onBackgroundError(error);
    }
    if (moved === 0) await clock.sleep(pollMs, signal).catch(() => undefined);
  }
}

/** @returns How many changes were published and removed. */
async function moveBatch(context: RelayContext): Promise<number> {
  const entries = await context.outbox.take(BATCH);
  await Promise.all(entries.map(({ key }) => context.barrier('beforePublish', key)));
  // Handed to the broker in their order, and confirmed in any.
  const published = await Promise.allSettled(entries.map((entry) => context.queue.publish(entry)));
  await Promise.all(entries.map(({ key }) => context.barrier('afterPublish', key)));
  // None behind one that failed may go: it would be overtaken for good.
  const failed = published.findIndex(({ status }) => status === 'rejected');
  const done = failed === -1 ? entries : entries.slice(0, failed);
  await context.outbox.remove(done.map(({ id }) => id));
  const failure = published[failed];
  if (failure?.status === 'rejected') throw failure.reason;
  return done.length;
}
