import { grantStatements, READ_ONLY_PRIVILEGES, SCHEMA } from '../../database/accounts.ts';
import { PRODUCT_SERVER_ARGS, REDO_LOG_ARGS } from '../../database/server-args.ts';
import { ACCOUNTS, accountName, LOOPBACK } from './account-names.ts';
import type { Dialect } from './dialect.ts';

/** MySQL 8.0.30 and later (redo log capacity, users without mysql_native_password). */
export const mysql: Dialect = {
  templateFormat: 1,
  shapeArgs: [
    REDO_LOG_ARGS.mysql,
    // Distributions compile in a folder that only their own packages make, and the server insists on it.
    '--secure-file-priv=NULL',
  ],
  serverArgs: PRODUCT_SERVER_ARGS.mysql,
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
    ...grantStatements(LOOPBACK),
    `GRANT ${READ_ONLY_PRIVILEGES.mysql} ON *.* TO ${accountName('probe')};`,
  ],
};
