import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { findings } from './findings.ts';
import { byHandInstructions, chooseAptPackages, chooseInstaller } from './plan.ts';
import { unitNames } from './services.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const run = promisify(execFile);
const bare = { aptGet: false, brew: false, root: false, passwordlessSudo: false };

describe('who installs', () => {
  it.each([
    [
      { ...bare, aptGet: true, root: true },
      { kind: 'install', installer: 'apt', become: [] },
    ],
    [
      { ...bare, aptGet: true, passwordlessSudo: true },
      { kind: 'install', installer: 'apt', become: ['sudo', '-n'] },
    ],
    [
      { ...bare, brew: true },
      { kind: 'install', installer: 'brew', become: [] },
    ],
    [
      { ...bare, aptGet: true, brew: true },
      { kind: 'install', installer: 'brew', become: [] },
    ],
    [
      { ...bare, brew: true, root: true },
      { kind: 'by-hand', reason: 'Homebrew must not be run as root' },
    ],
    [
      { ...bare, aptGet: true },
      { kind: 'by-hand', reason: 'installing takes root, and sudo asks for a password' },
    ],
    [bare, { kind: 'by-hand', reason: 'there is neither apt-get nor Homebrew on this machine' }],
  ])('is decided by the machine: %j', (machine, choice) => {
    expect(chooseInstaller(machine)).toEqual(choice);
  });

  it('takes the first name of a package that the lists know', async () => {
    const known = new Set(['redis-server', 'mariadb-server-core-10.6']);
    expect(await chooseAptPackages(['redis', 'database'], async (name) => known.has(name))).toEqual({
      kind: 'packages',
      packages: ['redis-server', 'mariadb-server-core-10.6'],
    });
    expect(await chooseAptPackages(['redis', 'rabbitmq'], async (name) => known.has(name))).toEqual({
      kind: 'unknown',
      need: 'rabbitmq',
      tried: ['rabbitmq-server'],
    });
  });

  it('says what to type where nothing can be installed', () => {
    const text = byHandInstructions(['database', 'rabbitmq'], 'no root').join('\n');
    expect(text).toContain('missing: database, rabbitmq. Not installed: no root.');
    expect(text).toContain('apt-get install --no-install-recommends mariadb-server-core rabbitmq-server');
    expect(text).toContain('brew install mariadb rabbitmq');
    expect(text).toContain('export CACHESTORM_RABBITMQ_SERVER=');
    expect(text).not.toContain('redis');
  });
});

it('names the units of a package, each once, without templates', () => {
  const files = [
    '/lib/systemd/system/redis-server.service',
    '/usr/lib/systemd/system/redis-server.service',
    '/lib/systemd/system/redis-server@.service',
    '/lib/systemd/system/epmd.socket',
    '/etc/redis/redis.conf',
  ];
  expect(unitNames(files.join('\n'))).toEqual(['redis-server.service', 'epmd.socket']);
});

describe('findings', () => {
  it('tells what is there and what an override spoils', async () => {
    const env = { PATH: process.env.PATH, CACHESTORM_REDIS_SERVER: '/nowhere' };
    const [redis, database] = await findings(['redis', 'database'], env);
    expect(redis).toMatchObject({
      status: 'unusable',
      reason: expect.stringContaining('CACHESTORM_REDIS_SERVER'),
    });
    expect(database).toMatchObject({ status: 'found', need: 'database' });
  });
});

describe('npm run setup', () => {
  const setUp = (args: readonly string[], env: Record<string, string> = {}) =>
    run(process.execPath, [MAIN, ...args], { env: { ...process.env, ...env } }).then(
      ({ stderr }) => ({ code: 0, stderr }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
    );

  it('is one line when nothing is missing', async () => {
    const { code, stderr } = await setUp([]);
    expect(stderr).toMatch(/^setup: (redis|valkey) [\d.]+, (mariadb|mysql) [\d.]+, rabbitmq [\d.]+\n$/);
    expect(code).toBe(0);
  });

  it('refuses what it does not know', async () => {
    expect(await setUp(['--with', 'postgres'])).toEqual({
      code: 2,
      stderr: 'setup: --with postgres: expected one of chromium\n',
    });
    expect((await setUp(['--wiht', 'chromium'])).code).toBe(2);
  });

  it('does not install over an override that is wrong', async () => {
    const { code, stderr } = await setUp([], { CACHESTORM_RABBITMQ_SERVER: '/nowhere' });
    expect([code, stderr]).toEqual([3, expect.stringContaining('CACHESTORM_RABBITMQ_SERVER=/nowhere')]);
  });
});
