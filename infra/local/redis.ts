import { join } from 'node:path';
import type { Backend } from '../backend.ts';
import { redisConfiguration } from '../redis/configuration.ts';
import { redisCommands } from '../redis/wire.ts';
import { newSecret } from '../secret.ts';
import type { RedisProgram } from './find/programs.ts';
import { findProgram } from './find.ts';
import { type LocalOptions, type LocalRecipe, startLocal } from './local-server.ts';
import { serverEnvironment } from './process/environment.ts';

export interface LocalRedisOptions extends LocalOptions {
  /** @default the one that `findProgram` finds */
  readonly program?: RedisProgram;
}

/** A Redis or Valkey of our own on loopback, without persistence: what it holds is lost when it is killed. */
export function localRedis(options: LocalRedisOptions = {}): Backend {
  return {
    kind: 'redis',
    async start(context) {
      const program = options.program ?? (await findProgram('redis'));
      const directory = join(context.root, 'redis');
      const recipe = redisRecipe(program, directory, context.runId, options.deadlineMs ?? 20_000);
      return startLocal(recipe, context, options.pickPort);
    },
  };
}

function redisRecipe(
  program: RedisProgram,
  directory: string,
  runId: string,
  deadlineMs: number,
): LocalRecipe {
  const password = newSecret();
  const logPath = join(directory, 'server.log');
  return {
    kind: 'redis',
    product: program.product,
    version: program.version,
    directory,
    logPath,
    secrets: [password],
    deadlineMs,
    command: async (port) => ({
      file: program.path,
      args: ['-'],
      env: serverEnvironment(runId, directory),
      cwd: directory,
      logPath,
      // Through standard input, so that neither `ps` nor a file holds the password.
      input: redisConfiguration({
        password,
        own: [
          'bind 127.0.0.1',
          `port ${port}`,
          `dir ${JSON.stringify(directory)}`,
          // Redis writes its title over its environment, where the guardian looks for the run's marker.
          'set-proc-title no',
        ],
      }),
    }),
    ask: async (port) => {
      await redisCommands(port, password, ['PING']);
    },
    url: (port) => `redis://:${password}@127.0.0.1:${port}/0`,
    flush: async (port) => {
      // SYNC: with ASYNC the memory figures of the next trial still hold the last one's keys.
      await redisCommands(port, password, ['FLUSHALL SYNC']);
    },
  };
}
