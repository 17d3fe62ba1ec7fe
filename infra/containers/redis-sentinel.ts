import type { StartContext, StartedBackend } from '../backend.ts';
import { redisConfiguration } from '../redis/configuration.ts';
import { newSecret } from '../secret.ts';
import { type ContainerRecipe, type ContainerServer, startContainer } from './container-server.ts';
import { redisRecipe } from './redis.ts';
import { SentinelGroup } from './sentinel-group.ts';

/** Inside of the container. */
const SENTINEL_PORT = 26_379;

/**
 * Starts a Redis or Valkey as many have it in production: a master, its replica, and a Sentinel that makes the replica
 * the master when the master is silent for a second.
 *
 * All share the Sentinel's network, in which their ports have the numbers by which the host reaches them: so an address
 * is the same for the Sentinel, the servers and the services. One Sentinel and not three: a failover needs no more where
 * no network can part them.
 *
 * @throws EngineError, BackendImageError, or BackendStartError with nothing left behind.
 */
export async function startRedisSentinel(image: string, context: StartContext): Promise<StartedBackend> {
  await using starting = new AsyncDisposableStack();
  const password = newSecret();
  const start = async (
    own: Pick<ContainerRecipe, 'part' | 'port' | 'portsToJoin' | 'joins'>,
    lines: string,
  ) => {
    // Where the server may write: it keeps what it becomes in this file.
    const target = `/data/${own.part}.conf`;
    const recipe = {
      ...redisRecipe(image, password),
      ...own,
      command: [target, ...(own.joins === undefined ? ['--sentinel'] : [])],
      files: [{ target, content: lines, mode: 0o644 }],
    };
    return starting.use(await startContainer(recipe, context));
  };
  const sentinel = await start(
    { part: 'sentinel', port: SENTINEL_PORT, portsToJoin: 2 },
    [`port ${SENTINEL_PORT}`, 'dir /data', `requirepass ${password}`, ''].join('\n'),
  );
  const servers: ContainerServer[] = [];
  for (const [index, port] of sentinel.portsToJoin.entries()) {
    const [master] = servers;
    const own = [
      ...[`port ${port}`, 'dir /data', `masterauth ${password}`, 'replica-announce-ip 127.0.0.1'],
      // Else a master waits for more replicas before it sends its keys.
      'repl-diskless-sync-delay 0',
      ...(master === undefined ? [] : [`replicaof 127.0.0.1 ${master.port}`]),
    ];
    servers.push(
      await start({ part: String(index + 1), port, joins: sentinel }, redisConfiguration({ password, own })),
    );
  }
  const group = new SentinelGroup(sentinel, servers, password, context.signal);
  await group.watch();
  starting.move();
  return group;
}
