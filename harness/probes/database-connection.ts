import { type Connection, createConnection } from 'mysql2/promise';
import { mysqlOptions } from '../../infra/address/mysql-address.ts';
import { OUR_SESSION } from '../../infra/address/session.ts';
import { inTime } from '../process/in-time.ts';

const CONNECTS_WITHIN_MS = 5_000;
/** A fault stops the database for a minute at most, and answers take milliseconds. */
const ANSWERS_WITHIN_MS = 75_000;
const ENDS_WITHIN_MS = 1_000;

/**
 * Connects the harness itself to the database. A server that is silent, as somebody has stopped it, is an error there: the
 * client would wait for ever, and for its leave, too.
 */
export async function connectToDatabase(
  url: string,
  answersWithinMs = ANSWERS_WITHIN_MS,
): Promise<Pick<Connection, 'query' | 'end'>> {
  const connection = await createConnection({ ...mysqlOptions(url), connectTimeout: CONNECTS_WITHIN_MS });
  // Without a listener a lost connection ends the process; the next query reports it.
  connection.on('error', () => undefined);
  const silent = (ms: number) => () => {
    connection.destroy();
    return new Error(`no answer for ${ms / 1000} s`);
  };
  const query = ((...asked: Parameters<Connection['query']>) =>
    inTime(connection.query(...asked), answersWithinMs, silent(answersWithinMs))) as Connection['query'];
  await query(OUR_SESSION);
  const end = () => inTime(connection.end(), ENDS_WITHIN_MS, silent(ENDS_WITHIN_MS)).catch(() => undefined);
  return { query, end };
}
