import type { DatabaseProgram } from '../find/programs.ts';
import type { Passwords } from './accounts.ts';
import { mariadb } from './mariadb.ts';
import { mysql } from './mysql.ts';

/** A run of the server that only fills an empty data directory. */
export interface Initialisation {
  readonly args: readonly string[];
  readonly input?: string;
}

/** Where MariaDB and MySQL part ways. */
export interface Dialect {
  /** Options that shape the data directory: the same for its initialisation and for every later start. */
  readonly shapeArgs: readonly string[];
  readonly serverArgs: readonly string[];
  /** Tells data directories apart that were initialised in different ways; raise it with each change. */
  readonly templateFormat: number;
  initialise(program: DatabaseProgram, datadir: string): Promise<Initialisation>;
  /** One statement a line. Run again on the same data, it gives the same users with the new passwords. */
  initFile(passwords: Passwords): readonly string[];
}

/** Options that both understand. */
export const COMMON_SERVER_ARGS: readonly string[] = [
  '--bind-address=127.0.0.1',
  '--skip-name-resolve',
  '--log-bin=binlog',
  '--binlog-row-image=FULL',
  '--binlog-row-metadata=FULL',
  // A commit is handed to the kernel but not forced to the disk. `kill -9` of the server loses nothing that
  // was acknowledged, which is all that our faults do; only a power cut would. Forcing it would time the
  // machine's disk: an fsync on a shared CI disk takes anything from 0.1 to 50 ms.
  '--innodb-flush-log-at-trx-commit=2',
  '--sync-binlog=0',
  // Kernel resources for asynchronous I/O are shared by the whole machine and run out; 10 to 100 MB of
  // data in the page cache do not need them.
  '--innodb-use-native-aio=OFF',
  '--innodb-buffer-pool-size=128M',
  '--innodb-buffer-pool-load-at-startup=OFF',
  '--max-connections=500',
  '--back-log=512',
  // A chaos run breaks many connections; the server must not come to shun the host for it.
  '--max-connect-errors=1000000',
  '--thread-cache-size=128',
  '--table-open-cache=400',
  '--default-time-zone=+00:00',
  '--character-set-server=utf8mb4',
  // The exact counts of statements per user are read from here.
  '--performance-schema=ON',
  // Sized for some 500 connections of a handful of users. Too small would drop counts without a word;
  // what is not needed (histories, digests, sockets) is kept small.
  '--performance-schema-users-size=32',
  '--performance-schema-accounts-size=64',
  '--performance-schema-hosts-size=16',
  '--performance-schema-max-thread-instances=1000',
  '--performance-schema-digests-size=200',
  '--performance-schema-events-waits-history-size=0',
  '--performance-schema-events-waits-history-long-size=0',
  '--performance-schema-events-stages-history-size=0',
  '--performance-schema-events-stages-history-long-size=0',
  '--performance-schema-events-statements-history-size=0',
  '--performance-schema-events-statements-history-long-size=0',
  '--performance-schema-events-transactions-history-size=0',
  '--performance-schema-events-transactions-history-long-size=0',
];

export function dialectOf(program: DatabaseProgram): Dialect {
  return program.product === 'mariadb' ? mariadb : mysql;
}
