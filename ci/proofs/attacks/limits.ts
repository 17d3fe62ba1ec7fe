/** Attacks by settings that ask for more than there is, and by impatience: `node ci/proofs/attacks/limits.ts [word]`. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { resultSchema } from '../../../harness/result/schema.ts';
import { attack } from '../attack.ts';

const QUICK = ['--infra', 'local', '--variants', 'none', '--rounds', '1'];
const STORM = ['--set', 'profiles.smoke.stormMs=1500'];
/** Until an interrupted run has put everything away; its servers alone may take some seconds. */
const ENDED_MS = 15_000;

const set = (...settings: readonly string[]) => settings.flatMap((setting) => ['--set', setting]);

async function resultIn(out: string) {
  const result = resultSchema.parse(JSON.parse(await readFile(join(out, 'result.json'), 'utf8')));
  const [scenario] = result.scenarios;
  assert.ok(scenario !== undefined, 'nothing was measured');
  return { result, scenario, codes: scenario.warnings.map(({ code }) => code) };
}

/** Waits until a file has a text. */
async function has(path: string, text: string, signal: AbortSignal): Promise<void> {
  while (!(await readFile(path, 'utf8').catch(() => '')).includes(text))
    await delay(50, undefined, { signal });
}

await attack('limits', {
  'more connections than a database has by default': async ({ folder, run }) => {
    const out = join(folder, 'out');
    const settings = [
      ...['service.instances=4', 'origin.poolSize=200', 'origin.queryMs=1000', 'load.ratePerSec=2000'],
      ...['cache.ttlMs=60000', 'start=cold'],
    ];
    const args = ['run', 'breakdown', '--strategy', 'none', ...QUICK, ...STORM, ...set(...settings)];
    const { stderr } = await run([...args, '--out', out]);
    const { scenario, codes } = await resultIn(out);
    assert.ok(!codes.includes('database-errors'), stderr);
    const [none] = scenario.strategies;
    // Nobody finds anything before the first query is answered, so each has a connection of its own.
    assert.ok((none?.metrics['db.reads']?.median ?? 0) > 500, JSON.stringify(none?.metrics['db.reads']));
  },

  'rows of a megabyte': async ({ folder, run }) => {
    const out = join(folder, 'out');
    const settings = set('dataset.rows=40', 'dataset.valueBytes=1000000', 'load.ratePerSec=20');
    const args = ['run', 'breakdown', '--strategy', 'none', ...QUICK, ...STORM, ...settings];
    const { stderr } = await run([...args, '--out', out]);
    const { scenario, codes } = await resultIn(out);
    assert.ok(!codes.includes('database-errors'), stderr);
    assert.equal(scenario.strategies[0]?.metrics['requests.errors']?.median, 0);
  },

  'more than the machine has, of everything': async ({ folder, run }) => {
    const out = join(folder, 'out');
    const settings = [
      ...['service.instances=16', 'maxConnections=10000', 'load.ratePerSec=null', 'load.timesCapacity=100'],
      ...['dataset.rows=5000000', 'dataset.valueBytes=1000000', 'preload=true'],
    ];
    const { code, stderr } = await run(['run', 'breakdown', ...QUICK, ...set(...settings), '--out', out]);
    assert.equal(code, 2);
    for (const named of ['load.timesCapacity', 'dataset.valueBytes', 'dataset.rows']) {
      assert.ok(stderr.includes(`breakdown: ${named}: `), stderr);
    }
    await assert.rejects(access(out), 'a directory was made for it');
  },

  'Ctrl-C while two million rows are written': async ({ folder, start, signal }) => {
    const out = join(folder, 'out');
    const child = start(['run', 'breakdown', ...QUICK, ...set('dataset.rows=2000000'), '--out', out]);
    await has(join(out, 'events.jsonl'), '"type":"dataset-growing"', signal);
    const ended = once(child, 'exit', { signal: AbortSignal.any([signal, AbortSignal.timeout(ENDED_MS)]) });
    child.kill('SIGINT');
    const [code] = await ended.catch(() => assert.fail(`still there after ${ENDED_MS / 1e3} s`));
    assert.equal(code, 130);
  },
});
