import type { Finding, Needs } from '../../backend.ts';
import type { DatabaseFacts } from './settings.ts';

/** Global variables that bound how much a run may ask of the server. */
export const LIMITS = [
  'max_connections',
  'max_user_connections',
  'max_allowed_packet',
  // MariaDB in seconds, MySQL in milliseconds. A SLEEP that they cut short is no error: the query is too quick.
  'max_statement_time',
  'max_execution_time',
];

/** Names, SQL and protocol around a value. */
const PACKET_ROOM = 65_536;

/**
 * Returns what of a run the server can't carry.
 *
 * @param inUse connections that others have open
 */
export function capacityFindings(
  server: string,
  { variables }: Pick<DatabaseFacts, 'variables'>,
  { connections: { database: wanted }, valueBytes, queryMs }: Needs,
  inUse: number,
): Finding[] {
  const found: Finding[] = [];
  const limit = (name: string) => Number(variables.get(name) ?? Number.NaN);
  const add = (what: string, expected: string, got: string, mend: string) =>
    found.push({ server, what, expected, got, mend });
  const fewer = 'or lower origin.poolSize, service.instances or the number of relays.';

  const most = limit('max_connections');
  if (most - inUse < wanted)
    add(
      'max_connections',
      `room for ${wanted} connections`,
      `${Math.max(0, most - inUse)} of ${most}, as ${inUse} are in use`,
      `SET GLOBAL max_connections = ${inUse + wanted}; ${fewer}`,
    );
  const ofOne = limit('max_user_connections');
  if (ofOne > 0 && ofOne < wanted)
    add(
      'max_user_connections',
      `0, or ${wanted} at least`,
      String(ofOne),
      `SET GLOBAL max_user_connections = ${wanted}; ${fewer}`,
    );
  const packet = limit('max_allowed_packet');
  const largest = valueBytes + PACKET_ROOM;
  if (packet < largest)
    add(
      'max_allowed_packet',
      `${largest} bytes at least, for values of ${valueBytes} bytes`,
      String(packet),
      // It takes whole kilobytes.
      `SET GLOBAL max_allowed_packet = ${Math.ceil(largest / 1024) * 1024}; or lower dataset.valueBytes.`,
    );
  for (const [name, unitMs] of [
    ['max_statement_time', 1_000],
    ['max_execution_time', 1],
  ] as const) {
    const value = limit(name);
    if (!(value > 0) || value * unitMs > 2 * queryMs) continue;
    add(
      name,
      `0, or more than twice origin.queryMs (${queryMs} ms)`,
      `${value * unitMs} ms`,
      `SET GLOBAL ${name} = 0; or lower origin.queryMs.`,
    );
  }
  return found;
}
