/** Attacks on users' files and data: `node ci/proofs/attacks/files.ts [word]`. Linux only: prlimit and /proc. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { access, copyFile, cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { resultSchema } from '../../../harness/result/schema.ts';
import { attack } from '../attack.ts';
import type { Proof } from '../proof.ts';

/** Where no server is: nothing can be measured, so nothing may be touched. */
const NO_SERVERS = { CACHESTORM_REDIS_SERVER: '/nowhere/redis-server' };
const LOCAL = ['run', 'breakdown', '--infra', 'local'];
const QUICK = ['--rounds', '1', '--set', 'profiles.smoke.stormMs=1200', '--set', 'cache.ttlMs=400'];
const DEADLINE_MS = 120_000;

/** A folder as somebody works in it, with names as ours. */
async function writeTheirs(folder: string, files: Readonly<Record<string, string>> = {}): Promise<Tree> {
  const theirs = {
    ...{ 'samples/mine.json': '{}', 'samples/001-breakdown-r1-none.json': '{}', 'report.html': 'mine' },
    ...{ 'summary.md': 'mine', 'result.json': '{}', 'notes.txt': 'mine', ...files },
  };
  for (const [name, content] of Object.entries(theirs)) {
    await mkdir(join(folder, name, '..'), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return treeOf(folder);
}

type Tree = Readonly<Record<string, string>>;

/** Every file, and what is in it. */
async function treeOf(folder: string): Promise<Tree> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = async (file: string) =>
    [file.slice(folder.length + 1), await readFile(file, 'latin1')] as const;
  return Object.fromEntries((await Promise.all(files.map(read))).sort());
}

async function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** Waits for an event of the run in a directory. */
async function saw(proof: Proof, out: string, type: string): Promise<void> {
  const deadline = AbortSignal.any([proof.signal, AbortSignal.timeout(DEADLINE_MS)]);
  const events = () => readFile(join(out, 'events.jsonl'), 'utf8').catch(() => '');
  while (!(await events()).includes(`"type":"${type}"`)) await delay(20, undefined, { signal: deadline });
}

/** Runs until some trials are there, then interrupts. */
async function partOfARun(proof: Proof, out: string): Promise<void> {
  const child = proof.start([...LOCAL, ...QUICK, '--out', out]);
  const ended = once(child, 'close');
  await saw(proof, out, 'trial-finished');
  child.kill('SIGINT');
  await ended;
  assert.equal(child.exitCode, 130);
}

function limitFiles({ pid }: ChildProcess, bytes: number): void {
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}`]);
}

/** A directory reads as one run, or as none: no half files, no files of two runs. */
async function assertOneRun(proof: Proof, out: string): Promise<void> {
  const tree = await treeOf(out);
  const lines = (tree['events.jsonl'] ?? '').split('\n').slice(0, -1);
  const [start] = lines.map((line) => JSON.parse(line) as { runId?: string });
  for (const [name, text] of Object.entries(tree)) {
    if (name.endsWith('.json')) JSON.parse(text);
  }
  if (tree['result.json'] === undefined) return;
  assert.equal(resultSchema.parse(JSON.parse(tree['result.json'])).runId, start?.runId);
  const { code } = await proof.run(['report', out]);
  assert.ok(code === 0 || code === 1 || code === 4, `report ends with ${code}`);
}

await attack('files', {
  'an unset variable after --out': async ({ folder, run }) => {
    const before = await writeTheirs(folder);
    for (const out of ['', ' ']) {
      const { code } = await run([...LOCAL, '--out', out], { cwd: folder, env: NO_SERVERS });
      assert.deepEqual([code, await treeOf(folder)], [2, before]);
    }
  },

  'directories that only look like ours': async ({ folder, run }) => {
    const plans = {
      terraform: { 'plan.json': '{"terraform":1}' },
      empty: { 'plan.json': '{}', 'events.jsonl': '' },
      near: {
        'plan.json':
          '{"planVersion":1,"seed":1,"profile":"smoke","infra":"local","scenarios":[],"trials":[]}',
        'events.jsonl': '{"type":"run-started","runId":"mine","planHash":"none"}\n',
      },
    };
    for (const [name, files] of Object.entries(plans)) {
      const out = join(folder, name);
      const before = await writeTheirs(out, files);
      for (const args of [[], ['--force']]) {
        const { code } = await run([...LOCAL, '--out', out, ...args], { env: NO_SERVERS });
        assert.deepEqual([code, await treeOf(out)], [2, before], name);
      }
    }
  },

  'places where no directory can be': async ({ folder, run }) => {
    await writeFile(join(folder, 'file'), 'mine');
    await symlink('/proc/nope', join(folder, 'link'));
    const places = [
      '/proc/nope',
      '/proc/nope/deeper',
      '/dev/null',
      '/',
      'file',
      'file/deeper',
      'link',
      'x'.repeat(300),
    ];
    for (const out of places) {
      const { code, stderr } = await run([...LOCAL, '--out', out], { cwd: folder, env: NO_SERVERS });
      assert.equal(code, 2, `${out.slice(0, 20)}: ${stderr}`);
      assert.match(stderr, /^error: [^\n]*\n$/);
    }
  },

  'the same --out again and again': async (proof) => {
    const { folder, run } = proof;
    const out = join(folder, 'out');
    await partOfARun(proof, out);
    await writeFile(join(out, 'samples', 'mine.txt'), 'mine');
    const before = await treeOf(out);
    const refused = await run([...LOCAL, ...QUICK, '--out', out]);
    assert.deepEqual([refused.code, await treeOf(out)], [2, before]);
    const failed = await run([...LOCAL, ...QUICK, '--out', out, '--force'], { env: NO_SERVERS });
    assert.deepEqual([failed.code, await treeOf(out)], [3, before]);
    const replaced = await run([...LOCAL, ...QUICK, '--strategy', 'mutex', '--out', out, '--force']);
    assert.ok(replaced.code === 0 || replaced.code === 4, replaced.stderr);
    const after = await treeOf(out);
    assert.equal(after['samples/mine.txt'], 'mine');
    assert.notEqual(after['result.json'], before['result.json']);
    await assertOneRun(proof, out);
  },

  'kill -9 while one run takes the place of another': async (proof) => {
    const { folder, start, signal } = proof;
    const kept = join(folder, 'kept');
    await partOfARun(proof, kept);
    const before = await treeOf(kept);
    for (let turn = 0; turn < 12; turn++) {
      const out = join(folder, `out-${turn}`);
      await cp(kept, out, { recursive: true });
      const child = start([...LOCAL, ...QUICK, '--out', out, '--force']);
      const ended = once(child, 'close');
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(DEADLINE_MS)]);
      // The first change that can be seen, and a little later each time.
      while (await isThere(join(out, 'result.json'))) await delay(0, undefined, { signal: deadline });
      await delay(turn / 2, undefined, { signal: deadline });
      child.kill('SIGKILL');
      await ended;
      const after = await treeOf(out);
      // What is left of the earlier run is beside its own beginning only.
      if ('report.html' in after) assert.equal(after['events.jsonl'], before['events.jsonl']);
      await assertOneRun(proof, out);
      const again = await proof.run([...LOCAL, '--out', out, '--force'], { env: NO_SERVERS });
      assert.equal(again.code, 3, again.stderr);
    }
  },

  'ten runs at once in one --out': async ({ folder, run }) => {
    const args = [...LOCAL, ...QUICK, '--strategy', 'mutex', '--out', join(folder, 'out')];
    const ends = await Promise.all(Array.from({ length: 10 }, () => run(args)));
    const refused = ends.filter(({ code }) => code === 2);
    assert.equal(refused.length, 9, ends.map(({ code }) => code).join(', '));
    for (const { stderr } of refused) assert.match(stderr, /another command works in it|holds the result/);
  },

  'a disk that gets full at every size': async (proof) => {
    const { folder, start, run } = proof;
    for (const bytes of [0, 1_000, 10_000, 100_000]) {
      const out = join(folder, `full-${bytes}`);
      const child = start([...LOCAL, ...QUICK, '--strategy', 'none,mutex', '--out', out]);
      const ended = once(child, 'close');
      await saw(proof, out, 'trial-finished');
      limitFiles(child, bytes);
      await ended;
      assert.equal(child.exitCode, 3);
      assert.deepEqual(
        Object.keys(await treeOf(out)).filter((name) => name.endsWith('.tmp')),
        [],
      );
      // Where only the reports were too large, all is measured, and 0 may be the verdict.
      const { code, stderr } = await run(['report', out]);
      assert.ok(code === 0 || code === 4, stderr);
      await assertOneRun(proof, out);
    }
  },

  'an --out that is taken away': async (proof) => {
    const { folder, start } = proof;
    const out = join(folder, 'out');
    const child = start([...LOCAL, ...QUICK, '--out', out]);
    const ended = once(child, 'close');
    await saw(proof, out, 'trial-finished');
    await rm(out, { recursive: true });
    await ended;
    assert.equal(child.exitCode, 3);
    await assert.rejects(readdir(out), { code: 'ENOENT' });
  },

  'files of a run that were changed': async (proof) => {
    const { folder, run } = proof;
    const kept = join(folder, 'kept');
    await partOfARun(proof, kept);
    const samples = (await readdir(join(kept, 'samples'))).filter((name) => name.endsWith('.json'));
    const [sample = ''] = samples;
    const changes: Readonly<Record<string, (out: string) => Promise<void>>> = {
      'half a sample': (out) => writeFile(join(out, 'samples', sample), '{"sampleVersion":1,'),
      'a sample in another’s place': (out) =>
        copyFile(join(out, 'samples', sample), join(out, 'samples', sample.replace('001', '002'))),
      'no plan': (out) => rm(join(out, 'plan.json')),
      'another plan': (out) => writeFile(join(out, 'plan.json'), '{}'),
      'no events': (out) => rm(join(out, 'events.jsonl')),
      'no samples': (out) => rm(join(out, 'samples'), { recursive: true }),
    };
    for (const [name, change] of Object.entries(changes)) {
      const out = join(folder, name.replaceAll(' ', '-'));
      await cp(kept, out, { recursive: true });
      await change(out);
      const { code, stderr } = await run(['report', out]);
      assert.match(stderr, code === 4 ? /^$/ : /^error: [^\n]*\n$/, name);
      assert.ok(code === 2 || code === 4, `${name}: ${code}`);
    }
  },

  'passwords in what is refused': async ({ folder, run }) => {
    const url = 'redis://me:hid"den\\@host:x/y';
    const refused = [
      ['load', url, '--rate', '1'],
      ['run', 'breakdown', '--set', `origin.queryMs=${url}`],
      ['run', '--profile', url],
      ['run', url],
      ['report', url],
    ];
    for (const args of refused) {
      const { code, stdout, stderr } = await run(args, { cwd: folder, env: { REDIS_URL: url } });
      assert.equal(code, 2, stderr);
      assert.doesNotMatch(stdout + stderr, /hid/);
    }
  },
});
