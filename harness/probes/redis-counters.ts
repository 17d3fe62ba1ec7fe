/** What Redis counted since it started, or of a Redis that others have taken over from, all of them since they were asked. */
export interface RedisCounters {
  readonly hits: number;
  readonly misses: number;
  readonly expired: number;
  readonly evicted: number;
  readonly memoryBytes: number;
  /** Keys that it holds. */
  readonly entries: number;
  /** Commands that it refused because its memory was full and nothing could be evicted. */
  readonly refused: number;
  /** How often another server has taken over; what that one had counted before it was asked is not known. */
  readonly takeovers: number;
}

/** What one server counted since it started. */
export type ServerCounters = Omit<RedisCounters, 'takeovers'>;

/**
 * Adds up what one server after the other has counted. Between the last answer of one and the first of the next, nobody
 * knows.
 */
export function carryingOver(): (counters: ServerCounters, runId: string) => RedisCounters {
  let current = '';
  let takeovers = -1;
  let last: RedisCounters | undefined;
  let offsets: Readonly<Record<Cumulative, number>>;
  return (counters, runId) => {
    if (runId !== current) {
      current = runId;
      takeovers += 1;
      offsets = eachCumulative((name) => (last === undefined ? 0 : last[name] - counters[name]));
    }
    last = { ...counters, ...eachCumulative((name) => counters[name] + offsets[name]), takeovers };
    return last;
  };
}

const CUMULATIVE = ['hits', 'misses', 'expired', 'evicted', 'refused'] as const;
type Cumulative = (typeof CUMULATIVE)[number];

function eachCumulative(value: (name: Cumulative) => number): Record<Cumulative, number> {
  return Object.fromEntries(CUMULATIVE.map((name) => [name, value(name)])) as Record<Cumulative, number>;
}

/** Another one after each start of a server. */
export function runIdOf(info: string): string {
  const runId = /^run_id:(\S+)/m.exec(info)?.[1];
  if (runId === undefined) throw new Error('Redis INFO has no run_id');
  return runId;
}

/**
 * Picks the counters out of the text of INFO.
 *
 * @param database whose keys are counted; all else is the whole server's
 * @throws Error when a field is missing: a zero in its place would pass for a measurement.
 */
export function parseInfo(info: string, database = 0): ServerCounters {
  const fields = new Map(
    info.split('\r\n').flatMap((line): [string, string][] => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)]];
    }),
  );
  const number = (name: string) => {
    const value = Number(fields.get(name) ?? Number.NaN);
    if (Number.isNaN(value)) throw new Error(`Redis INFO has no number ${name}`);
    return value;
  };
  return {
    hits: number('keyspace_hits'),
    misses: number('keyspace_misses'),
    expired: number('expired_keys'),
    evicted: number('evicted_keys'),
    memoryBytes: number('used_memory'),
    entries: Number(keysOf(database).exec(section(info, 'Keyspace'))?.[1] ?? 0),
    refused: Number(/^errorstat_OOM:count=(\d+)/m.exec(section(info, 'Errorstats'))?.[1] ?? 0),
  };
}

const keysOf = (database: number) => new RegExp(`^db${database}:keys=(\\d+)`, 'm');

/** Sections that list only what there is: nothing listed is zero, but only where the section itself is there. */
function section(info: string, name: string): string {
  const from = info.indexOf(`# ${name}\r\n`);
  if (from < 0) throw new Error(`Redis INFO has no section ${name}`);
  return info.slice(from).split('\r\n\r\n')[0] ?? '';
}
