import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { grantStatements, READ_ONLY_PRIVILEGES, SCHEMA } from '../../database/accounts.ts';
import { PRODUCT_SERVER_ARGS, REDO_LOG_ARGS } from '../../database/server-args.ts';
import type { DatabaseProgram } from '../find/programs.ts';
import { ACCOUNTS, accountName, LOOPBACK } from './account-names.ts';
import type { Dialect } from './dialect.ts';

const run = promisify(execFile);

export const mariadb: Dialect = {
  templateFormat: 1,
  shapeArgs: [REDO_LOG_ARGS.mariadb],
  serverArgs: PRODUCT_SERVER_ARGS.mariadb,
  /**
   * Feeds the server its own bootstrap SQL, as mariadb-install-db does. That script itself needs
   * `my_print_defaults`, which Debian's mariadb-server-core does not bring, and takes 1.2 s, most of it
   * for help tables and the `sys` schema that nobody reads here.
   */
  async initialise(program, datadir) {
    const directory = await bootstrapDirectory(program);
    const parts = ['system_tables', 'performance_tables', 'system_tables_data'];
    const scripts = await Promise.all(parts.map((part) => readBootstrapScript(directory, part)));
    return {
      args: [`--datadir=${datadir}`, '--bootstrap', '--net-buffer-length=16K', '--enforce-storage-engine='],
      // In bootstrap mode a line holds one statement.
      input: ['create database mysql;', 'use mysql;', 'set @auth_root_socket=null;', ...scripts, ''].join(
        '\n',
      ),
    };
  },
  initFile: (passwords) => [
    `CREATE DATABASE IF NOT EXISTS ${SCHEMA};`,
    // The bootstrap leaves a root without a password for every name of this host.
    'DELETE FROM mysql.global_priv;',
    'FLUSH PRIVILEGES;',
    ...ACCOUNTS.map(
      (account) => `CREATE OR REPLACE USER ${accountName(account)} IDENTIFIED BY '${passwords[account]}';`,
    ),
    `GRANT ALL ON *.* TO ${accountName('root')} WITH GRANT OPTION;`,
    ...grantStatements(LOOPBACK),
    `GRANT ${READ_ONLY_PRIVILEGES.mariadb} ON *.* TO ${accountName('probe')};`,
  ],
};

/** The folder of the SQL files that belong to this very server. */
async function bootstrapDirectory(program: DatabaseProgram): Promise<string> {
  const { stdout } = await run(program.path, ['--no-defaults', '--verbose', '--help'], {
    maxBuffer: 8 << 20,
  });
  const basedir = /^basedir\s+(\S.*)$/m.exec(stdout)?.[1]?.trim() ?? '/usr';
  for (const share of ['share/mysql', 'share/mariadb', 'share']) {
    const directory = join(basedir, share);
    if (await readBootstrapScript(directory, 'system_tables').catch(() => undefined)) return directory;
  }
  throw new Error(`no MariaDB bootstrap scripts (mariadb_system_tables.sql) below ${basedir}/share`);
}

/** The prefix became `mariadb_` in 11.x. */
async function readBootstrapScript(directory: string, part: string): Promise<string> {
  try {
    return await readFile(join(directory, `mariadb_${part}.sql`), 'utf8');
  } catch {
    return await readFile(join(directory, `mysql_${part}.sql`), 'utf8');
  }
}
