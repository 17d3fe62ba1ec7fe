import type { StartContext } from '../backend.ts';
import { redisConfiguration } from '../redis/configuration.ts';
import { redisCommands, redisIdentity } from '../redis/wire.ts';
import { newSecret } from '../secret.ts';
import {
  type ContainerOptions,
  type ContainerRecipe,
  type ContainerServer,
  startContainer,
} from './container-server.ts';

/** Inside of the container; the name makes every image's entry point start its own server with it. */
const CONFIGURATION = '/usr/local/etc/cachestorm/server.conf';

/** Starts a Redis or Valkey without persistence from an image: what it holds is lost when it is killed. */
export async function startRedis(
  image: string,
  context: StartContext,
  options: ContainerOptions = {},
): Promise<ContainerServer> {
  const password = newSecret();
  const content = redisConfiguration({ password, own: ['port 6379', 'dir /data'] });
  return startContainer(
    {
      ...redisRecipe(image, password, options),
      command: [CONFIGURATION],
      files: [{ target: CONFIGURATION, content }],
      port: 6379,
    },
    context,
    options,
  );
}

/** What is the same for every Redis in a container. */
export function redisRecipe(
  image: string,
  password: string,
  { deadlineMs = 60_000 }: ContainerOptions = {},
): Omit<ContainerRecipe, 'command' | 'files' | 'port'> {
  return {
    kind: 'redis',
    image,
    environment: {},
    dataPath: '/data',
    secrets: [password],
    deadlineMs,
    ask: (port) => redisIdentity(port, password),
    url: (port) => `redis://:${password}@127.0.0.1:${port}/0`,
    flush: async (port) => {
      // SYNC: with ASYNC the memory figures of the next trial still hold the last one's keys.
      await redisCommands(port, password, ['FLUSHALL SYNC']);
    },
  };
}
