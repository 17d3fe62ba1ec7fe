import type { StartedBackend } from '../../infra/backend.ts';
import type { Stack } from '../../infra/stack.ts';
import { breakServer } from '../faults/servers.ts';
import { connectCommitLog } from '../probes/commit-log.ts';
import { connectDatabaseProbe } from '../probes/database.ts';
import type { Probes } from '../probes/ground-truth.ts';
import { asking } from '../probes/probe-error.ts';
import { connectRedisProbe } from '../probes/redis.ts';
import { QUEUE_PREFIX } from '../queue/topology.ts';
import type { Clock } from '../time/clock.ts';
import { connectCacheLimiter } from './cache-limit.ts';
import type { Broker, TrialSite } from './site.ts';

/** What every Redis key of a run begins with, on a Redis of its own. */
const KEY_PREFIX = 'cachestorm:';

/** @param cleanUp is given what is to be closed once the last trial is over */
export async function openSite(
  stack: Stack,
  clock: Clock,
  cleanUp: AsyncDisposableStack,
): Promise<TrialSite> {
  const redis = stack.get('redis');
  const database = stack.get('database');
  const databaseUrl = database.url('service');
  const probes: Probes = {
    clock,
    database: cleanUp.use(await connectDatabaseProbe(database.url('probe'), new URL(databaseUrl).username)),
    redis: cleanUp.use(await connectRedisProbe(redis.url('probe'), clock)),
  };
  const broker = stack.backends.find(({ kind }) => kind === 'rabbitmq');
  const relayUrl = database.url('relay');
  const statements = await connectDatabaseProbe(database.url('probe'), new URL(relayUrl).username);
  return {
    redisUrl: redis.url('service'),
    ...(redis.otherClients === undefined ? {} : { otherRedisClients: redis.otherClients }),
    keyPrefix: redis.prefix ?? KEY_PREFIX,
    databaseUrl,
    relays: {
      databaseUrl: relayUrl,
      statements: cleanUp.use(statements),
      broker: broker === undefined ? null : brokerSite(broker),
    },
    commitLog: cleanUp.use(await connectCommitLog(database.url('probe'), stack.signal)),
    flushCache: () => asking(redis.product, () => redis.flush()),
    breakServer: (fault) => breakServer(fault, stack),
    folder: stack.root,
    cacheLimiter: cleanUp.use(await connectCacheLimiter(redis.url('probe'))),
    probes,
    clock,
    signal: stack.signal,
    confirm: () => stack.confirm(),
    env: stack.marker,
    onProcess: (group) => stack.guardian.watch(group),
  };
}

function brokerSite(broker: StartedBackend): Broker {
  return {
    url: broker.url('relay'),
    prefix: broker.prefix ?? QUEUE_PREFIX,
    flush: () => asking(broker.product, () => broker.flush()),
  };
}
