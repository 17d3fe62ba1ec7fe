import { describe, expect, test } from 'vitest';
import type { Clock } from '../time/clock.ts';
import { type Fault, faultNames } from './fault.ts';
import { faultInjector } from './injector.ts';
import type { Killable } from './kill.ts';

const never = new AbortController().signal;

/** A clock that stands still until it is moved. */
function manualClock() {
  let nowUs = 1_000_000;
  const sleepers = new Set<{ readonly untilUs: number; readonly wake: () => void }>();
  const clock: Clock = {
    nowUs: () => nowUs,
    wallMs: () => nowUs / 1000,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal?.throwIfAborted();
        sleepers.add({ untilUs: nowUs + ms * 1000, wake: resolve });
        signal?.addEventListener('abort', () => reject(signal.reason));
      }),
  };
  const moveTo = async (us: number): Promise<void> => {
    nowUs = us;
    for (const sleeper of sleepers) if (sleeper.untilUs <= us) sleeper.wake();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { clock, moveTo };
}

const breakServer = () => Promise.reject(new Error('no server is to be broken'));

describe('faultInjector', () => {
  test('injects each fault at its time from the storm’s start, and says when', async () => {
    const { clock, moveTo } = manualClock();
    let flushes = 0;
    const injector = faultInjector(
      [
        { kind: 'flush', atMs: 300 },
        { kind: 'flush', atMs: 100 },
      ],
      { flushCache: async () => void flushes++, services: [], relays: [], breakServer },
      clock,
      never,
    );
    injector.start(1_000_000);
    await moveTo(1_099_000);
    expect(flushes).toBe(0);
    await moveTo(1_100_000);
    expect(flushes).toBe(1);
    await moveTo(1_300_000);
    expect(flushes).toBe(2);
    const at = (us: number) => ({ kind: 'flush', fromUs: us, toUs: us });
    expect(await injector.stop()).toEqual([
      { name: 'flush-1', ...at(1_300_000) },
      { name: 'flush-2', ...at(1_100_000) },
    ]);
  });

  test('drops what was not due when the storm ended', async () => {
    const { clock } = manualClock();
    const injector = faultInjector(
      [{ kind: 'flush', atMs: 100 }],
      {
        flushCache: () => Promise.reject(new Error('must not be called')),
        services: [],
        relays: [],
        breakServer,
      },
      clock,
      never,
    );
    injector.start(1_000_000);
    expect(await injector.stop()).toEqual([]);
  });

  test('hands on that a fault failed: the storm was another one', async () => {
    const { clock, moveTo } = manualClock();
    const injector = faultInjector(
      [{ kind: 'flush', atMs: 1 }],
      { flushCache: () => Promise.reject(new Error('Redis is gone')), services: [], relays: [], breakServer },
      clock,
      never,
    );
    injector.start(1_000_000);
    await moveTo(1_002_000);
    await expect(injector.stop()).rejects.toThrow('Redis is gone');
  });

  test('has nothing to do without faults', async () => {
    const targets = { flushCache: async () => {}, services: [], relays: [], breakServer };
    expect(await faultInjector([], targets, manualClock().clock, never).stop()).toEqual([]);
  });
});

/** An instance that says what is done to it, and comes to its barrier when the test says so. */
function instanceOf(name: string, log: string[]) {
  let held = Promise.withResolvers<boolean>();
  const arrive = async () => {
    held.resolve(true);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const instance: Killable = {
    hold(barrier) {
      log.push(`${name} holds at ${barrier}`);
      held = Promise.withResolvers();
      return held.promise;
    },
    release() {
      log.push(`${name} goes on`);
      held.resolve(false);
    },
    kill: async () => void log.push(`${name} is killed`),
    restart: async () => void log.push(`${name} is back`),
  };
  return { instance, arrive };
}

describe('a kill', () => {
  const kill = (change: Partial<Extract<Fault, { kind: 'kill' }>> = {}): Fault => ({
    kind: 'kill',
    target: 'service',
    atMs: 100,
    barrier: 'beforeCacheSet',
    restartAfterMs: 200,
    ...change,
  });

  function storm(faults: readonly Fault[], interrupted = never) {
    const log: string[] = [];
    const manual = manualClock();
    const [a, b] = [instanceOf('a', log), instanceOf('b', log)];
    const targets = {
      flushCache: async () => {},
      services: [a.instance, b.instance],
      relays: [],
      breakServer,
    };
    const injector = faultInjector(faults, targets, manual.clock, interrupted);
    injector.start(1_000_000);
    return { ...manual, log, injector, a, b };
  }

  test('is of whoever comes to the barrier first; the others go on, and it is back later', async () => {
    const { moveTo, log, injector, a, b } = storm([kill()]);
    await moveTo(1_099_000);
    expect(log).toEqual([]);
    await moveTo(1_100_000);
    expect(log).toEqual(['a holds at beforeCacheSet', 'b holds at beforeCacheSet']);
    await moveTo(1_150_000);
    await b.arrive();
    await a.arrive();
    expect(log.slice(2)).toEqual(['a goes on', 'b is killed']);
    await moveTo(1_349_000);
    expect(log).not.toContain('b is back');
    await moveTo(1_350_000);
    expect(log.at(-1)).toBe('b is back');
    expect(await injector.stop()).toEqual([
      {
        name: 'kill',
        kind: 'kill',
        instance: 1,
        barrier: 'beforeCacheSet',
        fromUs: 1_150_000,
        endedAtUs: 1_150_000,
        toUs: 1_350_000,
      },
    ]);
  });

  test('of a relay leaves the services alone, and comes to nothing where there is none', async () => {
    for (const hasRelay of [true, false]) {
      const { clock, moveTo } = manualClock();
      const log: string[] = [];
      const [service, relay] = [instanceOf('service', log).instance, instanceOf('relay', log).instance];
      const relays = hasRelay ? [relay] : [];
      const targets = { flushCache: async () => {}, services: [service], relays, breakServer };
      const fault = kill({ target: 'relay', barrier: null, restartAfterMs: 0 });
      const injector = faultInjector([fault], targets, clock, never);
      injector.start(1_000_000);
      await moveTo(1_100_000);
      await moveTo(1_100_000);
      expect(log).toEqual(hasRelay ? ['relay is killed', 'relay is back'] : []);
      expect(await injector.stop()).toHaveLength(relays.length);
    }
  });

  test('without a barrier is of the first, at once', async () => {
    const { moveTo, log } = storm([kill({ barrier: null })]);
    await moveTo(1_100_000);
    expect(log).toEqual(['a is killed']);
  });

  test('that nobody came for is none, and holds nobody any more', async () => {
    const { moveTo, log, injector } = storm([kill()]);
    await moveTo(1_100_000);
    expect(await injector.stop()).toEqual([]);
    expect(log.slice(2)).toEqual(['a goes on', 'b goes on']);
  });

  test('waits until the one before it is over', async () => {
    const { moveTo, log, injector } = storm([kill({ barrier: null }), kill({ barrier: null, atMs: 150 })]);
    await moveTo(1_100_000);
    await moveTo(1_150_000);
    expect(log).toEqual(['a is killed']);
    await moveTo(1_300_000);
    expect(log).toEqual(['a is killed', 'a is back', 'a is killed']);
    const stopped = injector.stop();
    await moveTo(1_500_000);
    expect((await stopped).map(({ name, fromUs }) => [name, fromUs])).toEqual([
      ['kill-1', 1_100_000],
      ['kill-2', 1_300_000],
    ]);
  });

  test('that was still to come when the storm ended does not come', async () => {
    const { moveTo, log, injector } = storm([kill({ barrier: null }), kill({ barrier: null, atMs: 150 })]);
    await moveTo(1_100_000);
    await moveTo(1_150_000);
    const stopped = injector.stop();
    await moveTo(1_300_000);
    expect(await stopped).toHaveLength(1);
    expect(log).toEqual(['a is killed', 'a is back']);
  });

  test('is left as it is when the run is interrupted', async () => {
    const interrupt = new AbortController();
    const { moveTo, log, injector } = storm([kill({ barrier: null })], interrupt.signal);
    await moveTo(1_100_000);
    interrupt.abort(new Error('Ctrl-C'));
    await expect(injector.stop()).rejects.toThrow('Ctrl-C');
    expect(log).toEqual(['a is killed']);
  });
});

describe('a server fault', () => {
  const pause: Fault = { kind: 'pause', target: 'redis', atMs: 100, durationMs: 50 };

  function storm(faults: readonly Fault[], broken: () => Promise<void> = async () => {}) {
    const { clock, moveTo } = manualClock();
    const log: string[] = [];
    const targets = {
      flushCache: async () => {},
      services: [],
      relays: [],
      async breakServer({ kind }: Fault) {
        await broken();
        log.push(`${kind} begins`);
        return async () => void log.push(`${kind} ends`);
      },
    };
    const injector = faultInjector(faults, targets, clock, never);
    injector.start(1_000_000);
    return { moveTo, log, injector };
  }

  test('begins at its time and is undone when its time is up', async () => {
    const { moveTo, log, injector } = storm([pause]);
    await moveTo(1_099_000);
    expect(log).toEqual([]);
    await moveTo(1_100_000);
    expect(log).toEqual(['pause begins']);
    await moveTo(1_149_000);
    expect(log).toEqual(['pause begins']);
    await moveTo(1_150_000);
    expect(log).toEqual(['pause begins', 'pause ends']);
    expect(await injector.stop()).toEqual([
      { name: 'pause', kind: 'pause', fromUs: 1_100_000, toUs: 1_150_000 },
    ]);
  });

  test('is undone when the storm is over before', async () => {
    const { moveTo, log, injector } = storm([pause]);
    await moveTo(1_120_000);
    expect(await injector.stop()).toEqual([
      { name: 'pause', kind: 'pause', fromUs: 1_120_000, toUs: 1_120_000 },
    ]);
    expect(log).toEqual(['pause begins', 'pause ends']);
  });

  test('that could not be made fails the storm, and the others are undone', async () => {
    const refuse: Fault = { kind: 'refuse', commands: ['del'], atMs: 110, durationMs: 50 };
    let broken = 0;
    const { moveTo, log, injector } = storm([pause, refuse], async () => {
      if (++broken === 2) throw new Error('no such command');
    });
    await moveTo(1_120_000);
    await expect(injector.stop()).rejects.toThrow('no such command');
    expect(log).toEqual(['pause begins', 'pause ends']);
  });
});

test('faults of one kind are numbered, a single one is not', () => {
  expect(faultNames([])).toEqual([]);
  expect(faultNames([{ kind: 'flush' }])).toEqual(['flush']);
  expect(faultNames([{ kind: 'flush' }, { kind: 'flush' }])).toEqual(['flush-1', 'flush-2']);
});
