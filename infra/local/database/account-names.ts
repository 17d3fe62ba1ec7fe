import { type Account, ROLES, roleName } from '../../database/accounts.ts';

export const ACCOUNTS: readonly Account[] = ['root', ...ROLES];

/** Where every role connects from. */
export const LOOPBACK = '127.0.0.1';

/** The quoted name of an account. */
export function accountName(account: Account): string {
  return account === 'root' ? "'root'@'localhost'" : roleName(account, LOOPBACK);
}
