import type { Clock } from '../time/clock.ts';
import type { LogPosition } from './log-position.ts';
import { ChangeLogError, type CommittedRows, type LogReader, readLog } from './log-reader.ts';

export interface FollowerOptions {
  readonly url: string;
  readonly from: LogPosition;
  readonly tables: readonly string[];
  readonly onCommit: (committed: CommittedRows) => void;
  /** Told of each connection, once it is made. */
  readonly onConnected: () => void;
  /** Told why a connection was lost, or could not be made. */
  readonly onLost: (cause: unknown) => void;
  /** How long the first connection may take, in ms: longer than a fault of the database. @default 60 s */
  readonly firstWithinMs?: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** How long making a connection may take, on a busy machine too. */
const CONNECT_MS = 10_000;
const FIRST_WITHIN_MS = 60_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Reads the log over one connection after the other: what breaks is made again after 50 ms, then twice as long each
 * time, up to 1 s, and goes on after the last commit that came. The library does not: it falls silent.
 */
export class LogFollower {
  readonly #options: FollowerOptions;
  #from: LogPosition;
  #connection = new AbortController();
  #reader: LogReader | null = null;
  #paused = false;

  private constructor(options: FollowerOptions) {
    this.#options = options;
    this.#from = options.from;
  }

  /**
   * Resolves once it is connected for the first time.
   *
   * @throws ChangeLogError with the last reason when it can't be in time; the signal's reason when it is ended before.
   */
  static async start(options: FollowerOptions): Promise<LogFollower> {
    const { firstWithinMs = FIRST_WITHIN_MS } = options;
    let lastLoss: unknown;
    const follower = new LogFollower({
      ...options,
      onLost(cause) {
        lastLoss = cause;
        options.onLost(cause);
      },
    });
    const connected = Promise.withResolvers<void>();
    const tooLate = setTimeout(() => {
      const why = lastLoss instanceof Error ? lastLoss.message : 'no answer';
      const within = `the binary log can't be followed within ${firstWithinMs / 1e3} s`;
      connected.reject(new ChangeLogError(`${within}: ${why}`, { cause: lastLoss }));
    }, firstWithinMs);
    follower.#keepReading(connected.resolve).then(() => connected.reject(options.signal.reason));
    try {
      await connected.promise;
    } finally {
      clearTimeout(tooLate);
    }
    return follower;
  }

  /** Gives the connection up, which seems dead, and makes another. One that is just being made has its own time. */
  reconnect(): void {
    if (this.#reader !== null) this.#connection.abort();
  }

  pause(): void {
    this.#paused = true;
    this.#reader?.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#reader?.resume();
  }

  async #keepReading(onConnected: () => void): Promise<void> {
    const { clock, signal, onLost } = this.#options;
    let pauseMs = FIRST_PAUSE_MS;
    while (!signal.aborted) {
      try {
        await this.#read(() => {
          pauseMs = FIRST_PAUSE_MS;
          onConnected();
        });
      } catch (error) {
        if (!signal.aborted) onLost(error);
      }
      this.#reader = null;
      await clock.sleep(pauseMs, signal).catch(() => undefined);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  async #read(onConnected: () => void): Promise<void> {
    const { url, tables, onCommit, signal } = this.#options;
    const connection = new AbortController();
    this.#connection = connection;
    const tooLate = setTimeout(() => connection.abort(), CONNECT_MS);
    try {
      this.#reader = await readLog({
        url,
        from: this.#from,
        tables,
        onCommit: (committed) => {
          this.#from = committed.position;
          onCommit(committed);
        },
        signal: AbortSignal.any([signal, connection.signal]),
      });
    } finally {
      clearTimeout(tooLate);
    }
    if (this.#paused) this.#reader.pause();
    onConnected();
    this.#options.onConnected();
    await this.#reader.ended;
  }
}
