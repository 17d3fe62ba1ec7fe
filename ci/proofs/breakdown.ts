/**
 * `npm run proof:breakdown -- [runs]`: the breakdown scenario's smoke profile several times in a row, each held to
 * the figures that theory gives for two instances, and to a minute.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { resultSchema } from '../../harness/result/schema.ts';

const MAIN = fileURLToPath(new URL('../../harness/cli/main.ts', import.meta.url));
const LIMIT_SEC = 60;

const runs = Number(process.argv[2] ?? 5);
const folder = await mkdtemp(join(tmpdir(), 'proof-breakdown-'));
let failures = 0;
try {
  for (let turn = 1; turn <= runs; turn++) {
    const startedMs = performance.now();
    const args = ['run', 'breakdown', '--profile', 'smoke', '--seed', '7', '--out', folder, '--json'];
    const [code] = (await once(spawn(process.execPath, [MAIN, ...args], { stdio: 'ignore' }), 'exit')) as [
      number,
    ];
    const seconds = (performance.now() - startedMs) / 1000;
    const result = resultSchema.parse(JSON.parse(await readFile(join(folder, 'result.json'), 'utf8')));
    const loads = (name: string) =>
      result.scenarios[0]?.strategies.find((strategy) => strategy.name === name)?.metrics['db.loadsPerExpiry']
        ?.median ?? Number.NaN;
    const [none, flight, mutex, logical] = ['none', 'single-flight', 'mutex', 'logical-expiry'].map(
      loads,
    ) as [number, number, number, number];
    const holds =
      code === 0 &&
      seconds < LIMIT_SEC &&
      none >= 10 * flight &&
      Math.abs(flight - 2) <= 0.3 &&
      Math.abs(mutex - 1) <= 0.15 &&
      Math.abs(logical - 1) <= 0.15;
    if (!holds) failures++;
    const figures = `none ${none.toFixed(1)}, single-flight ${flight}, mutex ${mutex}, logical-expiry ${logical}`;
    console.log(
      `run ${turn}: ${figures}; exit code ${code}, ${seconds.toFixed(1)} s${holds ? '' : '  FAILED'}`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = failures === 0 ? 0 : 1;
