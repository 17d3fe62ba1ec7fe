/** What each write strategy without a relay promises when something fails; the contract suite holds it to that. */
export interface Promised {
  /** What readers get after a write that the database refused: `old`, or the value that was never committed. */
  readonly refusedByDatabase: 'old' | 'dirty';
  /**
   * What a write is after which Redis did not answer: `not written`, and the client is told so; or `committed`, and the
   * client is told of an error while the old entry stays.
   */
  readonly withoutCache: 'not written' | 'committed';
  /** Whether the first read after an acknowledged write may be answered with the old value. @default false */
  readonly oldAtFirst?: boolean;
}

const cacheLast: Promised = { refusedByDatabase: 'old', withoutCache: 'committed' };

export const promises: Readonly<Record<string, Promised>> = {
  'cache-aside': cacheLast,
  'cache-aside+lease': cacheLast,
  'delete-then-update': { refusedByDatabase: 'old', withoutCache: 'not written' },
  'delayed-double-delete': { refusedByDatabase: 'old', withoutCache: 'not written' },
  'double-write-db-first': cacheLast,
  'double-write-cache-first': { refusedByDatabase: 'dirty', withoutCache: 'not written' },
  'double-write-both': { refusedByDatabase: 'dirty', withoutCache: 'committed' },
  'write-through': { refusedByDatabase: 'old', withoutCache: 'not written' },
  versioned: cacheLast,
  'versioned-double-write': cacheLast,
  'update-if-cached': cacheLast,
  'tag-as-deleted': cacheLast,
  'tag-as-deleted-weak': { ...cacheLast, oldAtFirst: true },
};
