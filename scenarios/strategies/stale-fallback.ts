import type { LogicalEntry } from './entry.ts';
import { Flights } from './flights.ts';
import { SHED } from './shed.ts';
import type { Parameter, ReadRequest, ReadResult, StrategyContext } from './strategy.ts';

export const staleParameters = {
  maxStaleMs: {
    unit: 'ms',
    default: 60_000,
    min: 0,
    max: 86_400_000,
    description: 'How long past its expiry an entry is kept, to be served when the database does not answer.',
  },
  timeoutMs: {
    unit: 'ms',
    default: 250,
    min: 1,
    max: 60_000,
    description:
      'How long a reader of an expired entry waits for the load before it gets the old value. Well above a usual load, well below the clients’ timeout.',
  },
} as const satisfies Record<string, Parameter>;

export type StaleParameter = keyof typeof staleParameters;

/** What came of a load: an entry, no such row, or no room for the query. */
export type Loaded = LogicalEntry | null | 'refused';

const LATE = Symbol('late');

/**
 * Answers with the expired entry when the load of a new one fails, is refused or takes too long. The load goes on
 * and refreshes the entry; as long as it is overdue, nobody else waits for it.
 *
 * Source: stale-if-error, RFC 5861 (2010), section 4.
 */
export class StaleFallback {
  readonly #loads = new Flights<Loaded>();
  readonly #overdue = new Set<string>();
  readonly #context: StrategyContext;
  readonly #timeoutMs: number;

  constructor(context: StrategyContext, timeoutMs: number) {
    this.#context = context;
    this.#timeoutMs = timeoutMs;
  }

  /** @param load Its signal is aborted once nobody waits for it and there is nothing to refresh. */
  async read(
    key: string,
    kept: LogicalEntry | null,
    load: (deserted: AbortSignal) => Promise<Loaded>,
    request: ReadRequest,
  ): Promise<ReadResult> {
    if (kept === null) {
      const loaded = await this.#loads.share(key, load, request.signal);
      return loaded === 'refused' ? SHED : { item: loaded?.item ?? null, outcome: 'miss' };
    }
    const stale: ReadResult = { item: kept.item, outcome: 'stale' };
    if (this.#overdue.has(key) && this.#loads.has(key)) return stale;
    // Without a signal: the reader goes with the old value, and wants the entry refreshed all the same.
    const loading = this.#loads.share(key, (deserted) => this.#refresh(key, load, deserted));
    try {
      const loaded = await within(this.#context, loading, this.#timeoutMs);
      if (loaded === LATE) this.#overdue.add(key);
      if (loaded === LATE || loaded === 'refused') return stale;
      return { item: loaded?.item ?? null, outcome: 'miss' };
    } catch {
      return stale;
    }
  }

  /** Its failure reaches no reader: they get the old value. So it is reported, once for all of them. */
  async #refresh(
    key: string,
    load: (deserted: AbortSignal) => Promise<Loaded>,
    deserted: AbortSignal,
  ): Promise<Loaded> {
    this.#overdue.delete(key);
    try {
      return await load(deserted);
    } catch (error) {
      this.#context.onBackgroundError(error);
      throw error;
    } finally {
      this.#overdue.delete(key);
    }
  }
}

async function within<T>(
  { clock }: StrategyContext,
  work: Promise<T>,
  timeoutMs: number,
): Promise<T | typeof LATE> {
  const done = new AbortController();
  const late = clock.sleep(timeoutMs, done.signal).then((): typeof LATE => LATE);
  late.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
