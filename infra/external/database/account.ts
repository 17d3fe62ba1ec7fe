import { createHash } from 'node:crypto';
import type { Connection } from 'mysql2/promise';
import type { Role } from '../../backend.ts';
import { newSecret } from '../../secret.ts';
import type { DatabaseFacts } from './settings.ts';

export const ROLES: readonly Role[] = ['service', 'relay', 'probe'];

/** A user of the run's own: by its name the server counts its statements apart from everybody else's. */
export interface Account {
  readonly name: string;
  readonly password: string;
}

/** 32 characters at most. Nobody else's, as there is part of the run's token in it. */
export function userName(role: Role, token: string): string {
  return `cachestorm_${role}_${token.slice(0, 13)}`;
}

/** With all kinds of characters in the password, which a server may insist on. */
export function newAccount(role: Role, token: string): Account {
  return { name: userName(role, token), password: `Cs1-${newSecret()}` };
}

/** A MariaDB that checks passwords takes no hash, unless it is told not to be strict about it. */
const CHECKS_PASSWORDS = 'ER_OPTION_PREVENTS_STATEMENT';

/**
 * Makes a user without its password in the statement, which MariaDB writes into its general and binary log as it is.
 * MySQL leaves passwords out there by itself.
 */
export async function createUser(
  connection: Connection,
  { name, password }: Account,
  product: DatabaseFacts['product'],
): Promise<void> {
  const withPassword = () => connection.query("CREATE USER ?@'%' IDENTIFIED BY ?", [name, password]);
  if (product === 'mysql') return void (await withPassword());
  try {
    await connection.query("CREATE USER ?@'%' IDENTIFIED BY PASSWORD ?", [name, nativeHash(password)]);
  } catch (error) {
    if (Object(error).code !== CHECKS_PASSWORDS) throw error;
    await withPassword();
  }
}

/** As `PASSWORD()` makes it for `mysql_native_password`. */
function nativeHash(password: string): string {
  const once = createHash('sha1').update(password).digest();
  return `*${createHash('sha1').update(once).digest('hex').toUpperCase()}`;
}
