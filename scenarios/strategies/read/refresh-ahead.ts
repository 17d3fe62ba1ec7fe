import { fillEntry, preloadEntries, readEntry } from '../fill.ts';
import { Flights } from '../flights.ts';
import type { Item, Parameter, ReadStrategyDefinition, StrategyContext } from '../strategy.ts';
import { loadsPerExpiry, loadsPerMissing, predictPhysicalAge } from '../theory.ts';

const parameters = {
  refreshAt: {
    unit: 'fraction',
    default: 0.75,
    min: 0.05,
    max: 0.99,
    description:
      'Age at which an entry is renewed, as a share of its time to live. Later than T minus a load: it expires all the same.',
  },
  readWithinMs: {
    unit: 'ms',
    default: 1_000,
    min: 1,
    max: 86_400_000,
    description:
      'A key that nobody read for so long is left to expire. Longer: more refreshes that nobody reads.',
  },
} as const satisfies Record<string, Parameter>;

type RefreshParameter = keyof typeof parameters;

/** Each process renews the keys that it was asked for lately, before they expire: no reader ever waits. */
export const refreshAhead: ReadStrategyDefinition<RefreshParameter> = {
  kind: 'read',
  name: 'refresh-ahead',
  idea: 'A refresher in each process renews the keys that were read lately, well before they expire.',
  source: 'Refresh-ahead of Oracle Coherence; refreshAfterWrite of Caffeine',
  weakness:
    'Every process refreshes for itself: P loads a renewal. What nobody reads any more is loaded once more in vain.',
  parameters,
  expiry: 'early',
  predict: (input) => [
    ...loadsPerExpiry(input, () => ({ value: input.instances, low: 1, formula: 'P' })),
    ...loadsPerMissing(input, () => ({ value: null, low: null, high: 1, formula: '<= 1' })),
    predictPhysicalAge(input),
  ],
  create(context, values) {
    const refresher = new Refresher(context, values);
    const flights = new Flights<Item | null>();
    return {
      preload: (items) => preloadEntries(context, items),
      async get(key) {
        const cached = await readEntry(context, key);
        if (cached !== null) {
          refresher.noteRead(key);
          return { item: cached, outcome: 'hit' };
        }
        await context.barrier('afterCacheMiss', key);
        const item = await flights.share(key, () => fillEntry(context, key));
        if (item !== null) refresher.noteRead(key);
        return { item, outcome: 'miss' };
      },
      counters: () => ({ wastedRefreshes: refresher.wasted }),
    };
  },
};

interface Watched {
  readAtMs: number;
  /** Of its latest refresh here; `null` before the first. */
  refreshedAtMs: number | null;
}

/** The keys that a process looks after, each in a loop of its own that ends when nobody reads the key any more. */
class Refresher {
  /** Refreshes that nobody has read. */
  wasted = 0;
  readonly #context: StrategyContext;
  readonly #parameters: Readonly<Record<RefreshParameter, number>>;
  readonly #watched = new Map<string, Watched>();

  constructor(context: StrategyContext, parameters: Readonly<Record<RefreshParameter, number>>) {
    this.#context = context;
    this.#parameters = parameters;
  }

  noteRead(key: string): void {
    const readAtMs = this.#context.clock.wallMs();
    const watched = this.#watched.get(key);
    if (watched !== undefined) {
      watched.readAtMs = readAtMs;
      return;
    }
    this.#watched.set(key, { readAtMs, refreshedAtMs: null });
    void this.#lookAfter(key);
  }

  async #lookAfter(key: string): Promise<void> {
    const { clock, signal } = this.#context;
    try {
      for (let dueInMs = await this.#dueInMs(key); dueInMs !== null; dueInMs = await this.#dueInMs(key)) {
        if (dueInMs > 0) {
          // Then look again: another process may have renewed the entry meanwhile.
          await clock.sleep(dueInMs, signal);
          continue;
        }
        if (!this.#wanted(key)) break;
        if ((await fillEntry(this.#context, key)) === null) {
          // The row is gone: its entry would be due again at once, and loaded in vain until it expires.
          await this.#context.redis.del(this.#context.entryKey(key));
          break;
        }
        this.#refreshed(key);
      }
    } catch (error) {
      if (!signal.aborted) this.#context.onBackgroundError(error);
    } finally {
      // The next read of the key, if there is one, begins anew.
      this.#watched.delete(key);
    }
  }

  /** Milliseconds until the entry is to be renewed; `null` when there is none to look after. */
  async #dueInMs(key: string): Promise<number | null> {
    const entry = await readEntry(this.#context, key);
    if (entry === null) return null;
    const { clock, ttlMs } = this.#context;
    return entry.loadedAtMs + this.#parameters.refreshAt * ttlMs - clock.wallMs();
  }

  /** Settles whether the latest refresh was read, and whether another is worth it. */
  #wanted(key: string): boolean {
    const watched = this.#watched.get(key);
    if (watched === undefined) return false;
    const { readAtMs, refreshedAtMs } = watched;
    if (refreshedAtMs !== null && readAtMs < refreshedAtMs) this.wasted++;
    return this.#context.clock.wallMs() - readAtMs <= this.#parameters.readWithinMs;
  }

  #refreshed(key: string): void {
    const watched = this.#watched.get(key);
    if (watched !== undefined) watched.refreshedAtMs = this.#context.clock.wallMs();
  }
}
