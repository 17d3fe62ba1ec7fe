import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Backend, BackendKind, StartContext, StartedBackend } from './backend.ts';
import { type StackEvent, startStack } from './stack.ts';

let runs = 0;
const newRunId = () => `test-stack-${process.pid}-${runs++}`;
const never = new AbortController().signal;

/** A backend without a server: `start` decides how it comes up, `dispose` how it goes. */
function fakeBackend(
  kind: BackendKind,
  start: (context: StartContext) => Promise<void>,
  dispose: () => Promise<void> = async () => {},
): Backend {
  const refuse = async () => {};
  return {
    kind,
    async start(context) {
      await start(context);
      const started: StartedBackend = {
        kind,
        product: kind,
        version: '0',
        url: () => '',
        kill: refuse,
        pause: refuse,
        resume: refuse,
        restart: refuse,
        flush: refuse,
        confirm: refuse,
        [Symbol.asyncDispose]: dispose,
      };
      return started;
    },
  };
}

const untilAborted = ({ signal }: StartContext) =>
  new Promise<void>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

describe('startStack', () => {
  it('gives the backends in the order asked for and ends them before the root', async () => {
    const runId = newRunId();
    const order: string[] = [];
    let root = '';
    const disposed = (kind: BackendKind) => async () =>
      void order.push(`${kind}, root there: ${existsSync(root)}`);
    const redisUp = Promise.withResolvers<void>();
    const stack = await startStack({
      backends: [
        fakeBackend('redis', () => redisUp.promise, disposed('redis')),
        fakeBackend('database', async () => redisUp.resolve(), disposed('database')),
      ],
      runId,
      signal: never,
    });
    root = stack.root;
    expect(stack.backends.map(({ kind }) => kind)).toEqual(['redis', 'database']);
    expect(stack.get('database').kind).toBe('database');
    expect(() => stack.get('rabbitmq')).toThrow(RangeError);
    expect(stack.marker).toEqual({ CACHESTORM_RUN: runId });
    await Promise.all([stack[Symbol.asyncDispose](), stack[Symbol.asyncDispose]()]);
    expect(order.sort()).toEqual(['database, root there: true', 'redis, root there: true']);
    expect(existsSync(root)).toBe(false);
  });

  it('throws the first error, stops the others, and attaches what went wrong after', async () => {
    const events: StackEvent[] = [];
    const first = new Error('first');
    const cleanUp = new Error('clean-up');
    let seenByOthers: unknown;
    const starting = startStack({
      backends: [
        fakeBackend(
          'redis',
          async () => {},
          () => Promise.reject(cleanUp),
        ),
        fakeBackend('database', () => Promise.reject(first)),
        fakeBackend('rabbitmq', async (context) => {
          await untilAborted(context).catch((error: unknown) => {
            seenByOthers = error;
          });
          throw new Error('second');
        }),
      ],
      runId: newRunId(),
      signal: never,
      onEvent: (event) => events.push(event),
    });
    await expect(starting).rejects.toBe(first);
    expect(seenByOthers).toBe(first);
    expect(first).toMatchObject({ cleanUpErrors: [{ code: 'E_CLEAN_UP', cause: cleanUp }] });
    expect(events.filter(({ type }) => type === 'backend-failed')).toHaveLength(1);
    const [started] = events;
    expect(started?.type === 'guardian-started' && existsSync(started.root)).toBe(false);
  });

  it('unwinds when it is interrupted', async () => {
    const abort = new AbortController();
    let disposals = 0;
    const reason = new Error('interrupted');
    const starting = startStack({
      backends: [
        fakeBackend(
          'redis',
          async () => {},
          async () => void disposals++,
        ),
        fakeBackend('database', async (context) => {
          abort.abort(reason);
          await (context.signal.aborted ? Promise.reject(reason) : untilAborted(context));
        }),
      ],
      runId: newRunId(),
      signal: abort.signal,
    });
    await expect(starting).rejects.toBe(reason);
    expect(disposals).toBe(1);
  });

  it('stops everything else when the disposal of one fails', async () => {
    let disposals = 0;
    const failure = new Error('stuck');
    const stack = await startStack({
      backends: [
        fakeBackend(
          'redis',
          async () => {},
          () => Promise.reject(failure),
        ),
        fakeBackend(
          'database',
          async () => {},
          async () => void disposals++,
        ),
      ],
      runId: newRunId(),
      signal: never,
    });
    await expect(stack[Symbol.asyncDispose]()).rejects.toMatchObject({
      code: 'E_CLEAN_UP',
      message: 'could not clean up redis: stuck',
      cause: failure,
    });
    expect([disposals, existsSync(stack.root)]).toEqual([1, false]);
  });

  it('refuses two backends of a kind', async () => {
    const backends = [fakeBackend('redis', async () => {}), fakeBackend('redis', async () => {})];
    await expect(startStack({ backends, runId: newRunId(), signal: never })).rejects.toThrow(RangeError);
  });
});
