/**
 * `npm run proof:breakdown -- [runs]`: the breakdown scenario's smoke profile several times in a row, each held to
 * the figures that theory gives for two instances, and to a minute.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resultSchema } from '../../harness/result/schema.ts';
import { prove } from './proof.ts';

const LIMIT_SEC = 60;

const runs = Number(process.argv[2] ?? 5);
await prove('breakdown', async ({ folder, run }) => {
  let failures = 0;
  for (let turn = 1; turn <= runs; turn++) {
    const startedMs = performance.now();
    const { code } = await run([
      ...['run', 'breakdown', '--profile', 'smoke', '--seed', '7', '--force', '--out', folder],
    ]);
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
  return failures === 0;
});
