import assert from 'node:assert/strict';
import { type Channel, connect } from 'amqplib';
import { Container } from './container.ts';

/** With an account and a virtual host of the user's, a plugin and a setting; a durable queue keeps its message. */
export async function proveRabbitmq(tag: string, signal: AbortSignal): Promise<void> {
  await using container = await Container.start(
    {
      tag,
      port: 5672,
      env: {
        RABBITMQ_DEFAULT_USER: 'service',
        RABBITMQ_DEFAULT_PASS: 'right',
        RABBITMQ_DEFAULT_VHOST: 'shop',
      },
      files: {
        '/etc/rabbitmq/enabled_plugins': '[rabbitmq_consistent_hash_exchange].\n',
        '/etc/rabbitmq/conf.d/90-proof.conf': 'heartbeat = 17\n',
      },
    },
    signal,
  );
  const publish = async (channel: Channel) => {
    await channel.assertQueue('q', { durable: true });
    await channel.assertExchange('hashed', 'x-consistent-hash', { durable: true });
    // With this exchange the key of a binding is its queue's weight.
    await channel.bindQueue('q', 'hashed', '1');
    channel.publish('hashed', 'a key', Buffer.from('kept'), { persistent: true });
    return (await channel.checkQueue('q')).queue;
  };
  const keptMessages = async (channel: Channel) => {
    const message = await channel.get('q');
    return message === false ? undefined : message.content.toString();
  };
  assert.equal(await container.answer((port) => ask(port, 'right', publish)), 'q');
  await assert.rejects(
    container.port().then((port) => ask(port, 'wrong', keptMessages)),
    /ACCESS.REFUSED/i,
  );
  assert.equal((await container.exec('stat', '--format', '%U', '/proc/1')).trim(), 'rabbitmq');
  await container.exec('rabbitmq-diagnostics', '--quiet', 'check_running');
  assert.match(await container.exec('rabbitmqctl', 'environment'), /\{heartbeat,17\}/);
  assert.match(await container.exec('rabbitmqctl', '--quiet', 'list_vhosts'), /^shop$/m);
  assert.match(await container.exec('rabbitmqctl', '--quiet', 'list_queues', '--vhost', 'shop'), /^q\t1$/m);
  await container.restart();
  assert.equal(await container.answer((port) => ask(port, 'right', keptMessages)), 'kept');
  await container.killAndStart();
  // It was not acknowledged.
  assert.equal(await container.answer((port) => ask(port, 'right', keptMessages)), 'kept');
}

async function ask<T>(
  port: number,
  password: string,
  question: (channel: Channel) => Promise<T>,
): Promise<T> {
  const connection = await connect(
    { hostname: '127.0.0.1', port, username: 'service', password, vhost: 'shop' },
    { timeout: 10_000 },
  );
  // A refusal of the question comes as an error of the connection, too.
  connection.on('error', () => {});
  try {
    return await question(await connection.createChannel());
  } finally {
    await connection.close().catch(() => {});
  }
}
