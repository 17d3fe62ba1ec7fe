import type { Redis } from 'ioredis';
import type { RedisAddress } from '../../address/redis-address.ts';
import type { Finding, Needs } from '../../backend.ts';
import type { Attempt } from '../connect-failure.ts';
import { keysWith } from './keyspace.ts';
import { isAlive, lifeline, type Marker, markerKey, readMarker } from './marker.ts';

/** What the probe has to hear of: keyspace channel; generic, string and expired events. */
const KEY_EVENTS = 'Kg$x';
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

/** What keeps a run from using this Redis. Reads only: the commands that could write have nothing to write to. */
export async function examineRedis(redis: Redis, place: RedisPlace): Promise<Finding[]> {
  const { server } = place;
  const refused = await refusedCommands(redis, place);
  if (refused.length > 0) return refused;
  const info = await redis.info('server', 'replication', 'cluster').catch(() => redis.info());
  const found: Finding[] = [];
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
  if (place.needs.keyEvents) found.push(...(await examineKeyEvents(redis, server)));
  found.push(...(await examineKeys(redis, place)));
  return found;
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

/** The commands and keys that its access control list keeps from this user. */
async function refusedCommands(
  redis: Redis,
  { server, prefix, database, needs }: RedisPlace,
): Promise<Finding[]> {
  const key = `${prefix}marker:nothing`;
  // On a key that is not there: none of them changes anything.
  const tries: [string, () => Promise<unknown>][] = [
    ['info', () => redis.info()],
    ['dbsize', () => redis.dbsize()],
    ['scan', () => redis.scan('0', 'MATCH', `${prefix}*`, 'COUNT', 1)],
    ['pubsub|numsub', () => redis.pubsub('NUMSUB', lifeline(prefix, 'none'))],
    ['get', () => redis.get(key)],
    ['set', () => redis.set(key, '', 'PX', 1, 'XX')],
    ['mget', () => redis.mget(key)],
    ['pttl', () => redis.pttl(key)],
    ['pexpire', () => redis.pexpire(key, 1)],
    ['del', () => redis.del(key)],
    ['unlink', () => redis.unlink(key)],
    ['eval', () => redis.eval("return redis.call('exists', KEYS[1])", 1, key)],
    ['multi', () => redis.multi().exists(key).exec()],
    ['subscribe', () => listen(redis, lifeline(prefix, 'none'))],
    ...(needs.keyEvents
      ? ([
          ['subscribe', () => listen(redis, `__keyspace@${database}__:${prefix}marker`)],
          ['config|get', () => redis.config('GET', 'notify-keyspace-events')],
        ] as [string, () => Promise<unknown>][])
      : []),
  ];
  const commands: string[] = [];
  const places = new Set<string>();
  for (const [command, attempt] of tries) {
    const refusal = await attempt().then(
      () => '',
      (error: unknown) => String(error),
    );
    if (/NOPERM.*key/i.test(refusal)) places.add(`'~${prefix}*'`);
    else if (/NOPERM.*channel/i.test(refusal)) {
      places.add(`'&${prefix}*'`);
      if (needs.keyEvents) places.add(`'&__keyspace@${database}__:${prefix}*'`);
    } else if (/NOPERM|unknown command|unknown subcommand/i.test(refusal)) commands.push(command);
  }
  const rules = [...places, ...commands.map((command) => `+${command}`)];
  if (rules.length === 0) return [];
  return [
    {
      server,
      what: 'the rights of this user',
      expected: rules.join(' '),
      got: 'a refusal (NOPERM)',
      mend: `ACL SETUSER ${redis.options.username ?? 'default'} ${rules.join(' ')}`,
    },
  ];
}

async function listen(redis: Redis, channel: string): Promise<void> {
  await redis.subscribe(channel);
  await redis.unsubscribe(channel);
}

async function examineKeyEvents(redis: Redis, server: string): Promise<Finding[]> {
  const [, flags = ''] = (await redis.config('GET', 'notify-keyspace-events')) as string[];
  // A stands for all kinds of events, but not for the channel.
  const has = (flag: string) => flags.includes(flag) || (flag !== 'K' && flags.includes('A'));
  if ([...KEY_EVENTS].every(has)) return [];
  const wanted = [...new Set([...flags, ...KEY_EVENTS])].join('');
  return [
    {
      server,
      what: 'notify-keyspace-events',
      expected: `K, g, $ and x among its flags`,
      got: flags === '' ? 'none' : flags,
      mend: `CONFIG SET notify-keyspace-events ${wanted}`,
    },
  ];
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
