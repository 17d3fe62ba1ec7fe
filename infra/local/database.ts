import { randomInt } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Backend, type Needs, NO_NEEDS, type StartContext } from '../backend.ts';
import { type Passwords, SCHEMA } from '../database/accounts.ts';
import { askDatabase, truncateTables } from '../database/client.ts';
import { COMMON_SERVER_ARGS, capacityArgs } from '../database/server-args.ts';
import { BackendStartError } from '../errors.ts';
import { makeDirectory } from '../make-directory.ts';
import { databaseFileFindings, hardFileLimit } from '../open-files.ts';
import { newSecret } from '../secret.ts';
import { type Dialect, dialectOf } from './database/dialect.ts';
import { initialiseDatadir } from './database/initialise.ts';
import { runAsArgs } from './database/run-as.ts';
import { provideDatadir, templatePathOf } from './database/template.ts';
import type { DatabaseProgram } from './find/programs.ts';
import { findProgram } from './find.ts';
import { type LocalOptions, type LocalRecipe, startLocal } from './local-server.ts';
import { serverEnvironment } from './process/environment.ts';
import { startFailure } from './space.ts';

export interface LocalDatabaseOptions extends LocalOptions {
  /** @default the one that `findProgram` finds */
  readonly program?: DatabaseProgram;
  /** Where initialised data directories are kept between runs. @default a folder in the user's cache */
  readonly templatePath?: string;
  /** @default few */
  readonly needs?: Needs;
}

/**
 * A MariaDB or MySQL of our own on loopback with the schema `cachestorm`, a user for each role, row-based
 * binary log and exact statement counts per user.
 */
export function localDatabase(options: LocalDatabaseOptions = {}): Backend {
  return {
    kind: 'database',
    examine: async () => databaseFileFindings(options.needs ?? NO_NEEDS, hardFileLimit()),
    async start(context) {
      const program = options.program ?? (await findProgram('database'));
      const dialect = dialectOf(program);
      const directory = join(context.root, 'database');
      const recipe = databaseRecipe(program, dialect, directory, context, options);
      try {
        await makeDirectory(join(directory, 'tmp'), { mode: 0o700 });
        const template = options.templatePath ?? templatePathOf(program, dialect);
        await provideDatadir(join(directory, 'data'), template, (datadir) =>
          initialiseDatadir(program, dialect, datadir, directory, context),
        );
      } catch (error) {
        const told =
          context.signal.aborted || error instanceof BackendStartError
            ? error
            : await startFailure(recipe, 'no data directory could be made', null, error);
        await rm(directory, { recursive: true, force: true });
        throw told;
      }
      return startLocal(recipe, context, options.pickPort);
    },
  };
}

function databaseRecipe(
  program: DatabaseProgram,
  dialect: Dialect,
  directory: string,
  context: StartContext,
  { deadlineMs = 20_000, needs = NO_NEEDS }: LocalDatabaseOptions,
): LocalRecipe {
  const passwords: Passwords = {
    root: newSecret(),
    service: newSecret(),
    relay: newSecret(),
    probe: newSecret(),
  };
  const logPath = join(directory, 'server.log');
  const initFile = join(directory, 'init.sql');
  return {
    kind: 'database',
    product: program.product,
    version: program.version,
    directory,
    logPath,
    secrets: Object.values(passwords),
    deadlineMs,
    async command(port, life) {
      const firstLife = life === 0;
      if (firstLife)
        await writeFile(initFile, `${dialect.initFile(passwords).join('\n')}\n`, { mode: 0o600 });
      return {
        file: program.path,
        args: [
          // Has to come first: the machine's my.cnf must not leak into a measurement.
          '--no-defaults',
          ...runAsArgs(),
          `--datadir=${join(directory, 'data')}`,
          `--tmpdir=${join(directory, 'tmp')}`,
          // Relative to the data directory: a socket's full path must stay below some 104 bytes.
          '--socket=server.sock',
          `--pid-file=${join(directory, 'server.pid')}`,
          `--port=${port}`,
          `--server-id=${randomInt(1, 2 ** 31)}`,
          '--bind-address=127.0.0.1',
          ...COMMON_SERVER_ARGS,
          ...capacityArgs(needs),
          ...dialect.shapeArgs,
          ...dialect.serverArgs,
          ...(firstLife ? [`--init-file=${initFile}`] : []),
        ],
        env: serverEnvironment(context.runId, directory),
        cwd: directory,
        logPath,
      };
    },
    ask: (port) => askDatabase({ port, password: passwords.probe }),
    url: (port, role) => `mysql://${role}:${passwords[role]}@127.0.0.1:${port}/${SCHEMA}`,
    flush: (port) => truncateTables({ port, password: passwords.probe }),
  };
}
