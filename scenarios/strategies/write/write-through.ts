import { refreshEntry } from '../cache-steps.ts';
import { storeItem } from '../store-item.ts';
import type { WriteStrategyDefinition } from '../write-strategy.ts';
import { nothingIsLost } from '../write-theory.ts';

/**
 * Set the cache entry inside the database's transaction, while the row is locked: writers of a key take turns, so the
 * cache sees their values in the order of their versions.
 *
 *     A   BEGIN  update v2  set v2  COMMIT
 *     B      BEGIN  update ............... v3  set v3  COMMIT
 *
 * A set that fails rolls the row back. A commit that fails after the set leaves an entry that was never committed: a
 * transaction of the database's does not take back what was said to Redis.
 */
export const writeThrough: WriteStrategyDefinition = {
  kind: 'write',
  name: 'write-through',
  idea: 'Write the new value into the cache inside the transaction that commits it, so that writers of a key take turns.',
  source:
    'Oracle Coherence, Read-Through, Write-Through and Write-Behind Caching; a cache put inside Spring’s @Transactional',
  weakness:
    'Readers see a value before it is committed, and until its time to live if it is rolled back; a reader’s late set still wins. The row stays locked while Redis is asked.',
  parameters: {},
  predict: (input) => nothingIsLost(input),
  create: (context) => ({
    async put(key, value) {
      const loadedAtMs = context.clock.wallMs();
      const { version } = await storeItem(context, key, value, {
        async beforeCommit(version) {
          await refreshEntry(context, { id: key, value, version, loadedAtMs });
          await context.barrier('beforeDbCommit', key);
        },
      });
      return version;
    },
  }),
};
