import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend, BackendKind, StartContext } from '../backend.ts';
import { describeBackend } from '../contract/backend.suite.ts';
import { CLIENTS } from '../contract/clients.ts';
import { eventually } from '../contract/eventually.ts';
import { LOOPBACK, listeningAddressesOf, processState } from '../contract/kernel.ts';
import { BackendStartError } from '../errors.ts';
import { markedProcesses } from '../guardian/processes.ts';
import { pickFreePort } from '../ports.ts';
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

const BACKENDS = (['redis', 'database', 'rabbitmq'] as const).map((kind) => ({
  kind,
  make: LOCAL[kind],
  connect: CLIENTS[kind],
}));
const SLOW_MS = 60_000;

for (const { kind, make } of BACKENDS) {
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

describe.each(BACKENDS)('starting local $kind', { timeout: SLOW_MS }, ({ kind, make, connect }) => {
  let root: string;
  const runId = `test-start-${kind}-${process.pid}`;
  const context = (signal = new AbortController().signal): StartContext => ({
    runId,
    root,
    signal,
    onProcess: () => {},
    onRemains: () => () => {},
  });
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), `test-start-${kind}-`));
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  /** A program of this kind that runs a shell script instead. The template is any folder. */
  async function pretending(script: string) {
    const path = join(root, 'program');
    await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    const templatePath = await mkdtemp(join(root, 'template-'));
    return { program: { ...(await findProgram(kind)), path }, templatePath };
  }

  function expectNothingLeft() {
    expect(existsSync(join(root, kind))).toBe(false);
    expect(markedProcesses(runId)).toEqual([]);
  }

  it('takes another port when the first is taken', async () => {
    const taken = await listen();
    const ports = [(taken.address() as { port: number }).port];
    try {
      await using server = await make({
        pickPort: async () => ports.pop() ?? pickFreePort(),
      }).start(context());
      await using client = await connect(server.url('service'));
      await client.put();
      expect(ports).toEqual([]);
    } finally {
      taken.close();
    }
    expectNothingLeft();
  });

  it('gives the end of its log when it dies', async () => {
    const options = await pretending('for i in $(seq 1 40); do echo "line $i"; done; exit 3');
    const failure = await make(options)
      .start(context())
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(BackendStartError);
    const { logTail, message } = failure as BackendStartError;
    expect(logTail.split('\n')).toEqual(Array.from({ length: 15 }, (_, index) => `line ${index + 26}`));
    expect(message).toContain('exited with code 3');
    expectNothingLeft();
  });

  it('keeps passwords out of the log that it gives', async () => {
    // Each server is given its password in another way; all of these are tried.
    const options = await pretending(
      'cat - init.sql rabbitmq.conf .erlang.cookie 2>/dev/null | grep -E "pass|IDENTIFIED|^.{36}$"; exit 1',
    );
    const failure = await make(options)
      .start(context())
      .catch((error: unknown) => error);
    expect((failure as BackendStartError).logTail).toContain('****');
    expect((failure as BackendStartError).logTail).not.toMatch(/[0-9a-f]{36}/);
  });

  it('gives up at its deadline and ends what it started', async () => {
    const options = await pretending('echo waiting; sleep 1000 & wait');
    const failure = await make({ ...options, deadlineMs: 300 })
      .start(context())
      .catch((error: unknown) => error);
    expect((failure as Error).message).toContain('no answer within 0.3 s');
    expect((failure as BackendStartError).logTail).toBe('waiting');
    expectNothingLeft();
  });

  it('stops starting when told to', async () => {
    const options = await pretending('sleep 1000');
    const abort = new AbortController();
    const starting = make(options)
      .start(context(abort.signal))
      .catch((error: unknown) => error);
    await eventually(() => markedProcesses(runId).length > 0, 'the process');
    const reason = new Error('interrupted');
    abort.abort(reason);
    // A timer's rejection wraps the reason as its cause.
    const failure = (await starting) as Error;
    expect(failure === reason || failure.cause === reason).toBe(true);
    expectNothingLeft();
  });
});

function listen(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen({ host: '127.0.0.1', port: 0 }, () => resolve(server));
  });
}
