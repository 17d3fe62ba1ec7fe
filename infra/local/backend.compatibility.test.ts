import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Backend, BackendKind } from '../backend.ts';
import { describeBackend } from '../contract/backend.suite.ts';
import { CLIENTS } from '../contract/clients.ts';
import { describeFeature, describeServer } from '../contract/feature.ts';
import { LOOPBACK, listeningAddressesOf, processState } from '../contract/kernel.ts';
import { describeStart } from '../contract/start.suite.ts';
import { markedProcesses } from '../guardian/processes.ts';
import { startStack } from '../stack.ts';
import { type LocalDatabaseOptions, localDatabase } from './database.ts';
import type { Program } from './find/programs.ts';
import { findProgram } from './find.ts';
import type { LocalOptions, LocalServer } from './local-server.ts';
import { type LocalRabbitmqOptions, localRabbitmq } from './rabbitmq.ts';
import { type LocalRedisOptions, localRedis } from './redis.ts';

const LOCAL: Readonly<Record<BackendKind, (options?: TestOptions) => Backend>> = {
  redis: (options) => localRedis(options as LocalRedisOptions),
  database: (options) => localDatabase(options as LocalDatabaseOptions),
  rabbitmq: (options) => localRabbitmq(options as LocalRabbitmqOptions),
};
type TestOptions = LocalOptions & { readonly program?: Program; readonly templatePath?: string };

/** Only root may mount a tiny disk. */
const CAN_MOUNT = process.platform === 'linux' && process.getuid?.() === 0;

for (const kind of ['redis', 'database', 'rabbitmq'] as const) {
  const make = LOCAL[kind];
  describeServer({ kind, provider: 'local' }, () => {
    describeFeature('kill, pause, restart, flush', () => describeRunning(kind, make));
    describeFeature('starts, or says why not', () => describeStarting(kind, make));
  });
}

function describeRunning(kind: BackendKind, make: () => Backend): void {
  describeBackend({
    name: `local ${kind}`,
    kind,
    make,
    alsoWhileRunning(server, stack) {
      it('keeps its files in a private folder below the root', () => {
        const { root } = stack();
        expect(readdirSync(root).sort()).toEqual([kind, 'guardian.json'].sort());
        expect(statSync(root).mode & 0o777).toBe(0o700);
        expect(statSync(join(root, kind)).mode & 0o777).toBe(0o700);
      });

      it('marks every process of its own, and they listen on loopback only', () => {
        const marked = markedProcesses(stack().runId);
        expect(marked).toContain((server() as LocalServer).pid);
        const addresses = listeningAddressesOf(marked);
        expect(addresses.length).toBeGreaterThan(0);
        expect(addresses.filter((address) => !LOOPBACK.includes(address))).toEqual([]);
      });

      it('can be flushed by several at once', async () => {
        await using client = await CLIENTS[kind](server().url('service'));
        // Of several that delete the same thing at the same moment one comes first.
        for (let times = 0; times < 10; times++) {
          await client.put();
          await Promise.all(Array.from({ length: 8 }, () => server().flush()));
        }
        expect(await client.count()).toBe(0);
      });

      // A broker is given half a minute: too long for a test.
      if (kind !== 'rabbitmq') {
        it('is lost when it stands while it is to be flushed', async () => {
          await server().pause();
          await expect(server().flush()).rejects.toMatchObject({ code: 'E_BACKEND_LOST' });
          await server().resume();
        });
      }

      it('stands as soon as it is paused', async () => {
        const local = server() as LocalServer;
        await local.pause();
        expect(processState(local.pid)).toBe('T');
        await local.resume();
      });
    },
    isGone: async (server, { root, runId }) =>
      processState((server as LocalServer).pid) === undefined &&
      !existsSync(join(root, kind)) &&
      markedProcesses(runId).length === 0,
  });
}

function describeStarting(kind: BackendKind, make: (options?: TestOptions) => Backend): void {
  describeStart({
    name: `local ${kind}`,
    kind,
    async make({ script, ...options }, directory) {
      return make({ ...options, ...(script === undefined ? {} : await pretending(kind, script, directory)) });
    },
    ...(CAN_MOUNT
      ? { makeOnFullDisk: () => onFullDisk(make()), fullDisk: /only 0\.\d MiB are left in / }
      : {}),
    // Each server is given its password in another way; all of these are tried.
    printSecrets: 'cat - init.sql rabbitmq.conf .erlang.cookie',
    lives: async (runId) => markedProcesses(runId).length > 0,
    nothingLeft: async ({ root, runId }) =>
      !existsSync(join(root, kind)) && markedProcesses(runId).length === 0,
  });
}

/** A program of this kind that runs a shell script instead. The template is an empty folder, as its list says. */
async function pretending(kind: BackendKind, script: string, directory: string) {
  const path = join(directory, 'program');
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const templatePath = await mkdtemp(join(directory, 'template-'));
  await writeFile(join(templatePath, 'cachestorm-contents'), '');
  return { program: { ...(await findProgram(kind)), path }, templatePath };
}

/** Its own end of the pipe is closed with the test's process, however that ends. */
const MOUNT = 'mount -t tmpfs -o size=64k tmpfs "$1" && echo mounted && cat; umount -l "$1"; rmdir "$1"';

/** The same with a root on a file system of 64 kB. */
async function onFullDisk(backend: Backend): Promise<Backend & AsyncDisposable> {
  const root = await mkdtemp(join(tmpdir(), 'test-disk-'));
  const disk = spawn('sh', ['-c', MOUNT, 'sh', root], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = once(disk, 'exit');
  expect(String(await once(disk.stdout, 'data'))).toBe('mounted\n');
  return {
    ...backend,
    start: (context) => backend.start({ ...context, root }),
    async [Symbol.asyncDispose]() {
      disk.stdin.end();
      await gone;
    },
  };
}

it('tells the run at once that somebody has ended its server, and which', async () => {
  const runId = `test-ended-${process.pid}`;
  await using stack = await startStack({
    backends: [localRedis()],
    runId,
    signal: new AbortController().signal,
  });
  const aborted = once(stack.signal, 'abort');
  process.kill((stack.get('redis') as LocalServer).pid, 'SIGKILL');
  await aborted;
  expect(stack.signal.reason).toMatchObject({ code: 'E_BACKEND_LOST' });
  expect(stack.signal.reason.message).toMatch(
    /^(redis|valkey) was lost during the run: it was ended by SIGKILL/,
  );
});
