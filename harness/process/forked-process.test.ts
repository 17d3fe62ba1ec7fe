import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ForkedProcess } from './forked-process.ts';
import { ProcessLostError } from './process-lost-error.ts';

const ANSWERS = fileURLToPath(new URL('./fixtures/answers.ts', import.meta.url));
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

type Word = { readonly type: 'ready' | 'echo' | 'mute' | 'block' | 'slow' };

function startAnswering(signal?: AbortSignal) {
  return ForkedProcess.start<Word, Word>({
    entry: ANSWERS,
    env: process.env,
    signal,
    lost: (ending) => new LostError('the service', ending),
  });
}

test.each(['blocked', 'stopped'] as const)(
  'a %s process is lost once it was silent for too long',
  async (how) => {
    await using child = await startAnswering();
    if (how === 'stopped') child.signal('SIGSTOP');
    const ask: Word = { type: how === 'stopped' ? 'echo' : 'block' };
    const said = how === 'stopped' ? '' : ': about to block';
    const lost = {
      code: 'E_TEST',
      message: `the service did not answer for 1 s: its event loop is blocked, or somebody has stopped it (SIGSTOP)${said}`,
    };
    await expect(child.firstOf([ask.type], ask, { withinMs: 1_000 })).rejects.toMatchObject(lost);
    // It stays lost: a late answer would be taken for that to another question.
    child.signal('SIGCONT');
    await expect(child.ask('echo')).rejects.toMatchObject(lost);
    const { pid } = child;
    await child[Symbol.asyncDispose]();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  },
);

test('a process that says how far it is may take its time', async () => {
  await using child = await startAnswering();
  const answer = child.firstOf(['slow'], { type: 'slow' }, { withinMs: 1_000 });
  expect(await answer).toEqual({ type: 'slow' });
});

test('a question without a deadline gets one when it is hurried', async () => {
  await using child = await startAnswering();
  const answer = child.firstOf(['mute'], { type: 'mute' }, { withinMs: Number.POSITIVE_INFINITY });
  child.hurry(200);
  await expect(answer).rejects.toThrow('did not answer for 0.2 s');
});

test('an interrupt ends the wait for an answer', async () => {
  const interrupted = new AbortController();
  await using child = await startAnswering(interrupted.signal);
  const answer = child.ask('mute');
  const interrupt = new Error('interrupted');
  interrupted.abort(interrupt);
  await expect(answer).rejects.toBe(interrupt);
  await expect(child.ask('echo')).rejects.toBe(interrupt);
});

test('of two questions at once the second is refused, and the first is answered', async () => {
  await using child = await startAnswering();
  const first = child.ask('echo');
  await expect(child.ask('echo')).rejects.toThrow('two questions at once');
  expect(await first).toEqual({ type: 'echo' });
  expect(await child.ask('echo')).toEqual({ type: 'echo' });
});
