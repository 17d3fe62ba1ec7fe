import { randomInt } from 'node:crypto';
import ZongJi, {
  type AnyBinlogEvent,
  type BinlogEventByTypeName,
  type BinlogEventTypeName,
  type RowData,
  type RowsEvent,
} from '@vlasky/zongji';
import { mysqlOptions } from '../../infra/address/mysql-address.ts';
import { OUR_SESSION } from '../../infra/address/session.ts';
import { CachestormError } from '../failure/cachestorm-error.ts';
import type { LogPosition } from './log-position.ts';

/** The binary log can't be read, or not any more. */
export class ChangeLogError extends CachestormError {
  readonly code = 'E_CHANGE_LOG';
  readonly failure = 'infrastructure';
  override readonly name = 'ChangeLogError';
}

/** What was committed together. */
export interface CommittedRows {
  readonly rows: readonly LoggedRow[];
  /** Just after it: where to go on once its rows are dealt with. */
  readonly position: LogPosition;
}

/** A row as it was after the change, taken from the log itself: nobody asks the table for it, which may not show it yet. */
export interface LoggedRow {
  readonly table: string;
  readonly columns: RowData;
}

export interface LogReaderOptions {
  readonly url: string;
  /** Where to start. */
  readonly from: LogPosition;
  /** Tables of the URL's schema whose rows are wanted. */
  readonly tables: readonly string[];
  /** Told of every commit in its order, those without wanted rows too: they move the position on. */
  readonly onCommit: (committed: CommittedRows) => void;
  /** Aborted: the connection is closed. */
  readonly signal: AbortSignal;
}

/** One connection to the binary log. It does not come back when it is lost: that is its user's to do. */
export interface LogReader {
  /** Rejects with a `ChangeLogError` when the connection is lost. Resolves when `signal` is aborted. */
  readonly ended: Promise<void>;
  /** Stops the flow of the log while nobody has room for it. */
  pause(): void;
  resume(): void;
}

const ROWS = ['tablemap', 'writerows', 'updaterows'];
const ENDS = ['xid', 'query', 'rotate', 'format', 'previousgtids', 'mariadbgtidlist', 'binlogcheckpoint'];
const CONNECT_MS = 5_000;

/**
 * Reads inserted and updated rows from the binary log, as a replica would.
 *
 * @throws ChangeLogError, or the signal's reason
 */
export async function readLog(options: LogReaderOptions): Promise<LogReader> {
  const { url, from, tables, onCommit, signal } = options;
  signal.throwIfAborted();
  const schema = decodeURIComponent(new URL(url).pathname.slice(1));
  const zongji = new ZongJi({ ...mysqlOptions(url), connectTimeout: CONNECT_MS });
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  // Whoever waits for `ready` hears of it there.
  ended.promise.catch(() => undefined);
  let rows: LoggedRow[] = [];

  const onAbort = () => {
    zongji.stop();
    ready.reject(signal.reason);
    ended.resolve();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  zongji.on('error', (cause: Error) => {
    const error = new ChangeLogError(`the binary log can't be read: ${cause.message}`, { cause });
    signal.removeEventListener('abort', onAbort);
    ready.reject(error);
    ended.reject(error);
    zongji.stop();
  });
  zongji.on('ready', () => ready.resolve());
  zongji.on('binlog', (event: AnyBinlogEvent) => {
    rows.push(...rowsOf(event));
    if (!endsTransaction(event)) return;
    const { filename: file, position: offset } = zongji.options;
    if (file === undefined || offset === undefined) return;
    onCommit({ rows, position: { file, offset } });
    rows = [];
  });
  zongji.start({
    // The server ends the older of two connections with the same.
    serverId: randomInt(1, 2 ** 31),
    filename: from.file,
    position: from.offset,
    includeEvents: [...ROWS, ...ENDS],
    includeSchema: { [schema]: [...tables] },
  });
  await ready.promise;
  // On which it asks what columns a table has, when it meets that table first.
  zongji.ctrlConnection?.query(OUR_SESSION, () => undefined);
  return {
    ended: ended.promise,
    pause: () => zongji.connection?.pause(),
    resume: () => zongji.connection?.resume(),
  };
}

function rowsOf(event: AnyBinlogEvent): LoggedRow[] {
  if (is(event, 'WriteRows')) {
    const table = tableOf(event);
    return event.rows.map((columns) => ({ table, columns }));
  }
  if (is(event, 'UpdateRows')) {
    const table = tableOf(event);
    return event.rows.map(({ after }) => ({ table, columns: after }));
  }
  return [];
}

function tableOf({ tableId, tableMap }: RowsEvent): string {
  return tableMap[tableId]?.tableName ?? '';
}

/**
 * Whether the log may be left here. A statement of its own (DDL) has no other end than itself; a file begins with a
 * description of itself; `BEGIN` ends nothing.
 */
function endsTransaction(event: AnyBinlogEvent): boolean {
  return ENDS.includes(event.getEventName()) && !(is(event, 'Query') && event.query === 'BEGIN');
}

function is<Name extends BinlogEventTypeName>(
  event: AnyBinlogEvent,
  name: Name,
): event is BinlogEventByTypeName<Name> {
  return event.getTypeName() === name;
}
