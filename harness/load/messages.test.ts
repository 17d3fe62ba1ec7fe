import { describe, expect, it } from 'vitest';
import { CachestormError } from '../failure/cachestorm-error.ts';
import { GeneratorFailedError } from './generator-error.ts';
import { parseCommand, parseMessage } from './messages.ts';
import type { GeneratorPlan } from './protocol.ts';

const PLAN: GeneratorPlan = {
  targets: ['http://127.0.0.1:4001'],
  load: { model: 'open', arrivals: 'poisson', ratePerSec: 100 },
  durationMs: 1_000,
  timeoutMs: 500,
  maxConnections: 10,
  keys: { kind: 'hot' },
  seed: 1,
  windowMs: 100,
};

describe('parseCommand', () => {
  it('takes every kind of keys and load as it is', () => {
    const keys: GeneratorPlan['keys'][] = [
      { kind: 'hot' },
      { kind: 'hot', key: 3 },
      { kind: 'uniform', count: 5 },
      { kind: 'zipf', count: 5, exponent: 1.2 },
      { kind: 'zipf', count: 5, exponent: 1.2, shiftEvery: 7 },
      { kind: 'scan', count: 5 },
      { kind: 'missing', count: null },
      { kind: 'missing', count: 5 },
    ];
    for (const load of [PLAN.load, { model: 'closed', connections: 4 } as const]) {
      for (const kind of keys) {
        const command = { type: 'start', plan: { ...PLAN, load, keys: kind } } as const;
        expect(parseCommand(command)).toEqual(command);
      }
    }
    expect(parseCommand({ type: 'stop' })).toEqual({ type: 'stop' });
  });

  it('takes phases whose sum is the duration, and no others', () => {
    const phases = [
      { shape: 'ramp', durationMs: 400, fromPerSec: 0, toPerSec: 100 },
      { shape: 'steady', durationMs: 600, ratePerSec: 100 },
    ] as const;
    const load = { model: 'open', arrivals: 'poisson', ratePerSec: 80, phases } as const;
    const command = { type: 'start', plan: { ...PLAN, load } } as const;
    expect(parseCommand(command)).toEqual(command);
    const longer = { type: 'start', plan: { ...PLAN, load, durationMs: 1_001 } };
    expect(() => parseCommand(longer)).toThrow('the sum of the phases');
  });

  it('takes a path, a plan without a timeline and the interval of progress', () => {
    const plan = {
      ...PLAN,
      path: '/v1/{item}?a=1',
      windowMs: null,
      keepAlive: false,
      progressEveryMs: 1_000,
    };
    expect(parseCommand({ type: 'start', plan })).toEqual({ type: 'start', plan });
    const smuggling = { ...PLAN, path: '/a HTTP/1.1\r\n\r\nGET /b' };
    expect(() => parseCommand({ type: 'start', plan: smuggling })).toThrow('plan.path');
  });

  it('takes the file of a history where there are streams', () => {
    const clients = { clients: 3, valueBytes: 20, keys: { kind: 'hot' } } as const;
    const streams = [{ name: 'readers', share: 1, operation: 'read', ...clients }] as const;
    const plan = { ...PLAN, streams, history: 'history.bin' };
    expect(parseCommand({ type: 'start', plan })).toEqual({ type: 'start', plan });
    const nameless = { ...PLAN, history: 'history.bin' };
    expect(() => parseCommand({ type: 'start', plan: nameless })).toThrow('plan.history');
  });

  it('takes every other field, and refuses what it does not know: nothing is dropped on the way', () => {
    const plan: GeneratorPlan = { ...PLAN, retries: 2, rankSeed: 7 };
    expect(parseCommand({ type: 'start', plan })).toEqual({ type: 'start', plan });
    const unknown = [
      { ...PLAN, surprise: 1 },
      { ...PLAN, load: { ...PLAN.load, surprise: 1 } },
      { ...PLAN, keys: { kind: 'hot', surprise: 1 } },
    ];
    for (const strange of unknown)
      expect(() => parseCommand({ type: 'start', plan: strange })).toThrow('surprise');
  });

  it('names every wrong field at once', () => {
    const plan = { ...PLAN, targets: ['localhost:80'], durationMs: 0, keys: { kind: 'zipf', count: 5 } };
    const parse = () => parseCommand({ type: 'start', plan });
    expect(parse).toThrow(GeneratorFailedError);
    for (const field of ['plan.targets[0]', 'plan.durationMs', 'plan.keys.exponent'])
      expect(parse).toThrow(field);
  });

  it('takes what it does not understand for a bug, and no noise of the measurement', () => {
    const thrown = ((): unknown => {
      try {
        return parseCommand(null);
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toBeInstanceOf(GeneratorFailedError);
    expect(thrown).not.toBeInstanceOf(CachestormError);
  });

  it.each([null, 'start', {}, { type: 'begin' }, { type: 'start' }])('refuses %j', (message) => {
    expect(() => parseCommand(message)).toThrow(GeneratorFailedError);
  });
});

describe('parseMessage', () => {
  it('refuses what is no message, and shows it', () => {
    expect(parseMessage({ type: 'ready' })).toEqual({ type: 'ready' });
    for (const message of [undefined, null, 7, {}, { type: 'reedy' }])
      expect(() => parseMessage(message)).toThrow(GeneratorFailedError);
    expect(() => parseMessage({ type: 'reedy' })).toThrow('reedy');
  });
});
