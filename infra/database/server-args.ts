/** How the database is set, whoever provides it: what is measured must not differ by that. */
import type { Needs } from '../backend.ts';

/** Options that both understand. Where the server listens is the provider's. */
export const COMMON_SERVER_ARGS: readonly string[] = [
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
  '--back-log=512',
  // What every client can read: MariaDB's default is 16 MB, MySQL's 64. A row has a megabyte at most.
  '--max-allowed-packet=64M',
  // A chaos run breaks many connections; the server must not come to shun the host for it.
  '--max-connect-errors=1000000',
  '--thread-cache-size=128',
  '--table-open-cache=400',
  '--default-time-zone=+00:00',
  '--character-set-server=utf8mb4',
  // The exact counts of statements per user are read from here.
  '--performance-schema=ON',
  // Sized for a handful of users. Too small would drop counts without a word; what is not needed (histories,
  // digests, sockets) is kept small.
  '--performance-schema-users-size=32',
  '--performance-schema-accounts-size=64',
  '--performance-schema-hosts-size=16',
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

/** Room for what else connects, such as the next trial's processes while the last one's are ending. */
const FEWEST_CONNECTIONS = 500;

/** Options by how many connections a run opens at once, at most. Each has a thread, and a place where it is counted. */
export function capacityArgs({ connections }: Pick<Needs, 'connections'>): readonly string[] {
  const most = Math.max(FEWEST_CONNECTIONS, 2 * connections.database);
  return [`--max-connections=${most}`, `--performance-schema-max-thread-instances=${2 * most}`];
}

/** Options that only one of them understands. */
export const PRODUCT_SERVER_ARGS = {
  mariadb: [
    // MariaDB's default is MIXED, in which a change may be logged as its statement.
    '--binlog-format=ROW',
    '--innodb-buffer-pool-dump-at-shutdown=OFF',
  ],
  mysql: [
    // Row format is the only one left that is not deprecated, and the default: naming it warns.
    '--gtid-mode=ON',
    '--enforce-gtid-consistency=ON',
    '--mysqlx=OFF',
    // On loopback there is nobody to hide from, and encryption would be timed along with every query.
    '--tls-version=',
    '--event-scheduler=OFF',
    '--innodb-buffer-pool-dump-at-shutdown=OFF',
  ],
} as const;

/**
 * The redo log, 16 MB instead of about 100: a local server's is copied for every run, and no storm writes that much
 * between two checkpoints that would matter. To be given from the first start on.
 */
export const REDO_LOG_ARGS = {
  mariadb: '--innodb-log-file-size=16M',
  // Half of it is kept as spare files.
  mysql: '--innodb-redo-log-capacity=16M',
} as const;
