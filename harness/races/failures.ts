/** One of the two, cache or database, is never told. */
import { halt, passed, type Race, within } from './race.ts';

/** The database refuses it by a constraint. */
export const REFUSED = 'refused';

export const abortedCommit: Race = {
  name: 'aborted commit',
  story:
    'a reader fills; a writer has set the entry, where it does so first, and the database does not commit',
  async play({ bench, writer, reader, key, traits }) {
    await reader.strategy.get(key);
    if (traits.inTransaction) {
      const writing = await halt(writer, ['beforeDbCommit'], () => writer.put(key, 'lost'));
      await bench.killTransactions();
      await writing.goOn().catch(() => undefined);
    } else {
      await writer.put(key, REFUSED).catch(() => undefined);
    }
    // The error reaches the client while the cache is still being written.
    if (traits.atOnce) await passed(writer, 'afterCacheSet');
  },
};

export const crashAfterCommit: Race = {
  name: 'crash after the commit',
  story: 'a reader fills; the writer dies right after the commit, before what it does next',
  async play({ writer, reader, key, traits }) {
    await reader.strategy.get(key);
    // Whoever writes both at once may have been slower with the cache.
    const cache = traits.atOnce ? writer.board.hold('beforeCacheSet') : null;
    const writing = await halt(writer, ['afterDbCommit'], () => writer.put(key, 'new'));
    if (cache !== null) await within('the cache to be written', cache.reached());
    cache?.fail(new Error('the process died here'));
    await writing.die();
  },
};
