import type { Clock } from '../../harness/time/clock.ts';
import type { Finding } from '../backend.ts';
import { PlaceLostError, UnfitServersError } from '../errors.ts';
import { within } from './within.ts';

/** A server-side lock that is released when its connection ends. Disposing releases it; twice does no harm. */
export interface Lease extends AsyncDisposable {
  /** Resolves when the connection ends, as far as that can be seen from here. */
  readonly lost: Promise<unknown>;
  /** Rejects unless the server answers that it is held. */
  confirm(): Promise<unknown>;
}

/** The server has not yet let go of what was lost, or is about to give it to another. */
export class NotYetError extends Error {
  override readonly name = 'NotYetError';
}

export interface HoldOptions {
  readonly clock: Clock;
  /** As findings name it. */
  readonly server: string;
  /** What is held there: `the schema storm`. */
  readonly what: string;
  /**
   * @throws UnfitServersError when there is nothing to wait for: another run has the place, or had it (of such a finding
   * `what` is that of the place), or the server can't be used any more. Any other error may pass; NotYetError says so in
   * words for the user.
   */
  readonly take: () => Promise<Lease>;
  /** Why the server could not be used, in words of ours. */
  readonly explain: (error: unknown) => Finding;
  readonly onLost: (error: PlaceLostError | UnfitServersError) => void;
}

/** A connection with nothing to say would be cut by what lies between; and one that is cut silently must be missed. */
const CONFIRM_EVERY_MS = 5_000;
/** A server in a storm takes its time. */
const ANSWER_WITHIN_MS = 20_000;
const TAKE_WITHIN_MS = 10_000;
/** A broker takes half of it to boot. */
const AGAIN_WITHIN_MS = 30_000;
const AGAIN_EVERY_MS = 100;

/**
 * A run's place on a server of somebody else, held for as long as the run takes: a lease that is lost is taken again at
 * once. Where that fails, another run may be there by now.
 */
export class Hold implements AsyncDisposable {
  readonly #options: HoldOptions;
  readonly #ended = new AbortController();
  /** The one that is not known to be lost. */
  #lease: Lease | undefined;
  #held: Promise<Lease>;

  constructor(lease: Lease, options: HoldOptions) {
    this.#options = options;
    this.#held = Promise.resolve(this.#keep(lease));
    void this.#watch();
  }

  /**
   * Resolves once the server has said that the place is held, taken anew if need be.
   *
   * @throws PlaceLostError, or UnfitServersError where the server can't be used any more
   */
  async confirm(): Promise<void> {
    const lease = await this.#held;
    try {
      await within(ANSWER_WITHIN_MS, lease.confirm(), this.#options.clock);
    } catch {
      await this.#lose(lease);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    const lease = await this.#held.catch(() => undefined);
    await lease?.[Symbol.asyncDispose]();
  }

  #keep(lease: Lease): Lease {
    this.#lease = lease;
    void lease.lost.then(() => this.#lose(lease)).catch(() => undefined);
    return lease;
  }

  /** Whoever notices first has it taken again. */
  #lose(lease: Lease): Promise<Lease> {
    if (lease === this.#lease) {
      this.#lease = undefined;
      this.#held = this.#again(lease);
      this.#held.catch(() => undefined);
    }
    return this.#held;
  }

  async #again(lost: Lease): Promise<Lease> {
    const { signal } = this.#ended;
    const { clock, take } = this.#options;
    const untilUs = clock.nowUs() + AGAIN_WITHIN_MS * 1e3;
    await lost[Symbol.asyncDispose]();
    for (;;) {
      signal.throwIfAborted();
      try {
        return this.#keep(await inTime(take(), clock));
      } catch (error) {
        if (error instanceof UnfitServersError || clock.nowUs() >= untilUs) throw this.#giveUp(error);
      }
      await clock.sleep(AGAIN_EVERY_MS, signal);
    }
  }

  #giveUp(error: unknown): PlaceLostError | UnfitServersError {
    const { server, what, explain, onLost } = this.#options;
    if (error instanceof UnfitServersError && error.findings.every((finding) => finding.what !== what)) {
      onLost(error);
      return error;
    }
    const matter = error instanceof NotYetError ? error.message : explain(error).got;
    const why =
      error instanceof UnfitServersError
        ? `it was taken over by ${error.findings[0]?.got}`
        : `there was no other to be had within ${AGAIN_WITHIN_MS / 1e3} s: ${matter}`;
    const loss = new PlaceLostError(server, what, why);
    onLost(loss);
    return loss;
  }

  async #watch(): Promise<void> {
    try {
      for (;;) {
        await this.#options.clock.sleep(CONFIRM_EVERY_MS, this.#ended.signal);
        await this.confirm();
      }
    } catch {
      // The end, or a loss, which is told.
    }
  }
}

/** What a started backend has to let go of in the end: the hold is among what `cleanUp` disposes. */
export interface Held {
  readonly hold: Hold;
  readonly cleanUp: AsyncDisposableStack;
}

/** One that comes too late is given back. */
async function inTime(taking: Promise<Lease>, clock: Clock): Promise<Lease> {
  try {
    return await within(TAKE_WITHIN_MS, taking, clock);
  } catch (error) {
    void taking.then((late) => late[Symbol.asyncDispose]()).catch(() => undefined);
    throw error;
  }
}
