import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Role, StartContext, StartedBackend } from '../backend.ts';
import { BackendStartError } from '../errors.ts';
import { markedProcesses } from '../guardian/processes.ts';
import { type Stack, startStack } from '../stack.ts';
import { findProgram } from './find.ts';
import { pickFreePort } from './process/ports.ts';
import { BACKENDS, commandLines, eventually, listeningAddresses, processState } from './testing.ts';

const ROLES: readonly Role[] = ['service', 'relay', 'probe'];
const LOOPBACK = ['0100007F', '00000000000000000000000001000000', '0000000000000000FFFF00000100007F'];
const SLOW_MS = 60_000;

describe.each(BACKENDS)('local $kind', { timeout: SLOW_MS }, ({ kind, make, connect }) => {
  const runId = `test-${kind}-${process.pid}`;
  let stack: Stack;
  let server: StartedBackend;
  beforeAll(async () => {
    stack = await startStack({ backends: [make()], runId, signal: new AbortController().signal });
    server = stack.get(kind);
  }, SLOW_MS);
  afterAll(() => stack?.[Symbol.asyncDispose](), SLOW_MS);

  it('answers every role', async () => {
    for (const role of ROLES) {
      await using client = await connect(server.url(role));
      await client.put();
    }
    await using client = await connect(server.url('probe'));
    expect(await client.count()).toBe(3);
  });

  it('keeps its files in a private folder below the root', () => {
    expect(readdirSync(stack.root).sort()).toEqual([kind, 'guardian.json'].sort());
    expect(statSync(stack.root).mode & 0o777).toBe(0o700);
    expect(statSync(join(stack.root, kind)).mode & 0o777).toBe(0o700);
  });

  it('marks every process of its own', () => {
    expect(markedProcesses(runId)).toContain(server.pid);
  });

  it('listens on loopback only', () => {
    const addresses = listeningAddresses(markedProcesses(runId));
    expect(addresses.length).toBeGreaterThan(0);
    expect(addresses.filter((address) => !LOOPBACK.includes(address))).toEqual([]);
  });

  it('shows no password on any command line', () => {
    const passwords = ROLES.map((role) => new URL(server.url(role)).password);
    const lines = commandLines();
    expect(passwords.every((password) => password.length >= 24)).toBe(true);
    expect(lines.filter((line) => passwords.some((password) => line.includes(password)))).toEqual([]);
  });

  it('refuses a wrong password', async () => {
    const url = new URL(server.url('service'));
    url.password = 'wrong';
    await expect(connect(url.href)).rejects.toThrow();
  });

  it('holds nothing after a flush', async () => {
    await using client = await connect(server.url('service'));
    await client.put();
    await server.flush();
    await using fresh = await connect(server.url('service'));
    expect(await fresh.count()).toBe(0);
  });

  it('answers a request made while paused only after resume', async () => {
    await using client = await connect(server.url('service'));
    await client.count();
    const order: string[] = [];
    server.pause();
    await eventually(() => processState(server.pid) === 'T', 'a stopped process');
    const answer = client.count().then(() => order.push('answered'));
    // Not to wait for something, but to give a server that is not paused the time to answer.
    await delay(150);
    order.push('resumed');
    server.resume();
    await answer;
    expect(order).toEqual(['resumed', 'answered']);
    server.resume();
  });

  it('is gone after kill, and refuses what needs it', async () => {
    const { pid } = server;
    await server.kill();
    await server.kill();
    expect(processState(pid)).toBeUndefined();
    await expect(connect(server.url('service'))).rejects.toThrow();
    expect(() => server.pause()).toThrow(expect.objectContaining({ code: 'E_BACKEND_STOPPED' }));
    await expect(server.flush()).rejects.toMatchObject({ code: 'E_BACKEND_STOPPED' });
    server.resume();
  });

  it('comes back on the same port with the same credentials', async () => {
    const before = { pid: server.pid, url: server.url('service') };
    await server.restart();
    expect(server.url('service')).toBe(before.url);
    expect(server.pid).not.toBe(before.pid);
    await using client = await connect(before.url);
    await client.put();
  });

  it('restarts while paused, and dies while paused', async () => {
    server.pause();
    await server.restart();
    await using client = await connect(server.url('relay'));
    await client.put();
    server.pause();
    const { pid } = server;
    await server[Symbol.asyncDispose]();
    expect(processState(pid)).toBeUndefined();
  });

  it('leaves nothing when disposed, and can be disposed again', async () => {
    await server[Symbol.asyncDispose]();
    expect(existsSync(join(stack.root, kind))).toBe(false);
    await eventually(() => markedProcesses(runId).length === 0, 'no process of the run');
    await expect(server.restart()).rejects.toMatchObject({ code: 'E_BACKEND_STOPPED' });
  });
});

describe.each(BACKENDS)('starting local $kind', { timeout: SLOW_MS }, ({ kind, make, connect }) => {
  let root: string;
  const runId = `test-start-${kind}-${process.pid}`;
  const context = (signal = new AbortController().signal): StartContext => ({
    runId,
    root,
    signal,
    onProcess: () => {},
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
