/** A reader has loaded the old row, and sets it into the cache when the writer believes to be done. */

import { entryKey } from '../service/context.ts';
import { KEY_PREFIX } from '../service/testing.ts';
import { halt, type Race, type Stage, until } from './race.ts';

/** Has the reader load the row, and stop just before it sets the entry. */
function loadOldRow({ reader, key }: Stage) {
  return halt(reader, ['beforeCacheSet'], () => reader.strategy.get(key));
}

export const lateSet: Race = {
  name: 'late set',
  story: 'a reader loads; the write is acknowledged; the reader sets; what the writer does later, it does',
  async play(stage) {
    const late = await loadOldRow(stage);
    await stage.writer.put(stage.key, 'new');
    await late.goOn();
    await stage.drain(stage.writer);
  },
};

export const lateSetAfterAll: Race = {
  name: 'late set after all',
  story: 'a reader loads; the write is acknowledged, and a second delete done; the reader sets',
  async play(stage) {
    const late = await loadOldRow(stage);
    await stage.writer.put(stage.key, 'new');
    await stage.drain(stage.writer);
    await late.goOn();
  },
};

export const crashAfterAck: Race = {
  name: 'crash after the ack',
  story:
    'a reader loads; the write is acknowledged; the writer dies, before a second delete; the reader sets',
  async play(stage) {
    const late = await loadOldRow(stage);
    await stage.writer.put(stage.key, 'new');
    // What it still had to do stays held for good.
    stage.writer.stop();
    await late.goOn();
  },
};

export const plainDelete: Race = {
  name: 'plain DEL',
  story:
    'a reader loads; the write is done; somebody else deletes the entry, or Redis evicts it; the reader sets',
  async play(stage) {
    const late = await loadOldRow(stage);
    await stage.writer.put(stage.key, 'new');
    await stage.drain(stage.writer);
    await stage.bench.redis.del(entryKey(KEY_PREFIX, stage.key));
    await late.goOn();
  },
};

export const memoryRunsOut: Race = {
  name: 'memory runs out',
  story: 'a reader loads; the write is done; tombstones, tags and locks end; the reader sets',
  shortMemory: true,
  async play(stage) {
    const late = await loadOldRow(stage);
    await stage.writer.put(stage.key, 'new');
    await stage.drain(stage.writer);
    const { redis } = stage.bench;
    const entry = entryKey(KEY_PREFIX, stage.key);
    // An entry that was written has the long time to live of entries: it is no memory of this kind.
    if ((await redis.pttl(entry)) < 1_000)
      await until('its end', async () => (await redis.exists(entry)) === 0);
    await late.goOn();
  },
};
