import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { behindWrapper, expandDirectory, firstExecutable, pathDirectories } from './find/search.ts';
import { parseDatabaseVersion, parseRedisVersion, rabbitmqVersion } from './find/version.ts';
import { findProgram } from './find.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'test-find-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function program(path: string, says = ''): Promise<string> {
  const full = join(directory, path);
  await mkdir(join(full, '..'), { recursive: true });
  await writeFile(full, `#!/bin/sh\necho '${says}'\n`, { mode: 0o755 });
  return full;
}

describe('versions', () => {
  it.each([
    ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64', 'redis', '7.0.15'],
    ['Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64', 'valkey', '8.1.1'],
    ['Redis server v=8.0-rc1 sha=0', 'redis', '8.0-rc1'],
  ])('reads %s', (text, product, version) => {
    expect(parseRedisVersion(text)).toEqual({ product, version });
  });

  it.each([
    [
      'mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)',
      'mariadb',
      '10.11.19',
    ],
    ['/usr/sbin/mysqld  Ver 11.8.2-MariaDB for osx10.20 on arm64 (Homebrew)', 'mariadb', '11.8.2'],
    ['/usr/sbin/mysqld  Ver 9.7.4-2 for Linux on x86_64 ((Debian))', 'mysql', '9.7.4'],
    ['/usr/sbin/mysqld  Ver 8.4.3 for Linux on x86_64 (MySQL Community Server - GPL)', 'mysql', '8.4.3'],
  ])('reads %s', (text, product, version) => {
    expect(parseDatabaseVersion(text)).toEqual({ product, version });
  });

  it('knows nothing of other programs', () => {
    expect(parseRedisVersion('nginx version: 1.2')).toBeUndefined();
    expect(parseDatabaseVersion('postgres (PostgreSQL) 17')).toBeUndefined();
  });

  it.each(['rabbit-3.10.8', 'rabbit-4.1.0.ez'])('reads RabbitMQ from plugins/%s', async (plugin) => {
    const server = await program('sbin/rabbitmq-server');
    for (const name of [plugin, 'rabbit_common-9.9.9', 'rabbitmq_web_mqtt-9.9.9']) {
      await mkdir(join(directory, 'plugins', name), { recursive: true });
    }
    expect(await rabbitmqVersion(server)).toBe(/\d+\.\d+\.\d+/.exec(plugin)?.[0]);
  });
});

describe('the search', () => {
  it('prefers the earlier name to the earlier directory', async () => {
    await program('a/mysqld');
    const preferred = await program('b/mariadbd');
    const directories = [join(directory, 'a'), join(directory, 'b')];
    expect(await firstExecutable(['mariadbd', 'mysqld'], directories)).toBe(preferred);
  });

  it('skips what is not executable', async () => {
    await chmod(await program('a/redis-server'), 0o644);
    await mkdir(join(directory, 'b', 'redis-server'), { recursive: true });
    const found = await program('c/redis-server');
    const directories = ['a', 'b', 'missing', 'c'].map((name) => join(directory, name));
    expect(await firstExecutable(['redis-server'], directories)).toBe(found);
  });

  it('looks into every directory that a star stands for', async () => {
    await program('opt/one/bin/x');
    await program('opt/two/bin/y');
    expect(await expandDirectory(join(directory, 'opt/*/bin'))).toEqual(
      ['one', 'two'].map((name) => join(directory, 'opt', name, 'bin')),
    );
    expect(await expandDirectory(join(directory, 'nowhere/*/bin'))).toEqual([]);
  });

  it('ignores relative entries of the PATH', () => {
    expect(pathDirectories('.:/usr/bin::bin:/bin')).toEqual(['/usr/bin', '/bin']);
    expect(pathDirectories(undefined)).toEqual([]);
  });

  it('goes behind the wrapper that switches users', async () => {
    const inner = await program('lib/bin/rabbitmq-server');
    const wrapper = await program('lib/bin/rabbitmq-script-wrapper');
    await mkdir(join(directory, 'sbin'));
    await symlink(wrapper, join(directory, 'sbin/rabbitmq-server'));
    expect(await behindWrapper(join(directory, 'sbin/rabbitmq-server'))).toBe(inner);
    expect(await behindWrapper(inner)).toBe(inner);
  });
});

describe('findProgram', () => {
  it('takes the override before everything else', async () => {
    const path = await program('my-redis', 'Valkey server v=9.0.0 sha=0');
    expect(await findProgram('redis', { PATH: process.env.PATH, CACHESTORM_REDIS_SERVER: path })).toEqual({
      kind: 'redis',
      product: 'valkey',
      version: '9.0.0',
      path,
    });
  });

  it.each([
    ['/nowhere/redis-server', 'no such program'],
    ['redis-server', 'not an absolute path'],
    ['/bin/sh', 'does not answer as a redis server'],
  ])('refuses the override %s', async (path, reason) => {
    await expect(findProgram('redis', { CACHESTORM_REDIS_SERVER: path })).rejects.toMatchObject({
      code: 'E_BACKEND_OVERRIDE',
      message: expect.stringContaining(reason),
    });
  });

  it('finds the first on the PATH', async () => {
    const path = await program('bin/mariadbd', 'mariadbd  Ver 12.0.1-MariaDB for x');
    expect(await findProgram('database', { PATH: join(directory, 'bin') })).toMatchObject({
      path,
      version: '12.0.1',
    });
  });
});
