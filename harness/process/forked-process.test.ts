import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ForkedProcess } from './forked-process.ts';
import { ProcessLostError } from './process-lost-error.ts';

const NEVER_READY = fileURLToPath(new URL('./fixtures/never-ready.ts', import.meta.url));

class LostError extends ProcessLostError {
  readonly code = 'E_TEST';
}

interface Order {
  readonly readyWithinMs?: number;
  readonly interrupt?: Error;
}

/** @param interrupt comes once the process is there */
async function startNeverReady({ readyWithinMs = 60_000, interrupt }: Order) {
  const interrupted = new AbortController();
  let pid = 0;
  const starting = ForkedProcess.start({
    signal: interrupted.signal,
    readyWithinMs,
    entry: NEVER_READY,
    env: process.env,
    onProcess: (group) => {
      pid = group;
      if (interrupt !== undefined) setImmediate(() => interrupted.abort(interrupt));
    },
    lost: (ending) => new LostError('the service', ending),
  });
  const error = await starting.catch((thrown: unknown) => thrown);
  const lives = () => process.kill(pid, 0);
  return { error, lives };
}

test('a process that is not ready in time is ended, and its last words are told', async () => {
  const { error, lives } = await startNeverReady({ readyWithinMs: 3_000 });
  expect(error).toMatchObject({
    code: 'E_TEST',
    message: 'the service ended (it was not ready within 3 s): no server answers',
  });
  expect(lives).toThrow('ESRCH');
});

test('an interrupt ends a process that is not ready yet', async () => {
  const interrupt = new Error('interrupted');
  const { error, lives } = await startNeverReady({ interrupt });
  expect(error).toBe(interrupt);
  expect(lives).toThrow('ESRCH');
});
