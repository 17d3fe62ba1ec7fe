import { cpus } from 'node:os';
import type { Backend, BackendKind, StartContext } from '../backend.ts';
import type { Provider } from '../provider.ts';
import type { ContainerOptions, ContainerServer } from './container-server.ts';
import { DEFAULT_IMAGES, type Images } from './images.ts';
import { oneAfterTheOther } from './one-after-the-other.ts';

type Start = (image: string, context: StartContext, options?: ContainerOptions) => Promise<ContainerServer>;

/** Loaded when the first container is wanted: testcontainers is heavy, and a local run does without. */
const START: Readonly<Record<BackendKind, () => Promise<Start>>> = {
  redis: async () => (await import('./redis.ts')).startRedis,
  database: async () => (await import('./database.ts')).startDatabase,
  rabbitmq: async () => (await import('./rabbitmq.ts')).startRabbitmq,
};

/** What a user may want of servers in containers. */
export interface ContainersWish {
  /** @default official images */
  readonly images?: Partial<Images>;
  /** Whether Redis has a replica, and a Sentinel that puts it in its place. @default false */
  readonly sentinel?: boolean;
}

/** Up to so many cores, servers that boot at once keep each other from it. */
const FEW_CORES = 4;

/** A server from `image` in a container. */
export function containerBackend(kind: BackendKind, image: string, options?: ContainerOptions): Backend {
  return {
    kind,
    start: async (context) => (await START[kind]())(image, context, options),
  };
}

/** A Redis behind a Sentinel, in containers. */
export function sentinelBackend(image: string): Backend {
  return {
    kind: 'redis',
    start: async (context) => (await import('./redis-sentinel.ts')).startRedisSentinel(image, context),
  };
}

/** Servers in containers on loopback, one after the other on a small machine. */
export function containersProvider(
  { images = {}, sentinel = false }: ContainersWish = {},
  cores: number = cpus().length,
): Provider {
  const inTurn = cores <= FEW_CORES ? oneAfterTheOther() : <T>(start: () => Promise<T>) => start();
  return {
    name: 'containers',
    ownsServers: true,
    backend(kind, needs) {
      const image = images[kind] ?? DEFAULT_IMAGES[kind];
      const backend =
        sentinel && kind === 'redis' ? sentinelBackend(image) : containerBackend(kind, image, { needs });
      return { kind, start: (context) => inTurn(() => backend.start(context)) };
    },
  };
}
