import type { Role } from '../../backend.ts';

/** The schema that holds a run's dataset. */
export const SCHEMA = 'cachestorm';

export type Account = Role | 'root';
export type Passwords = Readonly<Record<Account, string>>;

export const ACCOUNTS: readonly Account[] = ['root', 'service', 'relay', 'probe'];

/** The quoted name of an account. Roles come by TCP from an address, as names are not resolved. */
export function accountName(account: Account): string {
  return account === 'root' ? "'root'@'localhost'" : `'${account}'@'127.0.0.1'`;
}

/** Who may do what; the same in both dialects. One statement an entry. */
export function grantStatements(): readonly string[] {
  return [
    `GRANT ALL ON ${SCHEMA}.* TO ${accountName('service')};`,
    `GRANT ALL ON ${SCHEMA}.* TO ${accountName('relay')};`,
    `GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO ${accountName('relay')};`,
    // The probe seeds the dataset, reads the server's counters and zeroes them (DROP allows TRUNCATE), and after a
    // run reads in the binary log what was committed.
    `GRANT ALL ON ${SCHEMA}.* TO ${accountName('probe')};`,
    `GRANT SELECT, DROP ON performance_schema.* TO ${accountName('probe')};`,
    `GRANT PROCESS, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO ${accountName('probe')};`,
  ];
}
