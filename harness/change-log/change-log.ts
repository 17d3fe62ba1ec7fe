import { createPool } from 'mysql2/promise';
import { mysqlOptions } from '../../infra/address/mysql-address.ts';
import { setAllSessions } from '../../infra/address/session.ts';
import type { ChangeLog } from '../../scenarios/strategies/relay.ts';
import type { Clock } from '../time/clock.ts';
import { Arrivals } from './arrivals.ts';
import { currentPosition } from './database-log.ts';
import { HEARTBEAT_TABLE, type HeartbeatTimes, startHeartbeat } from './heartbeat.ts';
import { LogFollower } from './log-follower.ts';
import { type LogPosition, readPosition, savePosition } from './log-position.ts';
import { ChangeLogError, type CommittedRows } from './log-reader.ts';
import { committedRow, ITEMS } from './row-change.ts';

export interface ChangeLogOptions {
  readonly url: string;
  /** Names this follower among others. */
  readonly relay: string;
  /** Where its position is kept. It goes on from there, and from now when there is no such file. */
  readonly positionFile: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly heartbeat?: HeartbeatTimes;
  /** Told of lost connections, of heartbeats that stay away, and of what `apply` rejects. */
  readonly onBackgroundError: (error: unknown) => void;
}

export interface ChangeLogStatus {
  /** Everything before it was applied. `null` until the log is followed. */
  readonly position: LogPosition | null;
  /** Rows that have arrived and are not applied yet. */
  readonly waiting: number;
  /** Connections that were lost, or could not be made. */
  readonly losses: number;
  /** How often no heartbeat came back in time. */
  readonly silences: number;
}

export interface FollowedLog extends ChangeLog, AsyncDisposable {
  readonly status: ChangeLogStatus;
}

/** Enough that a pipeline pays, few enough that a crash repeats little. */
const BATCH_CHANGES = 200;
/** What may wait in memory until the connection is paused. */
const ROOM_CHANGES = 20_000;
const FIRST_RETRY_MS = 20;
const LONGEST_RETRY_MS = 1_000;

type Apply = Parameters<ChangeLog['follow']>[0];

/**
 * The binary log, for one relay.
 *
 * ```
 * log ---- follower (reconnects) ---- arrivals ---- apply, a batch at a time ---- position saved
 *  ^                    |
 *  +-- heartbeat row ---+-- none came back: alarm, reconnect
 * ```
 */
export function changeLog(options: ChangeLogOptions): FollowedLog {
  const { url, relay, positionFile, clock, onBackgroundError } = options;
  const pool = createPool({ ...mysqlOptions(url), connectionLimit: 2, connectTimeout: 5_000 });
  setAllSessions(pool);
  const ended = new AbortController();
  const signal = AbortSignal.any([options.signal, ended.signal]);
  const arrivals = new Arrivals();
  const counts = { position: null as LogPosition | null, applying: 0, losses: 0, silences: 0 };
  let follower: LogFollower | null = null;

  async function follow(apply: Apply): Promise<void> {
    const saved = await readPosition(positionFile);
    const from = saved ?? (await currentPosition(pool));
    // Killed before its first batch it has to come back to here, and not to where the log ends by then.
    if (saved === null) await savePosition(positionFile, from);
    counts.position = from;
    const times = options.heartbeat;
    const heartbeat = await startHeartbeat({
      pool,
      relay,
      clock,
      signal,
      times,
      onSilence,
      onBackgroundError,
    });
    const onCommit = ({ rows, position }: CommittedRows) => {
      for (const { table, columns } of rows) if (table === HEARTBEAT_TABLE) heartbeat.seen(columns);
      arrivals.push({ changes: rows.filter(({ table }) => table === ITEMS).map(committedRow), position });
      if (arrivals.size > ROOM_CHANGES) follower?.pause();
    };
    void applyAll(apply);
    const tables = [ITEMS, HEARTBEAT_TABLE];
    const onConnected = () => heartbeat.restart();
    follower = await LogFollower.start({ url, from, tables, onCommit, onConnected, onLost, clock, signal });
  }

  function onLost(cause: unknown): void {
    counts.losses++;
    onBackgroundError(cause);
  }

  function onSilence(silenceMs: number): void {
    counts.silences++;
    onBackgroundError(new ChangeLogError(`no heartbeat came through the binary log for ${silenceMs} ms`));
    follower?.reconnect();
  }

  async function applyAll(apply: Apply): Promise<void> {
    while (!signal.aborted) {
      const { changes, position } = await arrivals.take(BATCH_CHANGES);
      counts.applying = changes.length;
      // Before the position: applied twice is what was promised, left out is not.
      if (changes.length > 0) await insist(() => apply(changes));
      await insist(() => savePosition(positionFile, position));
      if (signal.aborted) return;
      counts.applying = 0;
      counts.position = position;
      if (arrivals.size < ROOM_CHANGES / 2) follower?.resume();
    }
  }

  /** Until it succeeds: what comes next may not overtake it. */
  async function insist(work: () => Promise<void>): Promise<void> {
    for (let pauseMs = FIRST_RETRY_MS; !signal.aborted; pauseMs = Math.min(2 * pauseMs, LONGEST_RETRY_MS)) {
      try {
        return await work();
      } catch (error) {
        onBackgroundError(error);
      }
      await clock.sleep(pauseMs, signal).catch(() => undefined);
    }
  }

  return {
    follow,
    get status() {
      const { position, applying, losses, silences } = counts;
      return { position, waiting: arrivals.size + applying, losses, silences };
    },
    async [Symbol.asyncDispose]() {
      ended.abort(new ChangeLogError('the binary log is not followed any more'));
      await pool.end();
    },
  };
}
