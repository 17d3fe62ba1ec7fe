import type { Connection, RowDataPacket } from 'mysql2/promise';
import type { Finding, Needs } from '../../backend.ts';
import type { Attempt } from '../connect-failure.ts';
import { capacityFindings, LIMITS } from './capacity.ts';
import { grantStatement, missing, parseGrants } from './grants.ts';
import { MARKER_TABLE, type Marker, readMarker } from './marker.ts';
import { type BrokerOfRun, contentsOf, isTaken, ownTables } from './possession.ts';
import { wantedPrivileges } from './privileges.ts';
import { type DatabaseFacts, settingFindings, VARIABLES } from './settings.ts';

export interface DatabasePlace {
  readonly attempt: Attempt;
  readonly server: string;
  readonly schema: string;
  readonly needs: Needs;
  /** `null`: no broker is known. */
  readonly broker: BrokerOfRun | null;
}

const SHOWN = 3;
const ROLES = 3;

/** Finds what keeps a run from using this database. Reads only. */
export async function examineDatabase(connection: Connection, place: DatabasePlace): Promise<Finding[]> {
  const { server, needs } = place;
  const facts = await factsOf(connection);
  const found = settingFindings(server, facts, needs);
  found.push(...capacityFindings(server, facts, needs, await connectionsInUse(connection)));
  const rights = await examineRights(connection, facts, place);
  found.push(...rights);
  // Without them it would not even see what there is.
  if (rights.length > 0) return found;
  if (facts.variables.get('performance_schema') === 'ON')
    found.push(...(await examineCounting(connection, facts, server)));
  if (needs.changeLog && facts.variables.get('log_bin') === 'ON')
    found.push(...(await examineLogFilters(connection, place)));
  found.push(...(await examineSchema(connection, place)));
  return found;
}

async function connectionsInUse(connection: Connection): Promise<number> {
  const [[row]] = await connection.query<RowDataPacket[]>("SHOW GLOBAL STATUS LIKE 'Threads_connected'");
  // This one is ours.
  return Number(row?.Value) - 1;
}

export async function factsOf(connection: Connection): Promise<DatabaseFacts> {
  const [[row]] = await connection.query<RowDataPacket[]>('SELECT VERSION() AS version');
  const version = String(row?.version);
  const [rows] = await connection.query<RowDataPacket[]>('SHOW GLOBAL VARIABLES WHERE variable_name IN (?)', [
    [...VARIABLES, ...LIMITS],
  ]);
  return {
    product: /mariadb/i.test(version) ? 'mariadb' : 'mysql',
    version: /^[\d.]+/.exec(version)?.[0] ?? version,
    variables: new Map(rows.map((each) => [String(each.Variable_name).toLowerCase(), String(each.Value)])),
  };
}

async function examineRights(
  connection: Connection,
  { product }: DatabaseFacts,
  { server, schema, needs }: DatabasePlace,
): Promise<Finding[]> {
  const [[who]] = await connection.query<RowDataPacket[]>(
    'SELECT CURRENT_USER() AS account, CURRENT_ROLE() AS role',
  );
  const role = String(who?.role ?? 'NONE');
  const statements = ['SHOW GRANTS'];
  // Each expands the grants of an active role in its own way.
  if (role !== 'NONE')
    statements.push(
      product === 'mariadb' ? `SHOW GRANTS FOR ${role}` : `SHOW GRANTS FOR CURRENT_USER() USING ${role}`,
    );
  const lines: string[] = [];
  for (const statement of statements) {
    const [rows] = await connection.query<RowDataPacket[]>(statement);
    lines.push(...rows.flatMap((row) => Object.values(row).map(String)));
  }
  const grants = parseGrants(lines);
  const lacking = wantedPrivileges(schema, needs).filter((wanted) => missing(grants, wanted).length > 0);
  if (lacking.length === 0) return [];
  const account = String(who?.account).replace(/^(.*)@(.*)$/, "'$1'@'$2'");
  const where = (of: string | null) => (of === null ? '*.*' : `${of}.*`);
  return [
    {
      server,
      what: `the rights of ${account}`,
      expected: lacking
        .map((wanted) => `${missing(grants, wanted).join(', ')} on ${where(wanted.schema)}`)
        .join('; '),
      got: 'none of these',
      mend: lacking.map((wanted) => grantStatement(wanted, account)).join(' '),
    },
  ];
}

/** Whether the statements of new users would be counted, each of them. */
async function examineCounting(
  connection: Connection,
  { variables }: DatabaseFacts,
  server: string,
): Promise<Finding[]> {
  const found: Finding[] = [];
  const count = async (sql: string) => {
    const [[row]] = await connection.query<RowDataPacket[]>(sql);
    return Number(row?.n);
  };
  const size = Number(variables.get('performance_schema_users_size') ?? -1);
  // Current users only: the others are given up, one by one, where there is no room.
  const users = await count('SELECT COUNT(*) AS n FROM performance_schema.users');
  if (size >= 0 && size - users < ROLES)
    found.push({
      server,
      what: 'performance_schema_users_size',
      expected: `room for ${ROLES} users more`,
      got: `${users} users in ${size} places`,
      mend: 'TRUNCATE performance_schema.users; or give it more places.',
    });
  const off = [
    {
      what: 'setup_consumers',
      sql: "FROM performance_schema.setup_consumers WHERE enabled = 'NO' AND name IN ('global_instrumentation', 'thread_instrumentation')",
      mend: "UPDATE performance_schema.setup_consumers SET enabled = 'YES' WHERE name IN ('global_instrumentation', 'thread_instrumentation');",
    },
    {
      what: 'setup_instruments',
      sql: "FROM performance_schema.setup_instruments WHERE enabled = 'NO' AND name IN ('statement/sql/select', 'statement/sql/insert', 'statement/sql/update', 'statement/sql/delete', 'statement/sql/replace', 'statement/com/Execute')",
      mend: "UPDATE performance_schema.setup_instruments SET enabled = 'YES' WHERE name LIKE 'statement/%';",
    },
  ];
  for (const { what, sql, mend } of off) {
    const disabled = await count(`SELECT COUNT(*) AS n ${sql}`);
    if (disabled > 0)
      found.push({
        server,
        what,
        expected: 'statements of each user to be counted',
        got: `${disabled} that are off`,
        mend,
      });
  }
  const everybody = await count(
    "SELECT COUNT(*) AS n FROM performance_schema.setup_actors WHERE host = '%' AND user = '%' AND enabled = 'YES'",
  );
  if (everybody === 0)
    found.push({
      server,
      what: 'setup_actors',
      expected: 'all users',
      got: 'some only',
      mend: "INSERT INTO performance_schema.setup_actors (host, user, role) VALUES ('%', '%', '%');",
    });
  return found;
}

/** A log may leave out schemas. */
async function examineLogFilters(
  connection: Connection,
  { server, schema }: DatabasePlace,
): Promise<Finding[]> {
  const [[row]] = await connection
    .query<RowDataPacket[]>('SHOW MASTER STATUS')
    // MySQL 8.4 and later know it by this name only.
    .catch(() => connection.query<RowDataPacket[]>('SHOW BINARY LOG STATUS'));
  const list = (name: string) =>
    String(row?.[name] ?? '')
      .split(',')
      .filter((each) => each !== '');
  const [only, but] = [list('Binlog_Do_DB'), list('Binlog_Ignore_DB')];
  if (!but.includes(schema) && (only.length === 0 || only.includes(schema))) return [];
  return [
    {
      server,
      what: 'the binary log',
      expected: `the changes of ${schema} in it`,
      got: only.length > 0 ? `those of ${only.join(', ')} only` : `all but those of ${but.join(', ')}`,
      mend: `Name a schema that is in it: --schema ${only[0] ?? 'storm'}`,
    },
  ];
}

async function examineSchema(connection: Connection, place: DatabasePlace): Promise<Finding[]> {
  const { server, schema } = place;
  const marker = await readMarker(connection, schema);
  if (await isTaken(connection, schema)) return [takenBy(place, marker)];
  const contents = await contentsOf(connection, schema);
  const remains = marker === null ? [] : [MARKER_TABLE, ...(await ownTables(connection, schema))];
  const foreign = contents.filter((name) => !remains.includes(name));
  if (foreign.length === 0) return queuesElsewhere(place, marker);
  return [
    {
      server,
      what: `the schema ${schema}`,
      expected: 'no tables, views or routines',
      got: `${foreign.length} of somebody else, such as ${foreign.slice(0, SHOWN).join(', ')}`,
      mend: 'Name another, which is made and dropped at the end, or an empty one: --schema storm',
    },
  ];
}

/** Only its marker tells of the queues of a dead run: it stays until they are gone. */
function queuesElsewhere({ server, schema, broker }: DatabasePlace, marker: Marker | null): Finding[] {
  const at = marker?.broker?.at;
  if (at === undefined || at === broker?.at) return [];
  return [
    {
      server,
      what: `what run ${marker?.runId} has left`,
      expected: `AMQP_URL to name ${at}, where its queues are`,
      got: broker === null ? 'none' : broker.at,
      mend: `Set it so for one run, which removes them; or, if that broker is no more, DROP TABLE \`${schema}\`.${MARKER_TABLE};`,
    },
  ];
}

export function takenBy({ server, schema }: DatabasePlace, marker: Marker | null): Finding {
  return {
    server,
    what: `the schema ${schema}`,
    expected: 'nobody in it',
    got: marker === null ? 'another run' : `run ${marker.runId}, under way since ${marker.startedAt}`,
    mend: 'Wait for its end, or use another --schema.',
  };
}
