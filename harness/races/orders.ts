/** Cache and database are told of the same writes in different orders. */
import { halt, passed, type Race, until } from './race.ts';

export const readBetween: Race = {
  name: 'read between',
  story: 'a writer stops just before the database; a reader reads, and fills; the writer goes on',
  async play({ writer, reader, key, traits, drain }) {
    const writing = await halt(writer, ['beforeDbWrite'], () => writer.put(key, 'new'));
    if (traits.atOnce) await passed(writer, 'afterCacheSet');
    await reader.strategy.get(key);
    await writing.goOn();
    await drain(writer);
  },
};

export const readBeforeCommit: Race = {
  name: 'read before the commit',
  story: 'a writer stops just before it commits; a reader reads',
  async play({ writer, reader, key, traits }) {
    const commits = traits.inTransaction ? 'beforeDbCommit' : 'beforeDbWrite';
    const writing = await halt(writer, [commits], () => writer.put(key, 'new'));
    if (traits.atOnce) await passed(writer, 'afterCacheSet');
    const { item } = await reader.strategy.get(key);
    await writing.goOn();
    return item?.value === 'new' ? 'early' : 'right';
  },
};

export const cacheOvertaken: Race = {
  name: 'cache overtaken',
  story: 'a writer stops just before the cache; another writes, and is done; the first goes on',
  async play({ bench, writer, otherWriter, key, traits, drain }) {
    const writing = await halt(writer, ['beforeCacheSet', 'beforeCacheDelete'], () => writer.put(key, 'one'));
    if (traits.atOnce) await passed(writer, 'afterDbCommit');
    let done = false;
    const overtaking = otherWriter.put(key, 'two').finally(() => {
      done = true;
    });
    // Whoever sets inside the transaction has the row locked, and the other can't but wait.
    await until('the other writer', async () => done || (await bench.lockWaits()) > 0);
    await writing.goOn();
    await overtaking;
    await drain(writer, otherWriter);
  },
};

export const databaseOvertaken: Race = {
  name: 'database overtaken',
  story: 'a writer stops just before the database; another writes, and is done; the first goes on',
  async play({ writer, otherWriter, key, traits, drain }) {
    const writing = await halt(writer, ['beforeDbWrite'], () => writer.put(key, 'one'));
    if (traits.atOnce) await passed(writer, 'afterCacheSet');
    await otherWriter.put(key, 'two');
    await writing.goOn();
    await drain(writer, otherWriter);
  },
};

export const readAfterAck: Race = {
  name: 'read after the ack',
  story: 'a reader fills; the write is acknowledged; and that is all',
  async play({ writer, reader, key }) {
    await reader.strategy.get(key);
    await writer.put(key, 'new');
  },
};
