/** Somebody else's servers that have less room than a run asks for, from the start or from its middle on. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTheirServers, type TheirServers } from '../../infra/external/fixtures/their-servers.ts';
import type { TheirDatabase } from '../../infra/external/testing.ts';
import { resultSchema } from '../result/schema.ts';
import { finish, start } from './testing.ts';

const SLOW_MS = 300_000;
const cleanUp = new AsyncDisposableStack();
let database: TheirDatabase;
let env: TheirServers['env'];
beforeAll(async () => {
  ({ env, database } = cleanUp.use(await startTheirServers()));
}, SLOW_MS);
afterAll(() => cleanUp.disposeAsync(), SLOW_MS);

let folder: string;
let out: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'limits-test-'));
  out = join(folder, 'out');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const OURS = ['--infra', 'external', '--key-prefix', 'storm:', '--schema', 'storm', '--variants', 'none'];
const launch = (...args: readonly string[]) =>
  start(['run', ...args, ...OURS, '--rounds', '1', '--out', out], { cwd: folder, env });

async function happened(type: string): Promise<void> {
  const events = () => readFile(join(out, 'events.jsonl'), 'utf8').catch(() => '');
  await expect.poll(events, { timeout: 60_000, interval: 20 }).toContain(`"type":"${type}"`);
}

async function warnings() {
  const { scenarios, interrupted } = resultSchema.parse(
    JSON.parse(await readFile(join(out, 'result.json'), 'utf8')),
  );
  return { interrupted, found: scenarios[0]?.warnings ?? [] };
}

/** Sets a global variable until the test is over. */
async function changed(name: string, value: number) {
  const [[row]] = await database.admin.query<RowDataPacket[]>(`SELECT @@GLOBAL.${name} AS value`);
  const to = (wanted: unknown) => database.admin.query(`SET GLOBAL ${name} = ${wanted}`);
  await to(value);
  return { [Symbol.asyncDispose]: async () => void (await to(row?.value)) };
}

describe('run --infra external, where there is little room', { timeout: SLOW_MS }, () => {
  test('is refused with what it needs, what there is, and the statement', async () => {
    await using _connections = await changed('max_connections', 30);
    await using _packet = await changed('max_allowed_packet', 65_536);
    const { code, stderr } = await finish(
      launch('breakdown', '--strategy', 'none', '--set', 'dataset.valueBytes=20000'),
    );
    expect([code, stderr]).toEqual([3, expect.stringContaining('max_connections')]);
    // Two instances of 16, and the harness's own.
    expect(stderr).toMatch(
      /room for 48 connections.*SET GLOBAL max_connections = \d+; or lower origin\.poolSize/s,
    );
    expect(stderr).toMatch(
      /max_allowed_packet.*85536 bytes at least.*SET GLOBAL max_allowed_packet = 86016/s,
    );
    expect(await readdir(join(out, 'samples')).catch(() => [])).toEqual([]);
  });

  test('is void, with the limit’s name, when the room is taken meanwhile', async () => {
    const run = finish(launch('breakdown', '--strategy', 'none', '--set', 'profiles.smoke.stormMs=1200'));
    await happened('trial-started');
    await using _ = await changed('max_connections', 12);
    const { code, stderr } = await run;
    expect(code, stderr).toBe(4);
    const { found } = await warnings();
    expect(found.find(({ code: of }) => of === 'database-errors')).toMatchObject({
      voids: true,
      message: expect.stringMatching(/^the database refused \d+ .* ER_CON_COUNT_ERROR \(max_connections\)/),
    });
  });

  test('loses one trial when its binary log is purged, and goes on', async () => {
    const run = finish(
      launch(
        ...['write-consistency', '--strategy', 'cache-aside,versioned'],
        ...['--set', 'profiles.smoke.stormMs=1500'],
      ),
    );
    await happened('storm-started');
    await database.admin.query('FLUSH BINARY LOGS');
    const purge = async () => {
      const [logs] = await database.admin.query<RowDataPacket[]>('SHOW BINARY LOGS');
      await database.admin.query(`PURGE BINARY LOGS TO '${logs.at(-1)?.Log_name}'`);
      return logs.length;
    };
    await expect.poll(purge, { timeout: 20_000, interval: 50 }).toBe(1);
    const { code, stderr } = await run;
    expect([0, 1, 4], stderr).toContain(code);
    expect(stderr).toContain('void, once more: write-consistency');
    const { interrupted, found } = await warnings();
    expect(interrupted).toBe(false);
    const lost =
      /^the first try was void .*what was committed during the storm is not known: the binary log can't be read/;
    expect(
      found.filter(({ code: of, message }) => of === 'trial-repeated' && lost.test(message)),
    ).toHaveLength(1);
    expect(found.map(({ code: of }) => of)).not.toContain('commits-lost');
  });
});
