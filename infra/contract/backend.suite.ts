import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend, BackendKind, StartedBackend } from '../backend.ts';
import { type Stack, startStack } from '../stack.ts';
import { CLIENTS } from './clients.ts';
import { eventually } from './eventually.ts';
import { ROLES, servesAndFlushes } from './every-backend.ts';
import { commandLines, LOOPBACK, listeningAddresses } from './kernel.ts';

const SLOW_MS = 120_000;

export interface BackendUnderTest {
  /** As the tests name it: `local redis`. */
  readonly name: string;
  readonly kind: BackendKind;
  make(): Backend;
  /** What only this provider promises, on the same server; between the tests of a running server and those of its end. */
  readonly alsoWhileRunning?: (server: () => StartedBackend, stack: () => Stack) => void;
  /** What must be gone once the server is disposed. */
  readonly isGone: (server: StartedBackend, stack: Stack) => Promise<boolean>;
}

/** What every backend promises whose server is ours, whoever provides it. */
export function describeBackend({ name, kind, make, alsoWhileRunning, isGone }: BackendUnderTest): void {
  const connect = CLIENTS[kind];

  describe(name, { timeout: SLOW_MS }, () => {
    let stack: Stack;
    let server: StartedBackend;
    beforeAll(async () => {
      const runId = `test-${name.replaceAll(/\W/g, '-')}-${process.pid}`;
      stack = await startStack({ backends: [make()], runId, signal: new AbortController().signal });
      server = stack.get(kind);
    }, SLOW_MS);
    afterAll(() => stack?.[Symbol.asyncDispose](), SLOW_MS);

    servesAndFlushes(kind, () => server);

    it('can be reached by loopback only', () => {
      const addresses = listeningAddresses(Number(new URL(server.url('service')).port));
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

    alsoWhileRunning?.(
      () => server,
      () => stack,
    );

    it('answers a request made while paused only after resume', async () => {
      await using client = await connect(server.url('service'));
      await client.count();
      const order: string[] = [];
      await server.pause();
      const answer = client.count().then(() => order.push('answered'));
      // Not to wait for something, but to give a server that is not paused the time to answer.
      await delay(150);
      order.push('resumed');
      await server.resume();
      await answer;
      expect(order).toEqual(['resumed', 'answered']);
      await server.resume();
    });

    it('is gone after kill, and refuses what needs it', async () => {
      await server.confirm();
      await server.kill();
      await server.kill();
      await expect(server.confirm()).rejects.toMatchObject({ code: 'E_BACKEND_LOST' });
      await expect(connect(server.url('service'))).rejects.toThrow();
      await expect(server.pause()).rejects.toMatchObject({ code: 'E_BACKEND_STOPPED' });
      await expect(server.flush()).rejects.toMatchObject({ code: 'E_BACKEND_STOPPED' });
      await server.resume();
    });

    it('comes back on the same port with the same credentials', async () => {
      const before = server.url('service');
      await server.restart();
      expect(server.url('service')).toBe(before);
      await using client = await connect(before);
      await client.put();
      await server.confirm();
    });

    it('restarts while paused, and ends while paused', async () => {
      await server.pause();
      await server.restart();
      {
        await using client = await connect(server.url('relay'));
        await client.put();
      }
      await server.pause();
      await server[Symbol.asyncDispose]();
    });

    it('leaves nothing when disposed, and can be disposed again', async () => {
      await server[Symbol.asyncDispose]();
      await eventually(() => isGone(server, stack), 'nothing left of it');
      await expect(server.restart()).rejects.toMatchObject({ code: 'E_BACKEND_STOPPED' });
      await expect(connect(server.url('service'))).rejects.toThrow();
    });
  });
}
