/** Attacks on exit codes and words: `node ci/proofs/attacks/errors.ts [word]`. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { attack } from '../attack.ts';
import type { Proof } from '../proof.ts';

const CLI = new URL('../../../harness/cli/', import.meta.url);
const MAIN = fileURLToPath(new URL('main.ts', CLI));
const LAUNCHER = fileURLToPath(new URL('cachestorm.cjs', CLI));
const OLD_NODE = fileURLToPath(new URL('fixtures/old-node.cjs', CLI));
const EVENT_WITHIN_MS = 180_000;
const MANY_CONNECTIONS = '--rate 500 --duration 1s --timeout 1s --connections 400'.split(' ');
const LOADING = 'await new Promise((resolve) => setTimeout(resolve, 8_000));';

/** Runs a scenario file, which has to be wrong usage by its name. */
const userFile =
  (code: string) =>
  async ({ folder, run }: Proof): Promise<void> => {
    await writeFile(join(folder, 'theirs.ts'), code);
    const { code: exitCode, stdout, stderr } = await run(['run', './theirs.ts'], { cwd: folder });
    assert.equal(exitCode, 2, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /theirs\.ts/);
    assert.doesNotMatch(stderr, /a bug in cachestorm/);
  };

/** Kills a server of the only trial's storm, by its program; the run has to name it. */
const lostServer =
  (program: string, product: RegExp) =>
  async ({ folder, run, signal }: Proof): Promise<void> => {
    const out = join(folder, 'out');
    const settings = ['--strategy', 'message-queue', '--variants', 'none', '--rounds', '1'];
    const ending = run(['run', 'write-consistency', ...settings, '--infra', 'local', '--out', out]);
    await seen(join(out, 'events.jsonl'), '"type":"storm-started"', signal);
    const [first = ''] = (await readFile(join(out, 'events.jsonl'), 'utf8')).split('\n');
    process.kill(await processWith(`CACHESTORM_RUN=${JSON.parse(first).runId}`, program), 'SIGKILL');
    const { code, stdout, stderr } = await ending;
    assert.equal(code, 3, stderr);
    assert.match(stderr, product);
    assert.doesNotMatch(stdout, /rows? (was|were) wrong/);
  };

async function seen(path: string, words: string, signal: AbortSignal): Promise<void> {
  for (let waitedMs = 0; waitedMs < EVENT_WITHIN_MS; waitedMs += 20) {
    if ((await readFile(path, 'utf8').catch(() => '')).includes(words)) return;
    await delay(20, undefined, { signal });
  }
  assert.fail(`${words} did not come within ${EVENT_WITHIN_MS / 1e3} s`);
}

/** Id of the process with `marker` in its environment and `program` in its command; Linux only, as it reads /proc. */
async function processWith(marker: string, program: string): Promise<number> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const read = (name: string) => readFile(`/proc/${pid}/${name}`, 'latin1').catch(() => '');
    const ours = (await read('environ')).split('\0').includes(marker);
    if (ours && (await read('cmdline')).includes(program)) return Number(pid);
  }
  return assert.fail(`no ${program} has ${marker}`);
}

await attack('errors', {
  'a file that exits while it is loaded': userFile('process.exit(0);'),
  'a file that exits later': userFile(`setTimeout(() => process.exit(0), 0); ${LOADING}`),
  'a file that never is done': userFile('await new Promise(() => {});'),
  'a file that never is done, and busy': userFile('setInterval(() => {}, 10); await new Promise(() => {});'),
  'a file that throws later': userFile(`setTimeout(() => { throw new Error('late'); }, 0); ${LOADING}`),
  'a file that rejects later': userFile(`void Promise.reject(new Error('late')); ${LOADING}`),
  'a file that leaves a timer': userFile('setInterval(() => {}, 1_000); export const x = 1;'),

  'a Node that is too old': async ({ folder, run }) => {
    const by = () => [process.execPath, '--require', OLD_NODE, LAUNCHER, '--version'];
    const { code, stderr } = await run([], { cwd: folder, by });
    assert.equal(code, 2);
    assert.match(stderr, /^error: cachestorm needs Node \d+ or newer, [^\n]+\n$/);
  },

  'a machine that allows 64 files': async ({ run }) => {
    const by = (args: readonly string[]) => [
      'sh',
      '-c',
      'ulimit -n 64; exec "$@"',
      'sh',
      process.execPath,
      MAIN,
      ...args,
    ];
    const { code, stderr } = await run(['load', 'http://127.0.0.1:1/', ...MANY_CONNECTIONS], { by });
    assert.equal(code, 2, stderr);
    assert.match(stderr, /this machine allows 64 \(ulimit -Hn\)/);
  },

  'a generator that may open no more files': async ({ folder, run }) => {
    const marker = `CACHESTORM_ATTACK=${folder}`;
    // Silent, so that each request keeps its connection.
    const server = createServer(() => {}).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const limited = once(server, 'request').then(async () => {
      const pid = await processWith(marker, 'generator-main');
      execFileSync('prlimit', ['--pid', String(pid), '--nofile=64']);
    });
    try {
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
      const by = (args: readonly string[]) => ['env', marker, process.execPath, MAIN, ...args];
      const { code, stderr } = await run(['load', url, ...MANY_CONNECTIONS], { by });
      await limited;
      assert.equal(code, 4, stderr);
      assert.match(stderr, /never sent \(EMFILE\).*ulimit -n/);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  },

  'a broker that is killed in the last trial': lostServer('beam.smp', /rabbitmq was lost during the run/),
  'a Redis that is killed in the last trial': lostServer('redis-server', /redis was lost during the run/),
  'a database that is killed in the last trial': lostServer('mariadbd', /mariadb was lost during the run/),
});
