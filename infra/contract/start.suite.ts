import { mkdir } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend, BackendKind, StartContext } from '../backend.ts';
import { BackendStartError } from '../errors.ts';
import { type Guardian, startGuardian } from '../guardian/guardian.ts';
import { ROOT_PREFIX } from '../guardian/root.ts';
import { type PickPort, pickFreePort } from '../ports.ts';
import { CLIENTS } from './clients.ts';
import { eventually } from './eventually.ts';

const SLOW_MS = 120_000;

/** How a start is to go. */
export interface StartOrder {
  readonly pickPort?: PickPort;
  readonly deadlineMs?: number;
  /** What a shell runs in place of the server. */
  readonly script?: string;
}

export interface StartUnderTest {
  /** As the tests name it: `local redis`. */
  readonly name: string;
  readonly kind: BackendKind;
  /** @param directory for what the test itself has to write; removed with the run */
  make(order: StartOrder, directory: string): Promise<Backend>;
  /** A server with a tiny disk for its data; undefined where none can be had. */
  readonly makeOnFullDisk?: () => Promise<Backend & AsyncDisposable>;
  /** What it says there. @default whatever the server itself says of a full disk */
  readonly fullDisk?: RegExp;
  /** Prints every file that this provider writes passwords into. */
  readonly printSecrets: string;
  /** Whether anything of the run lives: a process, or a container. */
  lives(runId: string): Promise<boolean>;
  /** Whether nothing at all is left of it. */
  nothingLeft(context: StartContext): Promise<boolean>;
}

/** In whose words; a broker's crash report is longer than the end of the log. */
const DISK_FULL = {
  database: /no space left|out of disk space|disk.*full|enospc/i,
  rabbitmq: /no space left|disk.*full|enospc|application_start_failure/i,
};

/** What every backend promises of starts that do not go well, whoever provides it. */
export function describeStart(tested: StartUnderTest): void {
  const { name, kind } = tested;

  describe(`starting ${name}`, { timeout: SLOW_MS }, () => {
    const runId = `test-start-${name.replaceAll(/\W/g, '-')}-${process.pid}`;
    const root = join(tmpdir(), `${ROOT_PREFIX}${runId}`);
    const directory = join(root, 'test');
    let guardian: Guardian;
    const context = (signal = new AbortController().signal): StartContext => ({
      runId,
      root,
      signal,
      onProcess: (group) => guardian.watch(group),
      onRemains: (remains) => guardian.entrust(remains),
      onLost: () => {},
    });
    // Without a stack, whose end would hide what a backend leaves; not even a killed test may leave it.
    beforeAll(async () => {
      guardian = await startGuardian({ runId, root });
      await mkdir(directory);
    });
    afterAll(() => guardian?.[Symbol.asyncDispose]());
    const failureOf = async (order: StartOrder): Promise<BackendStartError> => {
      const backend = await tested.make(order, directory);
      const failure = await backend.start(context()).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(BackendStartError);
      expect(await tested.nothingLeft(context())).toBe(true);
      return failure as BackendStartError;
    };

    it('takes another port when the first is taken', async () => {
      const taken = await listen();
      const ports = [(taken.address() as { port: number }).port];
      const pickPort = async () => ports.pop() ?? pickFreePort();
      try {
        const backend = await tested.make({ pickPort }, directory);
        await using server = await backend.start(context());
        await using client = await CLIENTS[kind](server.url('service'));
        await client.put();
        expect(ports).toEqual([]);
      } finally {
        taken.close();
      }
      expect(await tested.nothingLeft(context())).toBe(true);
    });

    it('gives the end of its log when it dies', async () => {
      const { logTail, message } = await failureOf({
        script: 'for i in $(seq 1 40); do echo "line $i"; done; exit 3',
      });
      expect(logTail.split('\n')).toEqual(Array.from({ length: 15 }, (_, index) => `line ${index + 26}`));
      expect(message).toContain('exited with code 3');
    });

    it('keeps passwords out of the log that it gives', async () => {
      const script = `{ ${tested.printSecrets}; } 2>/dev/null | grep -E "pass|IDENTIFIED|^.{36}$"; exit 1`;
      const { logTail } = await failureOf({ script });
      expect(logTail).toContain('****');
      expect(logTail).not.toMatch(/[0-9a-f]{36}/);
    });

    it('gives up at its deadline and ends what it started', async () => {
      const { logTail, message } = await failureOf({
        script: 'echo waiting; sleep 1000 & wait',
        deadlineMs: 1_000,
      });
      expect(message).toContain('no answer within 1 s');
      expect(logTail).toBe('waiting');
    });

    it('stops starting when told to', async () => {
      const abort = new AbortController();
      const backend = await tested.make({ script: 'sleep 1000' }, directory);
      const starting = backend.start(context(abort.signal)).catch((error: unknown) => error);
      await eventually(() => tested.lives(runId), 'what is being started');
      const reason = new Error('interrupted');
      abort.abort(reason);
      // A timer's rejection wraps the reason as its cause.
      const failure = (await starting) as Error;
      expect(failure === reason || failure.cause === reason).toBe(true);
      expect(await tested.nothingLeft(context())).toBe(true);
    });

    const { makeOnFullDisk } = tested;
    if (makeOnFullDisk !== undefined) {
      it(kind === 'redis' ? 'writes nothing to its disk' : 'says why when its disk is full', async () => {
        await using backend = await makeOnFullDisk();
        const starting = backend.start(context());
        if (kind === 'redis') {
          await using server = await starting;
          await using client = await CLIENTS[kind](server.url('service'));
          await client.put();
        } else {
          const failure = (await starting.catch((error: unknown) => error)) as BackendStartError;
          expect(failure).toBeInstanceOf(BackendStartError);
          expect(`${failure.message} ${failure.cause}`).toMatch(tested.fullDisk ?? DISK_FULL[kind]);
        }
      });
    }
  });
}

function listen(): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen({ host: '127.0.0.1', port: 0 }, () => resolve(server));
  });
}
