import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Backend, StartContext } from '../backend.ts';
import { pickFreePort } from '../ports.ts';
import { askRabbitmq } from '../rabbitmq/client.ts';
import { USER } from '../rabbitmq/settings.ts';
import { newSecret } from '../secret.ts';
import type { RabbitmqProgram } from './find/programs.ts';
import { findProgram } from './find.ts';
import { type LocalOptions, type LocalRecipe, startLocal } from './local-server.ts';
import { serverEnvironment } from './process/environment.ts';
import { type Epmd, startEpmd } from './rabbitmq/epmd.ts';
import { deleteAllQueues } from './rabbitmq/remote.ts';
import { brokerSettings, writeBrokerFiles } from './rabbitmq/settings.ts';

export interface LocalRabbitmqOptions extends LocalOptions {
  /** @default the one that `findProgram` finds */
  readonly program?: RabbitmqProgram;
}

/**
 * A RabbitMQ of our own on loopback, with no other plugin than the consistent hash. Queues and messages that are durable outlive `kill`
 * and `restart`; `flush` deletes all queues.
 */
export function localRabbitmq(options: LocalRabbitmqOptions = {}): Backend {
  return {
    kind: 'rabbitmq',
    async start(context) {
      const program = options.program ?? (await findProgram('rabbitmq'));
      const directory = join(context.root, 'rabbitmq');
      const recipe = rabbitmqRecipe(program, directory, context, options.deadlineMs ?? 90_000);
      return startLocal(recipe, context, options.pickPort);
    },
  };
}

function rabbitmqRecipe(
  program: RabbitmqProgram,
  directory: string,
  context: StartContext,
  deadlineMs: number,
): LocalRecipe {
  const password = newSecret();
  const cookie = newSecret();
  const nodeName = `cachestorm-${randomBytes(6).toString('hex')}@localhost`;
  const logPath = join(directory, 'server.log');
  let epmd: Epmd | undefined;
  let distributionPort = 0;
  const environment = (epmdPort: number) => {
    const settings = brokerSettings({ directory, nodeName, distributionPort, epmdPort });
    const home = serverEnvironment(context.runId, directory, settings);
    // Its scripts call `erl` by name; that lies beside epmd.
    return { ...home, PATH: [join(program.epmd, '..'), home.PATH ?? '/usr/bin:/bin'].join(':') };
  };
  return {
    kind: 'rabbitmq',
    product: 'rabbitmq',
    version: program.version,
    directory,
    logPath,
    secrets: [password, cookie],
    deadlineMs,
    async command(port, life) {
      if (life === 0) {
        await writeBrokerFiles(directory, { port, user: USER, password, cookie });
        distributionPort = await pickFreePort();
        epmd ??= await startEpmd(program.epmd, directory, context);
      }
      if (epmd === undefined) throw new Error('epmd is not running');
      return {
        file: program.path,
        args: [],
        env: environment(epmd.port),
        cwd: directory,
        logPath,
      };
    },
    ask: async (port) => {
      await askRabbitmq(port, USER, password);
    },
    url: (port) => `amqp://${USER}:${password}@127.0.0.1:${port}/%2F`,
    async flush() {
      if (epmd === undefined) throw new Error('epmd is not running');
      await deleteAllQueues(program, nodeName, environment(epmd.port), directory);
    },
    async end() {
      await epmd?.process.end();
    },
  };
}
