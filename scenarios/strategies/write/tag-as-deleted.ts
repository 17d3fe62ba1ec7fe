import { randomUUID } from 'node:crypto';
import { decodeEntry } from '../entry.ts';
import { loadItem } from '../fill.ts';
import { LockWaitError, lockParameters } from '../lock.ts';
import { storeItem } from '../store-item.ts';
import type { Item, Parameter, ReadResult, ReadStrategy, StrategyContext } from '../strategy.ts';
import { askForEntry, handBack, preloadTagged, setAsOwner, tagAsDeletedEntry } from '../tagged-entry.ts';
import type { WriteStrategyDefinition } from '../write-strategy.ts';
import { nothingIsLost } from '../write-theory.ts';

const parameters = {
  keepMs: {
    unit: 'ms',
    default: 10_000,
    min: 1,
    max: 86_400_000,
    description: 'How long a tagged entry is kept: what weak readers are answered with meanwhile.',
  },
  ...lockParameters,
} as const satisfies Record<string, Parameter>;

type TagParameter = keyof typeof parameters;
type TagValues = Readonly<Record<TagParameter, number>>;

const SOURCE = 'rockscache, dtm-labs (2022): tag as deleted';

/**
 * Update the database, then tag the entry as deleted. Strong readers wait until one of them has loaded the new value.
 *
 *     reader   lock A   load v1 ........................ set v1 as A: refused
 *     writer                     commit v2   tag: nobody's
 *
 * A tag that fails reaches the client as an error although the row is committed, and the old entry stays.
 */
export const tagAsDeleted: WriteStrategyDefinition<TagParameter> = {
  kind: 'write',
  name: 'tag-as-deleted',
  idea: 'Commit the update, then tag the entry as deleted, which takes the right to set it from whoever is loading; readers wait for a new value.',
  source: SOURCE,
  weakness:
    'A crash, or a refused tag, after the commit leaves the old entry until its time to live. Readers of a key wait for one of them, by their own clocks.',
  parameters,
  predict: (input) => nothingIsLost(input),
  create: tagger,
  createReader: (context, values) => readerOf(context, values, strongGet),
};

/**
 * The same, with readers that take a tagged value while somebody loads the new one, and never wait for it.
 *
 * A write voids the load that the write before it set off, and the next reader begins anew: as long as a row is written
 * more often than it can be loaded, readers are answered with the value of before all those writes.
 */
export const tagAsDeletedWeak: WriteStrategyDefinition<TagParameter> = {
  kind: 'write',
  name: 'tag-as-deleted-weak',
  idea: 'As tag-as-deleted, but a tagged value still answers readers while one of them loads the new one in the background.',
  source: SOURCE,
  weakness:
    'The first readers after an acknowledged write get the old value, and all readers of a row that is written again before it is loaded; and what tag-as-deleted is weak in.',
  parameters,
  predict: (input) => nothingIsLost(input),
  create: tagger,
  createReader: (context, values) => readerOf(context, values, weakGet),
};

function tagger(...[context, { keepMs }]: Parameters<typeof tagAsDeleted.create>) {
  return {
    async put(key: string, value: string) {
      const { version } = await storeItem(context, key, value);
      await tagAsDeletedEntry(context, key, keepMs);
      return version;
    },
  };
}

type Get = (context: StrategyContext, key: string, values: TagValues) => Promise<ReadResult>;

function readerOf(context: StrategyContext, values: TagValues, get: Get): ReadStrategy {
  return {
    preload: (items) => preloadTagged(context, items),
    get: (key) => get(context, key, values),
  };
}

/** An entry that is not one of ours is loaded anew and left to its end. */
async function strongGet(context: StrategyContext, key: string, values: TagValues): Promise<ReadResult> {
  const owner = randomUUID();
  const giveUpAtMs = context.clock.wallMs() + values.waitMs;
  for (let first = true; ; first = false) {
    const { state, text } = await askForEntry(context, key, owner, values.lockMs);
    const item = state === 'fresh' ? decodeEntry(text) : null;
    if (item !== null) return { item, outcome: first ? 'hit' : 'miss' };
    if (first) await context.barrier('afterCacheMiss', key);
    if (state === 'granted') return { item: await loadAsOwner(context, key, owner), outcome: 'miss' };
    if (state !== 'locked') return { item: await loadItem(context, key), outcome: 'miss' };
    await waitForOther(context, key, values, giveUpAtMs);
  }
}

async function weakGet(context: StrategyContext, key: string, values: TagValues): Promise<ReadResult> {
  const owner = randomUUID();
  const giveUpAtMs = context.clock.wallMs() + values.waitMs;
  for (let first = true; ; first = false) {
    const { state, text } = await askForEntry(context, key, owner, values.lockMs);
    const item = decodeEntry(text);
    if (item !== null) {
      if (state === 'granted') loadAsOwner(context, key, owner).catch(context.onBackgroundError);
      return { item, outcome: state !== 'fresh' ? 'stale' : first ? 'hit' : 'miss' };
    }
    if (first) await context.barrier('afterCacheMiss', key);
    if (state === 'granted') return { item: await loadAsOwner(context, key, owner), outcome: 'miss' };
    if (state !== 'locked') return { item: await loadItem(context, key), outcome: 'miss' };
    await waitForOther(context, key, values, giveUpAtMs);
  }
}

async function waitForOther(
  { clock, random, signal }: StrategyContext,
  key: string,
  { pollMs, waitMs }: TagValues,
  giveUpAtMs: number,
): Promise<void> {
  if (clock.wallMs() >= giveUpAtMs) throw new LockWaitError(key, waitMs);
  await clock.sleep(pollMs * (0.5 + random.next()), signal);
}

async function loadAsOwner(context: StrategyContext, key: string, owner: string): Promise<Item | null> {
  let item: Item | null = null;
  try {
    await context.barrier('afterLockAcquired', key);
    item = await loadItem(context, key);
  } finally {
    // No row, or no answer: nothing will be set.
    if (item === null) await handBack(context, key, owner);
  }
  if (item !== null) await setAsOwner(context, item, owner);
  return item;
}
