import type { Passwords } from '../../database/accounts.ts';
import type { DatabaseProgram } from '../find/programs.ts';
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

export function dialectOf(program: DatabaseProgram): Dialect {
  return program.product === 'mariadb' ? mariadb : mysql;
}
