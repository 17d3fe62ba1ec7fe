import { ACCOUNTS, accountName, grantStatements, SCHEMA } from './accounts.ts';
import type { Dialect } from './dialect.ts';

/** MySQL 8.0.30 and later (redo log capacity, users without mysql_native_password). */
export const mysql: Dialect = {
  templateFormat: 1,
  // 100 MB by default, which would be copied for every run. Half of it is kept as spare files.
  shapeArgs: [
    '--innodb-redo-log-capacity=16M',
    // Distributions compile in a folder that only their own packages make, and the server insists on it.
    '--secure-file-priv=NULL',
  ],
  serverArgs: [
    // Row format is the only one left that is not deprecated, and the default: naming it warns.
    '--gtid-mode=ON',
    '--enforce-gtid-consistency=ON',
    '--mysqlx=OFF',
    // On loopback there is nobody to hide from, and encryption would be timed along with every query.
    '--tls-version=',
    '--event-scheduler=OFF',
    '--innodb-buffer-pool-dump-at-shutdown=OFF',
  ],
  async initialise(_program, datadir) {
    // The binary log off: its files would be copied along and carry the template's own history.
    return { args: [`--datadir=${datadir}`, '--initialize-insecure', '--disable-log-bin'] };
  },
  initFile: (passwords) => [
    `CREATE DATABASE IF NOT EXISTS ${SCHEMA};`,
    ...ACCOUNTS.flatMap((account) => [
      `CREATE USER IF NOT EXISTS ${accountName(account)};`,
      `ALTER USER ${accountName(account)} IDENTIFIED BY '${passwords[account]}';`,
    ]),
    ...grantStatements(),
    // To make the server read-only, as a fault; and to write nevertheless.
    `GRANT SYSTEM_VARIABLES_ADMIN, CONNECTION_ADMIN ON *.* TO ${accountName('probe')};`,
  ],
};
