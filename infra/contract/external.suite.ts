import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Backend, BackendKind, StartedBackend } from '../backend.ts';
import { type Stack, startStack } from '../stack.ts';
import { CLIENTS } from './clients.ts';
import { eventually } from './eventually.ts';
import { servesAndFlushes } from './every-backend.ts';

const SLOW_MS = 120_000;

export interface ExternalBackendUnderTest {
  /** As the tests name it: `an external redis`. */
  readonly name: string;
  readonly kind: BackendKind;
  make(): Backend;
  /** All that the server holds, to the byte, and how it is set. */
  snapshot(): Promise<unknown>;
  /** Where a run holds a place that others may want, too. @default its names are nobody else's */
  readonly place?: {
    /** The connection by which the run holds it, as the server names it; undefined when there is none. */
    holder(): Promise<string | undefined>;
    /** Has the server's administrator end it. */
    cut(holder: string): Promise<unknown>;
  };
}

/** What every backend promises whose server is somebody else's, who uses it, too. */
export function describeExternalBackend(tested: ExternalBackendUnderTest): void {
  const { name, kind, make, snapshot, place } = tested;

  describe(name, { timeout: SLOW_MS }, () => {
    let before: unknown;
    let stack: Stack;
    let server: StartedBackend;
    const start = async (again = '') => {
      const runId = `test-${name.replaceAll(/\W/g, '-')}${again}-${process.pid}`;
      return startStack({ backends: [make()], runId, signal: new AbortController().signal });
    };
    beforeAll(async () => {
      before = await snapshot();
      stack = await start();
      server = stack.get(kind);
    }, SLOW_MS);
    afterAll(() => stack?.[Symbol.asyncDispose](), SLOW_MS);

    servesAndFlushes(kind, () => server);

    refusesControl(() => server);

    if (place !== undefined) holdsItsPlace(place);

    function holdsItsPlace({ holder, cut }: NonNullable<typeof place>): void {
      it('belongs to one run at a time', async () => {
        await expect(start('-again')).rejects.toMatchObject({
          code: 'E_UNFIT_SERVERS',
          message: expect.stringContaining(stack.runId),
        });
      });

      it('is held again when its administrator cuts the connection that holds it', async () => {
        await using client = await CLIENTS[kind](server.url('service'), server.prefix);
        await client.put();
        const count = await client.count();
        const first = await eventually(holder, 'a holder');
        await cut(first);
        await eventually(async () => ![first, undefined].includes(await holder()), 'another holder');
        const second = await holder();
        await server.confirm?.();
        expect(await holder()).toBe(second);
        await expect(start('-again')).rejects.toMatchObject({
          code: 'E_UNFIT_SERVERS',
          message: expect.stringContaining(stack.runId),
        });
        expect(await client.count()).toBe(count);
        expect(stack.signal.aborted).toBe(false);
      });
    }

    it('is as it was before once it is disposed, and can be disposed again', async () => {
      await server[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await expect(server.flush()).rejects.toMatchObject({ code: 'E_BACKEND_STOPPED' });
      expect(await snapshot()).toEqual(before);
    });
  });
}

/** A server of somebody else goes on, and all that is done to it is that a run removes what is its own. */
export function refusesControl(server: () => StartedBackend): void {
  it.each(['kill', 'pause', 'resume', 'restart'] as const)('can not be made to %s', async (action) => {
    await expect(server()[action]()).rejects.toMatchObject({ code: 'E_BACKEND_CONTROL' });
    await server().flush();
  });
}
