import type { StartContext } from '../backend.ts';
import { askRabbitmq } from '../rabbitmq/client.ts';
import { DELETE_ALL_QUEUES, requireQueuesDeleted } from '../rabbitmq/delete-queues.ts';
import { defaultUser, ENABLED_PLUGINS, USER } from '../rabbitmq/settings.ts';
import { newSecret } from '../secret.ts';
import { type ContainerOptions, type ContainerServer, startContainer } from './container-server.ts';

/**
 * Starts a RabbitMQ from an image. Queues and messages that are durable outlive `kill` and `restart`; `flush`
 * deletes all queues.
 */
export async function startRabbitmq(
  image: string,
  context: StartContext,
  options: ContainerOptions = {},
): Promise<ContainerServer> {
  const password = newSecret();
  return startContainer(
    {
      kind: 'rabbitmq',
      image,
      command: ['rabbitmq-server'],
      environment: {},
      files: [
        // Not as RABBITMQ_DEFAULT_PASS: `docker inspect` shows the environment.
        {
          target: '/etc/rabbitmq/conf.d/90-cachestorm.conf',
          content: [...defaultUser(USER, password), ''].join('\n'),
        },
        { target: '/etc/rabbitmq/enabled_plugins', content: ENABLED_PLUGINS },
      ],
      port: 5672,
      dataPath: '/var/lib/rabbitmq',
      secrets: [password],
      deadlineMs: options.deadlineMs ?? 180_000,
      ask: async (port) => ({ product: 'rabbitmq', version: await askRabbitmq(port, USER, password) }),
      url: (port) => `amqp://${USER}:${password}@127.0.0.1:${port}/%2F`,
      flush: async (_port, run) => {
        requireQueuesDeleted(await run(['rabbitmqctl', '--quiet', 'eval', DELETE_ALL_QUEUES]));
      },
    },
    context,
    options,
  );
}
