import type { Redis } from 'ioredis';
import type { RedisAddress } from '../../address/redis-address.ts';
import type { Finding, Needs } from '../../backend.ts';
import type { Attempt } from '../connect-failure.ts';
import { examineKeyEvents } from './key-events.ts';
import { keysWith } from './keyspace.ts';
import { isAlive, type Marker, markerKey, readMarker } from './marker.ts';
import { refusals } from './rights.ts';

/** INFO with several sections, which the probe asks for. */
const OLDEST_MAJOR = 7;
const SHOWN = 3;

export interface RedisPlace {
  readonly attempt: Attempt;
  readonly server: string;
  readonly prefix: string;
  /** Whether the user chose the prefix: only then may the database hold other keys. */
  readonly prefixGiven: boolean;
  readonly database: number;
  readonly kind: RedisAddress['kind'];
  readonly needs: Needs;
}

/** What is known of a Redis once it was asked. */
export interface RedisFacts {
  readonly product: string;
  readonly version: string;
  readonly clients: number;
}

/** Finds what keeps a run from using this Redis. Reads only. */
export async function examineRedis(redis: Redis, place: RedisPlace): Promise<Finding[]> {
  const { server, prefix, database, needs } = place;
  const info = await redis.info().catch((error: unknown) => {
    if (/NOPERM|unknown command/.test(String(error))) return '';
    throw error;
  });
  const found: Finding[] = [];
  if (/^redis_mode:sentinel/m.test(info))
    return [
      {
        server,
        what: 'the mode',
        expected: 'a Redis',
        got: 'a Sentinel',
        mend: 'Write it as redis+sentinel://host:26379/mymaster.',
      },
    ];
  found.push(...(await refusals(redis, { server, prefix, database, keyEvents: needs.keyEvents })));
  if (found.length > 0) return found;
  const { version } = factsOf(info);
  if (Number(version.split('.')[0]) < OLDEST_MAJOR)
    found.push({
      server,
      what: 'the version',
      expected: 'Redis 7.0 or newer, or Valkey',
      got: version,
      mend: 'Use a newer server.',
    });
  if (/^role:slave/m.test(info))
    found.push({
      server,
      what: 'the role',
      expected: 'a master',
      got: 'a replica',
      mend: 'Name its master, or the Sentinels: redis+sentinel://host:26379/mymaster.',
    });
  if (/^cluster_enabled:1/m.test(info) && !/\{.+\}/.test(place.prefix))
    found.push({
      server,
      what: 'the mode',
      expected: 'a server of its own',
      got: 'a node of a cluster',
      mend: 'Write it as redis+cluster://host:port.',
    });
  if (found.length > 0) return found;
  found.push(...roomFindings(info, place));
  if (place.needs.keyEvents) found.push(...(await examineKeyEvents(redis, server)));
  found.push(...(await examineKeys(redis, place)));
  return found;
}

/** Returns whether there is room for the run's clients; a server that does not say how many it takes has room. */
export function roomFindings(
  info: string,
  { server, needs: { connections } }: Pick<RedisPlace, 'server' | 'needs'>,
): Finding[] {
  const most = Number(/^maxclients:(\d+)/m.exec(info)?.[1] ?? Number.POSITIVE_INFINITY);
  const { clients } = factsOf(info);
  if (most - clients >= connections.redis) return [];
  return [
    {
      server,
      what: 'maxclients',
      expected: `room for ${connections.redis} clients`,
      got: `${Math.max(0, most - clients)} of ${most}, as ${clients} are connected`,
      mend: `CONFIG SET maxclients ${clients + connections.redis}, or lower service.instances or the number of relays.`,
    },
  ];
}

export function factsOf(info: string): RedisFacts {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1];
  const valkey = field('valkey_version');
  return {
    product: valkey === undefined ? 'redis' : 'valkey',
    version: valkey ?? field('redis_version') ?? 'unknown',
    clients: Number(field('connected_clients') ?? 0),
  };
}

async function examineKeys(redis: Redis, place: RedisPlace): Promise<Finding[]> {
  const { server, prefix, prefixGiven, database } = place;
  const marker = await readMarker(redis, prefix);
  if (marker !== null && (await isAlive(redis, prefix, marker))) {
    return [takenBy(place, marker)];
  }
  const [foreign, total] = await foreignKeys(redis, place, marker !== null);
  if (total === 0) return [];
  return [
    {
      server,
      what: prefixGiven ? `the keys ${prefix}*` : `database ${database}`,
      expected: prefixGiven ? 'none' : 'no keys',
      got: `${total} of somebody else, such as ${foreign.map((key) => JSON.stringify(key)).join(', ')}`,
      mend: prefixGiven
        ? 'Give a --key-prefix that no key begins with.'
        : `Use an empty database (/${database + 1} at the end of the address), or give a prefix that no key begins with: --key-prefix storm:`,
    },
  ];
}

/** @param marker of the run that has the prefix; `null`: it is not one of ours */
export function takenBy({ server, prefix }: RedisPlace, marker: Marker | null): Finding {
  return {
    server,
    what: `the keys ${prefix}*`,
    expected: 'nobody who uses them',
    got: marker === null ? 'somebody else' : `run ${marker.runId}, under way since ${marker.startedAt}`,
    mend: 'Wait for its end, or use another --key-prefix.',
  };
}

/** @param remains whether a dead run has left its marker: keys with our prefix are its own then */
async function foreignKeys(
  redis: Redis,
  { prefix, prefixGiven }: RedisPlace,
  remains: boolean,
): Promise<[readonly string[], number]> {
  if ((await redis.dbsize()) === 0 || (prefixGiven && remains)) return [[], 0];
  const shown: string[] = [];
  let total = 0;
  for await (const keys of keysWith(redis, prefixGiven ? prefix : '')) {
    for (const key of keys) {
      if (remains && (key === markerKey(prefix) || key.startsWith(prefix))) continue;
      total++;
      if (shown.length < SHOWN) shown.push(key);
    }
  }
  return [shown, total];
}
