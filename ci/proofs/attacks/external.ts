/** Attacks on servers of somebody else: `node ci/proofs/attacks/external.ts [word]`. Their data may not change. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type ConfirmChannel, connect } from 'amqplib';
import { Redis } from 'ioredis';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { attack } from '../attack.ts';
import type { Proof, RunEnd } from '../proof.ts';

const SERVERS = fileURLToPath(
  new URL('../../../infra/external/fixtures/their-servers-main.ts', import.meta.url),
);
const QUEUES = ['run', 'nothing', 'changes', 'changes.0'].map((name) => `cachestorm.${name}`);
const MESSAGES =
  '[{element(2, amqqueue:get_name(Q)), rabbit_amqqueue:info(Q, [name, messages_ready, messages_unacknowledged])} || Q <- rabbit_amqqueue:list()].';
const COUNTED_WITHIN_LOOKS = 100;
const BETWEEN_LOOKS_MS = 200;
const STORM = [
  ...['write-consistency', '--strategy', 'message-queue', '--variants', 'none', '--rounds', '1'],
  ...['--set', 'profiles.smoke.stormMs=2500'],
];

interface Theirs extends AsyncDisposable {
  readonly env: Readonly<Record<'REDIS_URL' | 'MYSQL_URL' | 'AMQP_URL', string>>;
  readonly redis: Redis;
  readonly admin: Connection;
  readonly channel: ConfirmChannel;
  /** Has the broker do something, in Erlang. */
  control(expression: string): Promise<string>;
}

/** Servers with something of their owner's on each. */
async function startTheirs(): Promise<Theirs> {
  await using starting = new AsyncDisposableStack();
  const child: ChildProcess = spawn(process.execPath, [SERVERS], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  starting.defer(async () => {
    child.stdin?.end();
    await ended;
  });
  if (child.stdin === null || child.stdout === null) throw new Error('the servers have no pipes');
  const { stdin } = child;
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => JSON.parse(String((await lines.next()).value));
  const env: Theirs['env'] = await answer();
  const redis = starting.adopt(new Redis(env.REDIS_URL), (client) => client.disconnect());
  const admin = starting.adopt(await createConnection(env.MYSQL_URL), (connection) => connection.end());
  const broker = starting.adopt(await connect(env.AMQP_URL), (model) => model.close());
  const channel = await broker.createConfirmChannel();
  const cleanUp = starting.move();
  return {
    ...{ env, redis, admin, channel },
    async control(expression) {
      stdin.write(`${expression}\n`);
      return String(await answer());
    },
    [Symbol.asyncDispose]: () => cleanUp.disposeAsync(),
  };
}

/** All data, users and settings of the three. */
async function snapshot({ redis, admin, control }: Theirs): Promise<unknown> {
  const keys = (await redis.keys('*')).sort();
  const values = await Promise.all(keys.map(async (key) => (await redis.dumpBuffer(key))?.toString('hex')));
  const rows = async (sql: string) => (await admin.query<RowDataPacket[]>(sql))[0];
  const tables = await rows(
    "SELECT table_schema AS s, table_name AS t FROM information_schema.tables WHERE table_schema NOT IN ('information_schema', 'performance_schema', 'sys', 'mysql') ORDER BY 1, 2",
  );
  const contents = [];
  for (const { s, t } of tables) contents.push([s, t, await rows(`CHECKSUM TABLE \`${s}\`.\`${t}\``)]);
  return {
    redis: [keys, values, await redis.acl('LIST'), await redis.config('GET', '*')],
    database: [
      await rows('SHOW SCHEMAS'),
      contents,
      await rows('SELECT DISTINCT grantee FROM information_schema.user_privileges ORDER BY 1'),
    ],
    definitions: await control('rabbit_definitions:all_definitions().'),
    messages: await control(MESSAGES),
  };
}

/** Waits until all queues tell of their messages: a quorum queue does every few seconds. */
async function counted({ control }: Theirs): Promise<void> {
  for (let look = 0; look < COUNTED_WITHIN_LOOKS; look++) {
    if (!(await control(MESSAGES)).includes('{messages_ready, 0}')) return;
    await delay(BETWEEN_LOOKS_MS);
  }
  throw new Error('a queue does not tell of its message');
}

interface Expected {
  readonly code: number | readonly number[];
  readonly says?: RegExp;
}

/** Runs the command among what is there, which has to be the same afterwards. */
async function unharmed(theirs: Theirs, run: () => Promise<RunEnd>, { code, says }: Expected): Promise<void> {
  const before = await snapshot(theirs);
  const ended = await run();
  assert.deepEqual(await snapshot(theirs), before);
  assert.ok([code].flat().includes(ended.code ?? -1), `exit code ${ended.code}: ${ended.stderr}`);
  if (says !== undefined) assert.match(ended.stderr, says);
}

/** Whatever the verdict of so short a storm, it ran. */
const RAN = { code: [0, 1, 4] };

await using theirs = await startTheirs();
const external =
  ({ run, folder }: Proof, args: readonly string[] = [], changed: Partial<Theirs['env']> = {}) =>
  () =>
    run(['run', ...STORM, '--infra', 'external', '--out', 'out', ...args], {
      cwd: folder,
      env: { ...theirs.env, ...changed },
    });

/** Puts back what an attack has set, or a run has harmed. */
async function restore({ redis, admin, channel, control }: Theirs): Promise<void> {
  await redis.flushall();
  await redis.config('SET', 'maxmemory', '0');
  for (const schema of ['shop', 'cachestorm']) await admin.query(`DROP SCHEMA IF EXISTS ${schema}`);
  await admin.query("DROP USER IF EXISTS ann@'%'");
  await admin.query('SET GLOBAL general_log = 0, GLOBAL wait_timeout = 28800');
  for (const name of QUEUES) await channel.deleteQueue(name);
  await control('rabbit_policy:delete(<<"/">>, <<"theirs">>, <<"test">>).');
  await control('vm_memory_monitor:set_vm_memory_high_watermark(0.4).');
}

const attacks: Readonly<Record<string, (proof: Proof) => Promise<void>>> = {
  'queues of theirs with names that ours once had': async (proof) => {
    const { channel } = theirs;
    const quorum = { durable: true, arguments: { 'x-queue-type': 'quorum', 'x-delivery-limit': 0 } };
    for (const name of QUEUES) {
      await channel.assertQueue(name, name.endsWith('run') ? quorum : { durable: true });
      channel.sendToQueue(name, Buffer.from('theirs'), { persistent: true });
    }
    await channel.waitForConfirms();
    await counted(theirs);
    await unharmed(theirs, external(proof), RAN);
    for (const name of QUEUES) {
      const message = await channel.get(name);
      assert.ok(message !== false, `${name} has lost its message`);
      assert.equal(message.fields.redelivered, false, `${name} was looked at`);
      channel.ack(message);
    }
  },
  'a key of theirs with a name that ours once had': async (proof) => {
    await theirs.redis.set('cachestorm:marker:nothing', 'theirs');
    await unharmed(theirs, external(proof), { code: 3, says: /"cachestorm:marker:nothing"/ });
  },
  'tables of theirs, one with the name of the marker': async (proof) => {
    const { admin } = theirs;
    await admin.query('CREATE SCHEMA shop');
    for (const table of ['items', 'outbox', 'cachestorm_run'])
      await admin.query(`CREATE TABLE shop.${table} (id INT PRIMARY KEY, name TEXT)`);
    await unharmed(theirs, external(proof, ['--schema', 'shop']), {
      code: 3,
      says: /3 of somebody else, such as cachestorm_run, items, outbox/,
    });
  },
  'a marker as an earlier version wrote it, which names an account of theirs': async (proof) => {
    const { admin } = theirs;
    await admin.query("CREATE USER ann@'%' IDENTIFIED BY 'theirs'");
    await admin.query('CREATE SCHEMA shop');
    await admin.query(
      'CREATE TABLE shop.cachestorm_run (run_id VARCHAR(128) PRIMARY KEY, started_at VARCHAR(32), users VARCHAR(255), made_schema TINYINT)',
    );
    await admin.query("INSERT INTO shop.cachestorm_run VALUES ('dead', '2026-01-01T00:00:00Z', 'ann', 1)");
    await unharmed(theirs, external(proof, ['--schema', 'shop']), { code: 3, says: /1 of somebody else/ });
  },
  'a policy that drops messages': async (proof) => {
    await theirs.control(
      'rabbit_policy:set(<<"/">>, <<"theirs">>, <<".*">>, [{<<"message-ttl">>, 100}, {<<"max-length">>, 10}], 0, <<"queues">>, <<"test">>).',
    );
    await unharmed(theirs, external(proof), { code: 3, says: /the policies of the vhost .*list_policies/ });
  },
  'an alarm of the broker': async (proof) => {
    await theirs.control('vm_memory_monitor:set_vm_memory_high_watermark(0.000001).');
    await unharmed(theirs, external(proof), { code: 3, says: /its alarms: .*low on memory/ });
  },
  'a short wait_timeout': async (proof) => {
    const { admin } = theirs;
    await admin.query('SET SESSION wait_timeout = 28800');
    await admin.query('SET GLOBAL wait_timeout = 1');
    await unharmed(theirs, external(proof), RAN);
  },
  'a Redis that is full': async (proof) => {
    await theirs.redis.config('SET', 'maxmemory', '1');
    await unharmed(theirs, external(proof), { code: 3, says: /its memory: .*maxmemory 1 \(noeviction\)/ });
  },
  'a database number that is not there': async (proof) => {
    const REDIS_URL = theirs.env.REDIS_URL.replace(/\/\d*$/, '/99');
    await unharmed(theirs, external(proof, [], { REDIS_URL }), {
      code: 3,
      says: /database 99: .*none of that number/,
    });
  },
  'a Redis called a Sentinel': async (proof) => {
    const REDIS_URL = theirs.env.REDIS_URL.replace('redis:', 'redis+sentinel:').replace(
      /\/\d*$/,
      '/mymaster',
    );
    await unharmed(theirs, external(proof, [], { REDIS_URL }), {
      code: 3,
      says: /expected a Sentinel, got a Redis/,
    });
  },
  'passwords in the general log': async (proof) => {
    const { admin } = theirs;
    await admin.query("SET GLOBAL log_output = 'TABLE', GLOBAL general_log = 1");
    await external(proof)();
    const [rows] = await admin.query<RowDataPacket[]>(
      "SELECT argument FROM mysql.general_log WHERE argument LIKE '%Cs1-%' AND argument NOT LIKE '%general_log%'",
    );
    assert.deepEqual(rows, []);
  },
};

const restored = Object.entries(attacks).map(([name, make]) => [
  name,
  async (proof: Proof) => {
    await restore(theirs);
    await make(proof);
  },
]);
await attack('external', Object.fromEntries(restored));
