import assert from 'node:assert/strict';
import { Redis } from 'ioredis';
import { Container } from './container.ts';

const CONFIG = '/usr/local/etc/redis.conf';

/** With a configuration of the user's and a password on the command line. */
export async function proveRedis(
  tag: string,
  server: 'redis' | 'valkey',
  signal: AbortSignal,
): Promise<void> {
  await using container = await Container.start(
    {
      tag,
      port: 6379,
      files: { [CONFIG]: 'appendonly yes\nmaxmemory 32mb\n' },
      args: [`${server}-server`, CONFIG, '--requirepass', 'right'],
    },
    signal,
  );
  const set = await container.answer((port) => ask(port, 'right', (redis) => redis.set('k', 'v')));
  assert.equal(set, 'OK');
  const port = await container.port();
  await assert.rejects(
    ask(port, 'wrong', (redis) => redis.get('k')),
    /WRONGPASS/,
  );
  assert.deepEqual(await ask(port, 'right', (redis) => redis.config('GET', 'maxmemory')), [
    'maxmemory',
    '33554432',
  ]);
  assert.equal(
    (await container.exec('stat', '--format', '%U', '/proc/1', '/data')).trim(),
    `${server}\n${server}`,
  );
  await container.restart();
  assert.equal(await container.answer((port) => ask(port, 'right', (redis) => redis.get('k'))), 'v');
  await container.killAndStart();
  assert.equal(await container.answer((port) => ask(port, 'right', (redis) => redis.get('k'))), 'v');
}

/** Without a configuration, and without a password, it answers those who come through the published port. */
export async function proveOpenRedis(tag: string, signal: AbortSignal): Promise<void> {
  await using container = await Container.start({ tag, port: 6379 }, signal);
  assert.equal(await container.answer((port) => ask(port, undefined, (redis) => redis.ping())), 'PONG');
}

async function ask<T>(
  port: number,
  password: string | undefined,
  question: (redis: Redis) => Promise<T>,
): Promise<T> {
  const redis = new Redis({
    host: '127.0.0.1',
    port,
    ...(password === undefined ? {} : { password }),
    lazyConnect: true,
    retryStrategy: () => null,
    commandTimeout: 5_000,
  });
  let refusal: Error | undefined;
  redis.on('error', (error) => {
    refusal = error;
  });
  try {
    await redis.connect();
    return await question(redis);
  } catch (error) {
    throw refusal ?? error;
  } finally {
    redis.disconnect();
  }
}
