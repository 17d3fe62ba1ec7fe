import type { Redis } from 'ioredis';
import type { Finding } from '../../backend.ts';
import { lifeline, markerKey } from './marker.ts';

/** Why a server would not do something, by what its answer begins with. */
interface Refusal {
  readonly command: string;
  readonly reply: string;
}

export interface RightsExamined {
  readonly server: string;
  readonly prefix: string;
  readonly database: number;
  /** Whether keys are to be watched. */
  readonly keyEvents: boolean;
}

/** Of a write that this user may ask for, on a master, with room: READONLY and MOVED are told by what a server says of itself. */
const OF_ITS_OWN = /^ReplyError: (?!NOPERM|OOM|READONLY|MOVED|ERR|EXECABORT)/;

/**
 * What the server would refuse, found out without a write: commands that read are asked. Those that write are queued in
 * a transaction that is discarded: rights, memory and disk are looked at when a command is queued, and none is executed.
 */
export async function refusals(redis: Redis, examined: RightsExamined): Promise<Finding[]> {
  const { server } = examined;
  const writes = await refusedWrites(redis, examined.prefix);
  const refused = [...(await refusedReads(redis, examined)), ...writes];
  const withReply = (reply: RegExp) => refused.filter((each) => reply.test(each.reply));
  const found = [...lackingRights(redis, withReply(/NOPERM/), examined)];
  const unknown = names(withReply(/unknown (sub)?command/i));
  if (unknown.length > 0)
    found.push({
      server,
      what: 'its commands',
      expected: unknown.join(', '),
      got: 'none of these: they are renamed or switched off (rename-command)',
      mend: 'No ACL gives them back: take rename-command out of its configuration, or use another Redis.',
    });
  if (withReply(/^ReplyError: OOM/).length > 0) found.push(noRoom(server, await redis.info('memory')));
  const other = writes.find(({ reply }) => OF_ITS_OWN.test(reply));
  if (other !== undefined)
    found.push({
      server,
      what: 'its writes',
      expected: 'to be taken',
      // MISCONF (it can't save its data), NOREPLICAS and the like, in its own words.
      got: other.reply.replace(/^ReplyError: /, ''),
      mend: 'Mend what it says.',
    });
  return found;
}

/** @param memory that part of INFO */
export function noRoom(server: string, memory: string): Finding {
  const field = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(memory)?.[1] ?? '?';
  return {
    server,
    what: 'its memory',
    expected: 'room for the keys of the run',
    got: `${field('used_memory')} bytes used of maxmemory ${field('maxmemory')} (${field('maxmemory_policy')})`,
    mend: 'Raise maxmemory, or remove keys that are no longer needed.',
  };
}

async function refusedReads(
  redis: Redis,
  { prefix, database, keyEvents }: RightsExamined,
): Promise<Refusal[]> {
  const key = markerKey(prefix);
  const channels = [
    lifeline(prefix, 'none'),
    ...(keyEvents ? [`__keyspace@${database}__:${markerKey(prefix)}`] : []),
  ];
  return ask([
    ['info', () => redis.info()],
    ['dbsize', () => redis.dbsize()],
    ['scan', () => redis.scan('0', 'MATCH', `${prefix}*`, 'COUNT', 1)],
    ['pubsub|numsub', () => redis.pubsub('NUMSUB', lifeline(prefix, 'none'))],
    ['get', () => redis.get(key)],
    ['mget', () => redis.mget(key)],
    ['pttl', () => redis.pttl(key)],
    // Outside of a transaction it does nothing.
    ['exec', () => redis.call('EXEC')],
    ...channels.map((channel) => ['subscribe', () => listen(redis, channel)] as const),
  ]);
}

async function refusedWrites(redis: Redis, prefix: string): Promise<Refusal[]> {
  const key = markerKey(prefix);
  const [opened] = await ask([['multi', () => redis.multi({ pipeline: false })]]);
  // Outside of a transaction it would be done.
  if (opened !== undefined) return [opened];
  return ask([
    ['set', () => redis.set(key, '')],
    ['pexpire', () => redis.pexpire(key, 1)],
    ['del', () => redis.del(key)],
    ['unlink', () => redis.unlink(key)],
    ['eval', () => redis.eval('return 1', 1, key)],
    ['discard', () => redis.discard()],
  ]);
}

async function ask(questions: readonly (readonly [string, () => Promise<unknown>])[]): Promise<Refusal[]> {
  const refused: Refusal[] = [];
  for (const [command, question] of questions) {
    await question().catch((error: unknown) => refused.push({ command, reply: String(error) }));
  }
  return refused;
}

/** The commands, keys and channels that its access control list keeps from this user. */
function lackingRights(
  redis: Redis,
  refused: readonly Refusal[],
  { server, prefix, database, keyEvents }: RightsExamined,
): Finding[] {
  const has = (reply: RegExp) => refused.some((each) => reply.test(each.reply));
  const rules = [
    ...(has(/NOPERM.*key/i) ? [`'~${prefix}*'`] : []),
    ...(has(/NOPERM.*channel/i)
      ? [`'&${prefix}*'`, ...(keyEvents ? [`'&__keyspace@${database}__:${prefix}*'`] : [])]
      : []),
    ...names(refused.filter(({ reply }) => !/NOPERM.*(key|channel)/i.test(reply))).map((name) => `+${name}`),
  ];
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

function names(refused: readonly Refusal[]): string[] {
  return [...new Set(refused.map(({ command }) => command))];
}

async function listen(redis: Redis, channel: string): Promise<void> {
  await redis.subscribe(channel);
  await redis.unsubscribe(channel);
}
