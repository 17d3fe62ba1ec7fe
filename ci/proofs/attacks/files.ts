/** Attacks on users' files: `node ci/proofs/attacks/files.ts [word]`. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { attack } from '../attack.ts';

/** Where no server is: nothing can be measured, so nothing may be touched. */
const NO_SERVERS = { CACHESTORM_REDIS_SERVER: '/nowhere/redis-server' };
const THEIRS = ['samples/mine.json', 'report.html', 'summary.md', 'result.json', 'notes.txt'];

async function writeTheirs(folder: string): Promise<void> {
  await mkdir(join(folder, 'samples'));
  for (const name of THEIRS) await writeFile(join(folder, name), `theirs: ${name}`);
}

async function assertTheirs(folder: string): Promise<void> {
  for (const name of THEIRS) {
    assert.equal(await readFile(join(folder, name), 'utf8').catch(String), `theirs: ${name}`);
  }
}

await attack('files', {
  'an unset variable after --out': async ({ folder, run }) => {
    await writeTheirs(folder);
    const { code } = await run(['run', '--infra', 'local', '--out', ''], { cwd: folder, env: NO_SERVERS });
    await assertTheirs(folder);
    assert.equal(code, 2);
    assert.deepEqual(
      (await readdir(folder)).sort(),
      [...new Set(THEIRS.map((name) => name.split('/')[0]))].sort(),
    );
  },
});
