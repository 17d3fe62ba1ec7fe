import type { Finding, Needs } from '../../backend.ts';

export interface DatabaseFacts {
  readonly product: 'mariadb' | 'mysql';
  readonly version: string;
  /** Global variables by name. */
  readonly variables: ReadonlyMap<string, string>;
}

/** The variables that `settingFindings` looks at. */
export const VARIABLES = [
  'binlog_format',
  'binlog_row_image',
  'binlog_row_metadata',
  'log_bin',
  'performance_schema',
  'performance_schema_users_size',
  'read_only',
  'super_read_only',
  'transaction_read_only',
  'tx_read_only',
];

const OLDEST = { mariadb: '10.5', mysql: '8.0' } as const;

interface Setting {
  readonly name: string;
  readonly value: string;
  readonly mend: string;
}

const ALWAYS: readonly Setting[] = [
  {
    name: 'performance_schema',
    value: 'ON',
    mend: 'Put performance_schema=ON below [mysqld] of its configuration, and restart it.',
  },
  { name: 'read_only', value: 'OFF', mend: 'Name the primary, or SET GLOBAL read_only = OFF;' },
  { name: 'super_read_only', value: 'OFF', mend: 'Name the primary, or SET GLOBAL super_read_only = OFF;' },
  // Of one thing, by the server's age and make.
  { name: 'transaction_read_only', value: 'OFF', mend: 'SET GLOBAL TRANSACTION READ WRITE;' },
  { name: 'tx_read_only', value: 'OFF', mend: 'SET GLOBAL TRANSACTION READ WRITE;' },
];

const FOR_THE_LOG: readonly Setting[] = [
  {
    name: 'log_bin',
    value: 'ON',
    mend: 'Put log_bin=binlog and a server_id below [mysqld] of its configuration, and restart it.',
  },
  { name: 'binlog_format', value: 'ROW', mend: "SET GLOBAL binlog_format = 'ROW';" },
  { name: 'binlog_row_image', value: 'FULL', mend: "SET GLOBAL binlog_row_image = 'FULL';" },
  { name: 'binlog_row_metadata', value: 'FULL', mend: "SET GLOBAL binlog_row_metadata = 'FULL';" },
];

/** Finds what of a database's version and settings keeps a run from using it. The log is followed by position: GTIDs may be on or off. */
export function settingFindings(
  server: string,
  { product, version, variables }: DatabaseFacts,
  { changeLog }: Needs,
): Finding[] {
  const found: Finding[] = [];
  if (isOlder(version, OLDEST[product])) {
    const expected = `MariaDB ${OLDEST.mariadb}, MySQL ${OLDEST.mysql}, or newer`;
    found.push({ server, what: 'the version', expected, got: version, mend: 'Use a newer server.' });
  }
  for (const { name, value, mend } of [...ALWAYS, ...(changeLog ? FOR_THE_LOG : [])]) {
    const got = variables.get(name);
    // What a server does not know it can't have wrong; MySQL leaves out what only one way was left of.
    if (got === undefined || normal(got) === value) continue;
    found.push({ server, what: name, expected: value, got: normal(got), mend });
  }
  return found;
}

function normal(value: string): string {
  return { 0: 'OFF', 1: 'ON' }[value] ?? value.toUpperCase();
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldMajor = 0, oldMinor = 0] = than.split('.').map(Number);
  return major < oldMajor || (major === oldMajor && minor < oldMinor);
}
