import { type LeaseParameter, lease } from '../read/lease.ts';
import type { WriteStrategyDefinition } from '../write-strategy.ts';
import { entriesNeverGoBack, nothingIsLost } from '../write-theory.ts';
import { cacheAside } from './cache-aside.ts';

/**
 * Cache-aside writes beside readers with leases: the delete takes the lease away from whoever loads the old row, and
 * Redis refuses what it sets later. The writer knows nothing of leases.
 *
 * A delete that fails reaches the client as an error although the row is committed, and the old entry stays.
 */
export const cacheAsideLease: WriteStrategyDefinition<LeaseParameter> = {
  kind: 'write',
  name: 'cache-aside+lease',
  idea: 'Commit the update, then delete the entry, which voids the lease of every reader that is still loading.',
  source: 'Scaling Memcache at Facebook (Nishtala et al., NSDI 2013), section 3.2.1',
  weakness:
    'A crash, or a refused delete, after the commit leaves the old entry until its time to live. Readers of a key wait for one of them.',
  parameters: lease.parameters,
  predict: (input) => [...entriesNeverGoBack(input, '0: by lease'), ...nothingIsLost(input)],
  create: (context) => cacheAside.create(context, {}),
  createReader: (context, parameters) => lease.create(context, parameters),
};
