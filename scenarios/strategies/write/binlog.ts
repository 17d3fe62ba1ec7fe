import { type ApplyChange, applyChanges, invalidate, itemOf, refresh } from '../relayed-changes.ts';
import { storeItem } from '../store-item.ts';
import { setIfNewer, versionedReader } from '../versioned-entry.ts';
import type { WriteStrategyDefinition } from '../write-strategy.ts';
import { entriesNeverGoBack, nothingIsLost } from '../write-theory.ts';

/**
 * The service writes to the database and is done; a follower of the binary log does the cache's part.
 *
 *     service    update v2  COMMIT -> ok
 *     log                     v2
 *     follower                   delete, or set v2
 *
 * The follower uses the row as the log has it, never a query: the row's new version may not be visible yet when its
 * event comes. One follower: the log is one line.
 */
function binlog(
  apply: ApplyChange,
  rest: Pick<WriteStrategyDefinition, 'name' | 'idea' | 'weakness' | 'createReader' | 'predict'>,
): WriteStrategyDefinition {
  return {
    kind: 'write',
    source: 'Wormhole (Sharma et al., NSDI 2015) and Canal: change data capture from the MySQL binary log',
    parameters: {},
    predict: (input) => nothingIsLost(input),
    relays: () => [
      {
        name: 'follower',
        processes: 1,
        create: (context) => ({
          start: () => context.changes.follow((changes) => applyChanges(context, changes, apply)),
        }),
      },
    ],
    create: (context) => ({
      put: async (key, value) => (await storeItem(context, key, value)).version,
    }),
    ...rest,
  };
}

const LATE_SET =
  'A reader that loaded before the commit and sets after it leaves a stale entry until its time to live';

export const binlogs: readonly WriteStrategyDefinition[] = [
  binlog(refresh, {
    name: 'binlog',
    idea: 'Commit, and nothing else; a follower of the binary log sets the cache entry to the row that it finds there.',
    weakness: `${LATE_SET}, or until the next write. The cache is behind by what the follower is, and after a crash it goes back in time for a moment.`,
  }),
  binlog(invalidate, {
    name: 'binlog-invalidate',
    idea: 'Commit, and nothing else; a follower of the binary log deletes the cache entry.',
    weakness: `${LATE_SET}. The cache is behind by what the follower is.`,
  }),
  binlog((context, change) => setIfNewer(context, itemOf(context, change)).then(() => undefined), {
    name: 'binlog-versioned',
    idea: 'Commit, and nothing else; a follower of the binary log sets the cache entry unless a newer version is there, and so do readers.',
    weakness:
      'The cache is behind by what the follower is. An eviction forgets the version, and lets a late reader’s old value in.',
    createReader: versionedReader,
    predict: (input) => [...entriesNeverGoBack(input, '0: by version', true), ...nothingIsLost(input)],
  }),
];
