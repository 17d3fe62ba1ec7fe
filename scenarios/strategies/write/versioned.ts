import { storeItem } from '../store-item.ts';
import { buryIfOlder, setIfNewer, tombstoneParameters, versionedReader } from '../versioned-entry.ts';
import type { WriteStrategyDefinition } from '../write-strategy.ts';
import { entriesNeverGoBack, nothingIsLost } from '../write-theory.ts';

const SOURCE =
  'CacheFront (How Uber Serves over 40 Million Reads per Second from Online Storage, 2024); tombstones as in Cassandra';

const FORMULA = '0: by version';

/**
 * Update the database, then bury the entry: a tombstone with the new version stands where it was, and readers fill by
 * compare-and-set.
 *
 * A tombstone that fails reaches the client as an error although the row is committed, and the old entry stays.
 */
export const versioned: WriteStrategyDefinition<'tombstoneMs'> = {
  kind: 'write',
  name: 'versioned',
  idea: 'Commit the update, then put a tombstone with its version in the place of the entry: Redis refuses whoever sets an older one.',
  source: SOURCE,
  weakness:
    'A load that takes longer than the tombstone lasts, or a plain DEL by somebody else, lets an old value in; a crash after the commit leaves the old entry.',
  parameters: tombstoneParameters,
  predict: (input) => [...entriesNeverGoBack(input, FORMULA), ...nothingIsLost(input)],
  create: (context, { tombstoneMs }) => ({
    async put(key, value) {
      const { version } = await storeItem(context, key, value);
      await buryIfOlder(context, key, version, tombstoneMs);
      return version;
    },
  }),
  createReader: versionedReader,
};

/**
 * Update the database, then set the entry unless it is newer: a double write that can't go back.
 *
 * A set that fails reaches the client as an error although the row is committed, and the old entry stays.
 */
export const versionedDoubleWrite: WriteStrategyDefinition = {
  kind: 'write',
  name: 'versioned-double-write',
  idea: 'Commit the update, then set the entry to it, unless a newer version is there; readers fill in the same way.',
  source: SOURCE,
  weakness:
    'A plain DEL by somebody else, or an eviction, forgets the version and lets a late reader’s old value in; a crash after the commit leaves the old entry.',
  parameters: {},
  predict: (input) => [...entriesNeverGoBack(input, FORMULA), ...nothingIsLost(input)],
  create: (context) => ({
    async put(key, value) {
      const item = await storeItem(context, key, value);
      await setIfNewer(context, item);
      return item.version;
    },
  }),
  createReader: versionedReader,
};
