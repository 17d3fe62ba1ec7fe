import { currentPosition } from '../change-log/database-log.ts';
import { comparePositions, type LogPosition } from '../change-log/log-position.ts';
import { ChangeLogError, readLog } from '../change-log/log-reader.ts';
import { type CommittedRow, committedRow, ITEMS } from '../change-log/row-change.ts';
import { DATABASE } from './database.ts';
import { connectToDatabase } from './database-connection.ts';
import { asking } from './probe-error.ts';

/** What was committed, in the order of the commits: the truth that histories are held against. */
export interface CommitLog extends AsyncDisposable {
  /**
   * Until where the binary log is written: every write that was acknowledged before lies before it.
   *
   * @throws ProbeError when the database is lost, ChangeLogError when it keeps no log
   */
  position(): Promise<LogPosition>;
  /**
   * Hands out the rows of the dataset that were committed between two positions, one after the other.
   *
   * @throws ChangeLogError when the log can't be read
   */
  committed(from: LogPosition, to: LogPosition, onRow: (row: CommittedRow) => void): Promise<void>;
}

/** How long the server may send nothing, while there is something left to read. */
const SILENCE_MS = 30_000;

/**
 * @param url of the user `probe`
 * @param signal ends a reading under way
 */
export async function connectCommitLog(
  url: string,
  signal: AbortSignal = new AbortController().signal,
): Promise<CommitLog> {
  const connection = await asking(DATABASE, () => connectToDatabase(url));
  return {
    position: () => asking(DATABASE, () => currentPosition(connection)),
    async committed(from, to, onRow) {
      // Nothing would be read, and every write be taken for lost.
      if (comparePositions(from, to) > 0) throw new ChangeLogError(wentBack(from, to));
      if (comparePositions(from, to) === 0) return;
      const finished = new AbortController();
      const silent = new AbortController();
      const silence = setTimeout(() => silent.abort(), SILENCE_MS);
      try {
        const reader = await readLog({
          url,
          from,
          tables: [ITEMS],
          signal: AbortSignal.any([finished.signal, silent.signal, signal]),
          onCommit({ rows, position }) {
            silence.refresh();
            for (const row of rows) onRow(committedRow(row));
            if (comparePositions(position, to) >= 0) finished.abort();
          },
        });
        await reader.ended;
      } catch (error) {
        if (!silent.signal.aborted) throw error;
      } finally {
        clearTimeout(silence);
      }
      signal.throwIfAborted();
      if (silent.signal.aborted) {
        throw new ChangeLogError(`the database sent nothing of its binary log for ${SILENCE_MS / 1e3} s`);
      }
    },
    [Symbol.asyncDispose]: () => asking(DATABASE, () => connection.end()),
  };
}

function wentBack(from: LogPosition, to: LogPosition): string {
  const at = ({ file, offset }: LogPosition) => `${file}:${offset}`;
  return `the binary log was begun anew: it stands at ${at(to)}, and stood at ${at(from)} before`;
}
