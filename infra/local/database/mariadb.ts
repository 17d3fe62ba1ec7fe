import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { DatabaseProgram } from '../find/programs.ts';
import { ACCOUNTS, accountName, grantStatements, SCHEMA } from './accounts.ts';
import type { Dialect } from './dialect.ts';

const run = promisify(execFile);

export const mariadb: Dialect = {
  templateFormat: 1,
  // 16 MB of redo log instead of 96: it is copied for every run, and no storm writes that much between
  // two checkpoints that would matter.
  shapeArgs: ['--innodb-log-file-size=16M'],
  serverArgs: [
    // MariaDB's default is MIXED, in which a change may be logged as its statement.
    '--binlog-format=ROW',
    '--innodb-buffer-pool-dump-at-shutdown=OFF',
  ],
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
    ...grantStatements(),
    // To make the server read-only, as a fault.
    `GRANT READ_ONLY ADMIN ON *.* TO ${accountName('probe')};`,
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
