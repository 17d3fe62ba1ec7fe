import type { Needs, Role } from '../../backend.ts';
import { quotedPattern, type Wanted } from './grants.ts';

const SCHEMA_PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'CREATE', 'DROP', 'ALTER', 'INDEX'];
const LOG_PRIVILEGES = ['REPLICATION SLAVE', 'REPLICATION CLIENT'];

/** Returns what the user of the address needs, to make the users of a run and to give them theirs. */
export function wantedPrivileges(schema: string, { changeLog }: Needs): Wanted[] {
  return [
    { schema: null, privileges: ['CREATE USER'], passedOn: false },
    { schema, privileges: SCHEMA_PRIVILEGES, passedOn: true },
    { schema: 'performance_schema', privileges: ['SELECT'], passedOn: true },
    ...(changeLog ? [{ schema: null, privileges: LOG_PRIVILEGES, passedOn: true }] : []),
  ];
}

/** Returns the statements that let a user of a run do what it does. */
export function grantsOf(role: Role, account: string, schema: string, { changeLog }: Needs): string[] {
  const grant = (privileges: readonly string[], on: string) =>
    `GRANT ${privileges.join(', ')} ON ${on} TO ${account}`;
  return [
    grant(SCHEMA_PRIVILEGES, `${quotedPattern(schema)}.*`),
    ...(role === 'probe' ? [grant(['SELECT'], 'performance_schema.*')] : []),
    ...(changeLog && role !== 'service' ? [grant(LOG_PRIVILEGES, '*.*')] : []),
  ];
}
