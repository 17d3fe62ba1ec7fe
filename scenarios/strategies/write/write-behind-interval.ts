import { encodeEntry, parseObject } from '../entry.ts';
import { allOf } from '../fill.ts';
import type { RelayContext, RowChange } from '../relay.ts';
import { applyChanges } from '../relayed-changes.ts';
import { unversionedItem } from '../store-item.ts';
import type { WriteContext, WriteStrategyDefinition } from '../write-strategy.ts';
import { theUnflushedIsLost } from '../write-theory.ts';
import { storeChange } from './write-behind.ts';

/** Changes a round trip to Redis; a flush takes as many of them as there are. */
const BATCH = 500;

/**
 * Set the entry and append the change to a list in Redis, both at once; a relay writes the list to the database every
 * so often.
 *
 *     service    MULTI  set  append  EXEC -> ok
 *     flusher    .... every flushMs: read  update  COMMIT ...  remove
 *
 * What Redis loses before it was flushed is lost though it was acknowledged. What a crash of the flusher left
 * unremoved is stored once more.
 */
export const writeBehindInterval: WriteStrategyDefinition<'flushMs'> = {
  kind: 'write',
  name: 'write-behind-interval',
  idea: 'Set the cache entry and append the change to a Redis list in one step; a relay flushes the list to the database every so often.',
  source: 'Oracle Coherence, Write-Behind Caching, with its write delay; 緩存 write back in common notes',
  weakness:
    'A crash of Redis loses what was not flushed. An entry that expires before its change is stored brings the old row back; a crash of the flusher stores some a second time.',
  parameters: {
    flushMs: {
      unit: 'ms',
      default: 200,
      min: 1,
      max: 600_000,
      description:
        'From the end of one flush to the next: what a crash of Redis loses at most, and a little more.',
    },
  },
  predict: (input) => theUnflushedIsLost(input, input.parameters.flushMs ?? 0),
  relays: () => [
    {
      name: 'flusher',
      processes: 1,
      create: (context, { flushMs }) => ({
        start: async () => void flushEvery(context, flushMs),
        waiting: () => context.redis.llen(listKey(context)),
      }),
    },
  ],
  create: (context) => ({
    async put(key, value) {
      const change: RowChange = { key, value, version: null, storedAtUs: context.nowUs() };
      const entry = encodeEntry(unversionedItem(context, key, value));
      await context.barrier('beforeCacheSet', key);
      const both = context.redis.multi();
      both.set(context.entryKey(key), entry, 'PX', Math.ceil(context.ttlMs));
      both.rpush(listKey(context), JSON.stringify(change));
      await allOf(both);
      await context.barrier('afterCacheSet', key);
      return null;
    },
  }),
};

function listKey({ sideKey }: Pick<WriteContext, 'sideKey'>): string {
  return sideKey('write-behind', 'changes');
}

async function flushEvery(context: RelayContext, flushMs: number): Promise<void> {
  const { clock, signal, onBackgroundError } = context;
  while (!signal.aborted) {
    await clock.sleep(flushMs, signal).catch(() => undefined);
    // What was not removed is there still.
    await flush(context).catch(onBackgroundError);
  }
}

async function flush(context: RelayContext): Promise<void> {
  const list = listKey(context);
  for (let full = true; full && !context.signal.aborted; ) {
    const texts = await context.redis.lrange(list, 0, BATCH - 1);
    full = texts.length === BATCH;
    await applyChanges(context, texts.map(decodeChange), storeChange);
    if (texts.length > 0) await context.redis.ltrim(list, texts.length, -1);
  }
}

function decodeChange(text: string): RowChange {
  const { key, value, storedAtUs } = parseObject(text) ?? {};
  return { key: String(key), value: String(value), version: null, storedAtUs: Number(storedAtUs) };
}
