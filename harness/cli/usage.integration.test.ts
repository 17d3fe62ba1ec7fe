/** Wrong usage: exit code 2, what is wrong by name, and nothing touched. */
import { access, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runProgram } from './program.ts';
import { type Ended, finish, start } from './testing.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Empty, and to stay so. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'usage-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** As a process of its own would end, without the time that one takes to start. */
async function endOf(args: readonly string[]): Promise<Ended> {
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += text;
      return true;
    });
  }
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await runProgram(args);
    return { ...written, code: Number(process.exitCode ?? 0) };
  } finally {
    process.exitCode = before;
    vi.restoreAllMocks();
  }
}

test.each([
  [['run', 'breakdwn'], 'unknown scenario "breakdwn"', 'Did you mean "breakdown"?'],
  [['run', '--strategy', 'none,mutx'], 'unknown strategy "mutx"', 'Did you mean "mutex"?'],
  [['run', '--strategy', 'none,none'], '"none" is named more than once', ''],
  [['run', '--profil', 'smoke'], "unknown option '--profil'", 'Did you mean --profile?'],
  [['run', '--profile', 'smok'], 'smok', 'Did you mean "smoke"?'],
  [['run', '--rounds', '1.5'], '--rounds', 'Expected a whole number from 1 to 100'],
  [['run', '--seed', 'x'], '--seed', 'Expected a whole number from 0 to 4294967295'],
  [['run', '--infra', 'clouds'], '--infra', 'Expected one of auto, local, containers'],
  [['run', '--image', 'reddis=redis:8'], '--image', 'Did you mean "redis"?'],
  [['run', '--infra', 'local', '--image', 'redis=redis:8'], '--image: no effect with --infra local', ''],
  [['run', '--infra', 'local', '--sentinel'], '--sentinel: no effect with --infra local', ''],
  [['run', '--set', 'origin.querMs=1'], 'origin.querMs', 'Did you mean "origin.queryMs"?'],
  [['run', '--set', 'origin.queryMs=slow'], 'expected number, got string "slow"', ''],
  [
    ['run', '--set', 'parameters.mutex.lockMs=-1'],
    'parameters.mutex.lockMs',
    'expected 1 to 600000 ms, got -1',
  ],
  [['run', '--threshold', 'db.read < 5'], '  db.read < 5\n  ^', 'Did you mean "db.reads"?'],
  [['run', '--threshold', 'db.read < 5'], 'The metrics are db.loadsPerExpiry, ', ''],
  [['run', '--threshold', 'goodput < 99'], 'goodput is a share of 1', 'write 99% or 9900%'],
  [['run', '--threshold', 'staleness.readRate < 1'], 'write 1% or 100%', ''],
  [['run', '--set', 'thresholds=["goodput > 150%"]'], 'thresholds.0', 'it never holds'],
  [['run', '--threshold', 'mutx: db.reads < 5'], '"mutx"', 'Did you mean "mutex"?'],
  [['run', '--threshold', 'vs nne: db.reads < 5%'], '"nne"', 'Did you mean "none"?'],
  [['run', '--threshold', 'none vs none: db.reads < 5%'], 'about no strategy', ''],
  [['run', '--set', 'thresholds=["db.reads <"]'], 'thresholds.0', 'expected a number at column 11'],
  [['run', '--set', 'margins={"db.read":0.1}'], 'margins.db.read', 'Did you mean "db.reads"?'],
  [['run', './absent.ts'], './absent.ts', 'no such file'],
  [['run', '--set', 'strategies.length=0th'], '--set strategies.length: no such setting', ''],
  [['run', '--set', 'parameters.__proto__.x=1'], 'parameters.__proto__.x', 'expected parameters.<strategy>'],
  [['run', '--image', 'constructor=foo'], '--image', 'Expected KIND=IMAGE'],
  [['run', '\u001b[2J\u202e'], 'unknown scenario "\\u{1b}[2J\\u{202e}"', ''],
  [['run', '--rounds', '\u001b[2J'], "argument '\\u{1b}[2J' is invalid", ''],
  [['rnu'], "unknown command 'rnu'", 'Did you mean run?'],
  [['load', 'http://example.com/', '--rate', '1'], 'url: example.com is not this machine', '--allow-remote'],
  [['load', 'http://10.0.0.1/{item}', '--rate', '1', '--keys', 'hot'], '10.0.0.1 is not this machine', ''],
  [['load', 'localhost:3000', '--rate', '1'], 'Expected a URL with http://', ''],
  [['load', 'http://localhost/'], '--rate: expected the requests per second', '--closed'],
  [['load', 'http://localhost/', '--rate', '0'], '--rate', 'Expected a number above 0, to 100000'],
  [['load', 'http://localhost/', '--rate', '2,000'], '--rate', 'Expected a number above 0'],
  [
    ['load', 'http://localhost/', '--rate', '1', '--duration', '10'],
    '--duration',
    'such as 500ms, 10s or 2m',
  ],
  [['load', 'http://localhost/', '--rate', '1', '--timeout', '0s'], '--timeout', 'from 1ms to 1m'],
  [
    ['load', 'http://localhost/', '--rate', '1', '--arrivals', 'poison'],
    '--arrivals',
    'Did you mean "poisson"?',
  ],
  [['load', 'http://localhost/', '--rate', '1', '--keys', 'hot'], '--keys: no effect without {item}', ''],
  [['load', 'http://localhost/{item}', '--rate', '1', '--keys', 'zipf'], '--keys', 'zipf:<exponent>:<count>'],
  [['load', 'http://localhost/', '--closed'], '--connections: expected with --closed', ''],
  [
    ['load', 'http://localhost/', '--closed', '--connections', '2', '--rate', '5'],
    '--rate: not with --closed',
    '',
  ],
  [['load', '--rate', '5'], "missing required argument 'url'", ''],
  [['selfcheck', '--check', 'wire-fni'], 'wire-fni', 'Did you mean "wire-fin"?'],
])('%j', async (args, what, hint) => {
  const out = args[0] === 'run' ? ['--out', join(folder, 'out')] : [];
  const { code, stdout, stderr } = await endOf([...args, ...out]);
  expect(stderr).toContain(what);
  expect(stderr).toContain(hint);
  expect([code, stdout]).toEqual([2, '']);
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  [['load', 'http://me:hidden-word@localhost/', '--rate', '1'], 'without user and password'],
  [['load', 'me:hidden-word@localhost/', '--rate', '1'], 'Expected a URL'],
  [['load', 'http://localhost:x/', '--rate', 'redis://me:hidden"\\word@h', '--seed', '1'], 'Expected'],
  [['run', 'breakdown', '--set', 'origin.queryMs=mysql://me:hidden-word@host/db'], 'origin.queryMs'],
  [['run', '--strategy', 'redis://me:hidden-word@host'], 'no such file'],
  [['run', '--profile', 'redis://me:hidden-word@host'], 'Expected one of'],
  [['report', 'redis://me:hidden-word@host'], 'expected the directory of a run'],
])('a password in what is refused is not shown: %j', async (args, why) => {
  const { code, stdout, stderr } = await finish(start(args, { cwd: folder }));
  expect(stderr).toContain(why);
  expect(stdout + stderr).not.toMatch(/hidden/);
  expect(stderr).toContain('****');
  expect(code).toBe(2);
});

test.each([
  'redis//me:hidden-word@h',
  'redis://me:hidden"\\word@h:x',
  'redis://me:hidden-word@h/99x',
  'hidden-word',
])('an address that can’t be used is not shown: %s', async (url) => {
  const env = { REDIS_URL: url, MYSQL_URL: url, AMQP_URL: url };
  const args = ['run', 'breakdown', '--infra', 'external', '--out', join(folder, 'out')];
  const { code, stdout, stderr } = await finish(start(args, { cwd: folder, env }));
  expect(stdout + stderr).not.toMatch(/hidden/);
  expect(stderr).toContain('REDIS_URL: ');
  expect(code).toBe(2);
});

test('is the same from a process of its own', async () => {
  const args = ['run', 'breakdwn', '--out', join(folder, 'out')];
  expect(await finish(start(args, { cwd: folder }))).toEqual(await endOf(args));
});

test('a directory that is not ours is refused, and left as it was', async () => {
  const { code, stderr } = await finish(start(['run', '--out', join(ROOT, 'docs')]));
  expect(code).toBe(2);
  expect(stderr).toContain('expected an empty directory or that of an earlier run, found');
  await access(join(ROOT, 'docs/examples'));
});

test('a working directory that was removed is one sentence', async () => {
  const gone = Object.assign(new Error('ENOENT: process.cwd failed'), { code: 'ENOENT', syscall: 'uv_cwd' });
  vi.spyOn(process, 'cwd').mockImplementation(() => {
    throw gone;
  });
  expect(await endOf(['run', './mine.ts'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error: the working directory: /),
  });
});
