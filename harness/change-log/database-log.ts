import type { Pool, RowDataPacket } from 'mysql2/promise';
import type { LogPosition } from './log-position.ts';
import { ChangeLogError } from './log-reader.ts';

interface StatusRow extends RowDataPacket {
  readonly File: string;
  readonly Position: number | string;
}

/** Until when the log is written: whatever was acknowledged before lies before it. Needs REPLICATION CLIENT. */
export async function currentPosition(connection: Pick<Pool, 'query'>): Promise<LogPosition> {
  const [rows] = await connection
    .query<StatusRow[]>('SHOW MASTER STATUS')
    // MySQL 8.4 and later know it by this name only, MariaDB 10.11 by the other.
    .catch(() => connection.query<StatusRow[]>('SHOW BINARY LOG STATUS'));
  const [row] = rows;
  if (row === undefined) throw new ChangeLogError('the database keeps no binary log');
  return { file: row.File, offset: Number(row.Position) };
}
