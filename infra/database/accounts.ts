import type { Role } from '../backend.ts';

/** The schema that holds a run's dataset. */
export const SCHEMA = 'cachestorm';

export type Account = Role | 'root';
export type Passwords = Readonly<Record<Account, string>>;

export const ROLES: readonly Role[] = ['service', 'relay', 'probe'];

/** Connections come by TCP from an address, as names are not resolved; in a container, from the engine's gateway. */
export type ClientHost = '127.0.0.1' | '%';

/** The quoted name of a role's account. */
export function roleName(role: Role, from: ClientHost): string {
  return `'${role}'@'${from}'`;
}

/** Who may do what; the same in both dialects. One statement an entry. */
export function grantStatements(from: ClientHost): readonly string[] {
  const [service, relay, probe] = ROLES.map((role) => roleName(role, from));
  return [
    `GRANT ALL ON ${SCHEMA}.* TO ${service};`,
    `GRANT ALL ON ${SCHEMA}.* TO ${relay};`,
    `GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO ${relay};`,
    // The probe seeds the dataset, reads the server's counters and zeroes them (DROP allows TRUNCATE), and after a
    // run reads in the binary log what was committed.
    `GRANT ALL ON ${SCHEMA}.* TO ${probe};`,
    `GRANT SELECT, DROP ON performance_schema.* TO ${probe};`,
    `GRANT PROCESS, REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO ${probe};`,
  ];
}

/** What the probe needs beside: to make the server read-only, as a fault, and in MySQL to write nevertheless. */
export const READ_ONLY_PRIVILEGES = {
  mariadb: 'READ_ONLY ADMIN',
  mysql: 'SYSTEM_VARIABLES_ADMIN, CONNECTION_ADMIN',
} as const;
