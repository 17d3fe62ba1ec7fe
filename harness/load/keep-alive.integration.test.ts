import net from 'node:net';
import { describe, expect, it, vi } from 'vitest';
import { type Behaviour, startTruthServer } from '../selfcheck/truth-server.ts';
import { systemClock } from '../time/clock.ts';
import { runClosedLoop } from './closed-loop.ts';
import { runOpenLoop } from './open-loop.ts';
import type { GeneratorPlan, GeneratorReport } from './protocol.ts';

const PLAN = {
  durationMs: 500,
  timeoutMs: 400,
  maxConnections: 64,
  keys: { kind: 'scan', count: 1_000_000 },
  seed: 1,
  windowMs: 100,
} as const satisfies Omit<GeneratorPlan, 'targets' | 'load'>;

const OPEN = { model: 'open', arrivals: 'constant', ratePerSec: 400 } as const;
const CLOSED = { model: 'closed', connections: 4 } as const;

async function run(
  url: string,
  keepAlive: boolean | undefined,
  load: GeneratorPlan['load'] = OPEN,
): Promise<GeneratorReport> {
  const plan = { ...PLAN, targets: [url], ...(keepAlive === undefined ? {} : { keepAlive }) };
  const context = { clock: systemClock, signal: new AbortController().signal, onStarted: () => {} };
  const report =
    load.model === 'open'
      ? await runOpenLoop({ ...plan, load }, context)
      : await runClosedLoop({ ...plan, load }, context);
  const { offered, completed, failed, timeout, lost, shed } = report.counts;
  expect(completed + failed + timeout + lost + shed).toBe(offered);
  expect(lost).toBe(0);
  return report;
}

function oneInTen(behaviour: Behaviour): (index: number) => Behaviour {
  return (index) => (index % 10 === 9 ? behaviour : 'ok');
}

describe('an open load', () => {
  it.each([undefined, true])('keeps its connections: keepAlive %s', async (keepAlive) => {
    await using server = await startTruthServer();
    const { counts } = await run(server.url, keepAlive);
    expect(counts).toMatchObject({ offered: 200, completed: 200 });
    expect(server.received.some(({ closes }) => closes)).toBe(false);
    expect(server.connections).toBeLessThanOrEqual(PLAN.maxConnections);
  });

  it('without keep-alive makes a connection for every request', async () => {
    await using server = await startTruthServer();
    const { counts, good, errors } = await run(server.url, false);
    expect([counts.offered, counts.completed, good, errors]).toEqual([200, 200, 200, {}]);
    expect([server.received.length, server.connections]).toEqual([200, 200]);
    expect(server.received.every(({ closes }) => closes)).toBe(true);
  });

  it('without keep-alive bounds the connections, and the rest waits', async () => {
    await using server = await startTruthServer({ delayMs: 10 });
    const plan = { ...PLAN, targets: [server.url], load: OPEN, keepAlive: false, maxConnections: 1 };
    const context = { clock: systemClock, signal: new AbortController().signal, onStarted: () => {} };
    const { counts, neverSent } = await runOpenLoop(plan, context);
    expect(counts.completed + counts.timeout).toBe(200);
    expect(server.received).toHaveLength(200 - (neverSent as number));
    // A request may run out while its connection is being made, which is then left unused.
    expect(server.connections).toBeGreaterThanOrEqual(server.received.length);
    expect(server.connections).toBeLessThanOrEqual(200);
  });

  it.each(['fin', 'rst', 'cut-body', 'error'] as const)(
    'counts each %s once without keep-alive',
    async (kind) => {
      await using server = await startTruthServer({ behave: oneInTen(kind), delayMs: 20 });
      const { counts } = await run(server.url, false);
      expect([server.received.length, server.connections]).toEqual([200, 200]);
      expect(counts).toMatchObject({ offered: 200, completed: 180, failed: 20, timeout: 0 });
    },
  );

  it.each(['hang', 'hang-body'] as const)('times out each %s once without keep-alive', async (kind) => {
    await using server = await startTruthServer({ behave: oneInTen(kind), delayMs: 20 });
    const { counts } = await run(server.url, false);
    expect([server.received.length, server.connections]).toEqual([200, 200]);
    expect(counts).toMatchObject({ offered: 200, completed: 180, failed: 0, timeout: 20 });
  });

  it('fails a request for which this machine has no port left, by its code, and goes on', async () => {
    await using server = await startTruthServer();
    const { connect } = net;
    let attempts = 0;
    // The kernel's answer when all ports are in use or in TIME_WAIT; 28,000 of them are too many for a test.
    const exhausted = vi.spyOn(net, 'connect').mockImplementation(((...args: Parameters<typeof connect>) => {
      if (attempts++ % 10 !== 9) return connect(...args);
      const error = Object.assign(new Error('connect EADDRNOTAVAIL'), { code: 'EADDRNOTAVAIL' });
      return new net.Socket().destroy(error);
    }) as typeof connect);
    try {
      const { counts, errors } = await run(server.url, false);
      expect(counts).toMatchObject({ offered: 200, completed: 180, failed: 20 });
      expect(errors).toEqual({ EADDRNOTAVAIL: 20 });
      expect([server.received.length, server.connections]).toEqual([180, 180]);
    } finally {
      exhausted.mockRestore();
    }
  });
});

describe('a closed load', () => {
  it('keeps its connections', async () => {
    await using server = await startTruthServer({ delayMs: 5 });
    const { counts } = await run(server.url, undefined, CLOSED);
    expect([server.connections, counts.completed]).toEqual([4, server.received.length]);
    expect(server.received.some(({ closes }) => closes)).toBe(false);
  });

  it('without keep-alive makes a connection for every request', async () => {
    // It is the client that closes: this server leaves its side open.
    await using server = await startTruthServer({ delayMs: 5 });
    const { counts, errors } = await run(server.url, false, CLOSED);
    expect(counts).toMatchObject({ offered: server.received.length, completed: server.received.length });
    expect(errors).toEqual({});
    expect(counts.completed).toBeGreaterThan(CLOSED.connections);
    expect(server.received.every(({ closes }) => closes)).toBe(true);
    // Each makes its next connection at once, before it is told that the load is over.
    expect(server.connections).toBeGreaterThanOrEqual(server.received.length);
    expect(server.connections).toBeLessThanOrEqual(server.received.length + CLOSED.connections);
  });

  it.each(['close', 'fin', 'rst', 'cut-body'] as const)(
    'counts each %s once without keep-alive',
    async (kind) => {
      await using server = await startTruthServer({ behave: oneInTen(kind), delayMs: 5 });
      const { counts } = await run(server.url, false, CLOSED);
      const broken = kind === 'close' ? 0 : server.count(kind);
      expect(counts).toMatchObject({ offered: server.received.length, failed: broken, timeout: 0 });
      expect(counts.completed).toBeGreaterThan(CLOSED.connections);
    },
  );
});
