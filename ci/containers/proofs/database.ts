import assert from 'node:assert/strict';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { Container } from './container.ts';

/** What a quoted string of SQL or a shell might stumble over. */
const ROOT_PASSWORD = `r'o"o\\t $x %s`;

/** With all that can be asked of the first start: accounts, a schema, scripts of both kinds, a secret from a file. */
export async function proveDatabase(
  tag: string,
  product: 'mysql' | 'mariadb',
  signal: AbortSignal,
): Promise<void> {
  const client = product;
  await using container = await Container.start(
    {
      tag,
      port: 3306,
      env: {
        [`${product.toUpperCase()}_ROOT_PASSWORD_FILE`]: '/run/root-password',
        MYSQL_DATABASE: 'shop_1',
        MYSQL_USER: 'service',
        MYSQL_PASSWORD: 'right',
      },
      files: {
        '/run/root-password': `${ROOT_PASSWORD}\n`,
        '/docker-entrypoint-initdb.d/1-table.sql':
          'CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(9));\n',
        '/docker-entrypoint-initdb.d/2-row.sh': `sql shop_1 <<< "INSERT INTO item VALUES (1, 'first')"\n`,
      },
      args: ['--server-id=7', '--log-bin', '--binlog-format=ROW'],
    },
    signal,
  );
  const names = async (connection: Connection) => {
    const [rows] = await connection.query<RowDataPacket[]>('SELECT name FROM item ORDER BY id');
    return rows.map((row) => row.name);
  };
  assert.deepEqual(await container.answer((port) => ask(port, 'service', 'right', names)), ['first']);
  const port = await container.port();
  await assert.rejects(ask(port, 'service', 'wrong', names), { code: 'ER_ACCESS_DENIED_ERROR' });
  await assert.rejects(ask(port, 'root', 'right', names), { code: 'ER_ACCESS_DENIED_ERROR' });
  const settings = await ask(port, 'root', ROOT_PASSWORD, async (connection) => {
    const [rows] = await connection.query<RowDataPacket[]>(
      'SELECT @@server_id AS id, @@log_bin AS log, @@datadir AS data',
    );
    return rows[0];
  });
  assert.deepEqual({ ...settings }, { id: 7, log: 1, data: '/var/lib/mysql/' });
  assert.equal((await container.exec('stat', '--format', '%U', '/proc/1')).trim(), 'mysql');
  const version = await container.exec(
    client,
    '--user=service',
    '--password=right',
    '--execute=SELECT VERSION()',
  );
  assert.match(version, product === 'mariadb' ? /MariaDB/ : /^\d+\.\d+\.\d+/m);

  await ask(port, 'service', 'right', (connection) =>
    connection.query(`INSERT INTO item VALUES (2, 'second')`),
  );
  await container.restart();
  assert.deepEqual(await container.answer((port) => ask(port, 'service', 'right', names)), [
    'first',
    'second',
  ]);
  await container.killAndStart();
  assert.deepEqual(await container.answer((port) => ask(port, 'service', 'right', names)), [
    'first',
    'second',
  ]);
  assert.equal((await container.log()).split('initializing the database').length - 1, 1);
}

/** Without a word about the root password nothing is made, and the log says what is missing. */
export async function proveRefusal(
  tag: string,
  product: 'mysql' | 'mariadb',
  signal: AbortSignal,
): Promise<void> {
  await using container = await Container.start({ tag, port: 3306 }, signal);
  await assert.rejects(container.answer((port) => ask(port, 'root', '', (connection) => connection.ping())));
  assert.equal(await container.inspect('{{.State.ExitCode}}'), '1');
  assert.match(await container.log(), new RegExp(`uninitialized.*${product.toUpperCase()}_ROOT_PASSWORD`));
}

async function ask<T>(
  port: number,
  user: string,
  password: string,
  question: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await createConnection({
    host: '127.0.0.1',
    port,
    user,
    password,
    ...(user === 'service' ? { database: 'shop_1' } : {}),
    connectTimeout: 5_000,
  });
  try {
    return await question(connection);
  } finally {
    await connection.end();
  }
}
