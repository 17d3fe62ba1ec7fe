import { createConnection } from 'mysql2/promise';
import { mysqlOptions } from '../../infra/address/mysql-address.ts';
import { currentPosition } from '../change-log/database-log.ts';
import { comparePositions, type LogPosition } from '../change-log/log-position.ts';
import { readLog } from '../change-log/log-reader.ts';
import { type CommittedRow, committedRow, ITEMS } from '../change-log/row-change.ts';

/** What was committed, in the order of the commits: the truth that histories are held against. */
export interface CommitLog extends AsyncDisposable {
  /** Until where the binary log is written: every write that was acknowledged before lies before it. */
  position(): Promise<LogPosition>;
  /**
   * Hands out the rows of the dataset that were committed between two positions, one after the other.
   *
   * @throws ChangeLogError when the log can't be read
   */
  committed(from: LogPosition, to: LogPosition, onRow: (row: CommittedRow) => void): Promise<void>;
}

/** @param url of the user `probe` */
export async function connectCommitLog(url: string): Promise<CommitLog> {
  const connection = await createConnection({ ...mysqlOptions(url), connectTimeout: 5_000 });
  // Without a listener a lost connection ends the process; the next question reports it.
  connection.on('error', () => undefined);
  return {
    position: () => currentPosition(connection),
    async committed(from, to, onRow) {
      if (comparePositions(from, to) >= 0) return;
      const finished = new AbortController();
      const reader = await readLog({
        url,
        from,
        tables: [ITEMS],
        signal: finished.signal,
        onCommit({ rows, position }) {
          for (const row of rows) onRow(committedRow(row));
          if (comparePositions(position, to) >= 0) finished.abort();
        },
      });
      await reader.ended;
    },
    [Symbol.asyncDispose]: () => connection.end(),
  };
}
