import { randomInt } from 'node:crypto';
import { type Needs, NO_NEEDS, type StartContext } from '../backend.ts';
import {
  grantStatements,
  type Passwords,
  READ_ONLY_PRIVILEGES,
  ROLES,
  roleName,
  SCHEMA,
} from '../database/accounts.ts';
import { databaseIdentity, truncateTables } from '../database/client.ts';
import {
  COMMON_SERVER_ARGS,
  capacityArgs,
  PRODUCT_SERVER_ARGS,
  REDO_LOG_ARGS,
} from '../database/server-args.ts';
import { newSecret } from '../secret.ts';
import { type ContainerOptions, type ContainerServer, startContainer } from './container-server.ts';

const ROOT_PASSWORD_FILE = '/run/cachestorm-root-password';
/** Run once, by the entry point, on a server that has just been initialised. */
const INIT_FILE = '/docker-entrypoint-initdb.d/cachestorm.sql';
const ANYWHERE = '%';

/**
 * Starts a MariaDB or MySQL from an image with the schema `cachestorm`, a user for each role, row-based binary log
 * and exact statement counts per user.
 *
 * Which of the two the image holds is not known before it answers, so it is given what both understand, in the two
 * ways that they have to leave out what is the other's: options with `loose-` before them, and comments that are
 * statements to one of them.
 */
export async function startDatabase(
  image: string,
  context: StartContext,
  options: ContainerOptions = {},
): Promise<ContainerServer> {
  const passwords: Passwords = {
    root: newSecret(),
    service: newSecret(),
    relay: newSecret(),
    probe: newSecret(),
  };
  return startContainer(
    {
      kind: 'database',
      image,
      command: serverArgs(options.needs ?? NO_NEEDS),
      environment: {
        MYSQL_ROOT_PASSWORD_FILE: ROOT_PASSWORD_FILE,
        // No root for the outside.
        MYSQL_ROOT_HOST: 'localhost',
      },
      files: [
        { target: ROOT_PASSWORD_FILE, content: passwords.root },
        { target: INIT_FILE, content: initStatements(passwords).join('\n') },
      ],
      port: 3306,
      dataPath: '/var/lib/mysql',
      secrets: Object.values(passwords),
      deadlineMs: options.deadlineMs ?? 180_000,
      ask: (port) => databaseIdentity({ port, password: passwords.probe }),
      url: (port, role) => `mysql://${role}:${passwords[role]}@127.0.0.1:${port}/${SCHEMA}`,
      flush: (port) => truncateTables({ port, password: passwords.probe }),
    },
    context,
    options,
  );
}

function serverArgs(needs: Needs): string[] {
  const ofOne = [...Object.values(REDO_LOG_ARGS), ...Object.values(PRODUCT_SERVER_ARGS).flat()];
  const loose = ofOne
    // Without it a server offers encryption, which nobody asks for; MariaDB would take it for all that it may use.
    .filter((option) => !option.startsWith('--tls-version'))
    .map((option) => option.replace(/^--/, '--loose-'));
  return [
    `--server-id=${randomInt(1, 2 ** 31)}`,
    ...COMMON_SERVER_ARGS,
    ...capacityArgs(needs),
    ...new Set(loose),
  ];
}

function initStatements(passwords: Passwords): readonly string[] {
  const { mariadb, mysql } = READ_ONLY_PRIVILEGES;
  return [
    // The log that a storm is followed by begins with the storm.
    'SET SESSION sql_log_bin = 0;',
    `CREATE DATABASE IF NOT EXISTS ${SCHEMA};`,
    ...ROLES.map((role) => `CREATE USER ${roleName(role, ANYWHERE)} IDENTIFIED BY '${passwords[role]}';`),
    ...grantStatements(ANYWHERE),
    `GRANT PROCESS /*M!100502 , ${mariadb} */ /*!80000 , ${mysql} */ ON *.* TO ${roleName('probe', ANYWHERE)};`,
    '',
  ];
}
