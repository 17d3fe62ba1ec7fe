import type { Pool } from 'mysql2/promise';
import type { Clock } from '../time/clock.ts';

export const HEARTBEAT_TABLE = 'relay_heartbeats';

export interface HeartbeatTimes {
  /** From one row to the next. @default 500 */
  readonly beatMs?: number;
  /** How long none may come back until the log is held to be dead. @default 3000 */
  readonly silenceMs?: number;
}

const TABLE = `CREATE TABLE IF NOT EXISTS ${HEARTBEAT_TABLE} (
  relay VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  beat_us BIGINT UNSIGNED NOT NULL
) ENGINE = InnoDB`;
const BEAT = `REPLACE INTO ${HEARTBEAT_TABLE} (relay, beat_us) VALUES (?, ?)`;

export interface HeartbeatOptions {
  readonly pool: Pool;
  /** Whose row it is. */
  readonly relay: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly times?: HeartbeatTimes | undefined;
  /** None has come back for so long; told again after as long once more. */
  readonly onSilence: (silenceMs: number) => void;
  readonly onBackgroundError: (error: unknown) => void;
}

/**
 * Tells a log in which nothing happens from one that has died without a word: a row of our own, written again and
 * again, has to come back through it.
 */
export interface Heartbeat {
  /** There is a new connection: the silence begins anew. */
  restart(): void;
  /** A row of the table has come back. */
  seen(row: Readonly<Record<string, unknown>>): void;
}

export async function startHeartbeat(options: HeartbeatOptions): Promise<Heartbeat> {
  const { pool, relay, clock, signal, onSilence, onBackgroundError } = options;
  const { beatMs = 500, silenceMs = 3_000 } = options.times ?? {};
  await pool.query(TABLE);
  let heardUs = clock.nowUs();

  async function beat(): Promise<void> {
    while (!signal.aborted) {
      await write().catch((error: unknown) => {
        // A row that was refused can't come back, which says nothing of the log. Of one without an answer it does.
        if (!isTimeout(error)) heardUs = clock.nowUs();
        if (!signal.aborted) onBackgroundError(error);
      });
      await clock.sleep(beatMs, signal).catch(() => undefined);
    }
  }

  async function write(): Promise<void> {
    const connection = await pool.getConnection();
    try {
      const values = [relay, Math.floor(clock.nowUs())];
      await connection.query({ sql: BEAT, values, timeout: silenceMs });
      connection.release();
    } catch (error) {
      // Its answer may still come, and would be taken for that of the next question.
      connection.destroy();
      throw error;
    }
  }

  // Apart from the writing, which may be stuck for the same reason.
  async function watch(): Promise<void> {
    while (!signal.aborted) {
      if (clock.nowUs() - heardUs > silenceMs * 1000) {
        heardUs = clock.nowUs();
        onSilence(silenceMs);
      }
      await clock.sleep(silenceMs / 8, signal).catch(() => undefined);
    }
  }

  void beat();
  void watch();
  return {
    restart() {
      heardUs = clock.nowUs();
    },
    seen(row) {
      if (row.relay === relay) heardUs = clock.nowUs();
    },
  };
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'PROTOCOL_SEQUENCE_TIMEOUT';
}
