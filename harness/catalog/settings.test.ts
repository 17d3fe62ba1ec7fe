import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from './errors.ts';
import { loadScenario } from './scenarios.ts';
import { applySettings, parseSetting } from './settings.ts';

const problemsOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  throw new Error('nothing was wrong');
};
const load = (...texts: string[]) => loadScenario('breakdown', texts.map(parseSetting));

describe('parseSetting', () => {
  test('takes JSON where it is JSON, else text', () => {
    expect(parseSetting('origin.queryMs=50')).toEqual({ path: ['origin', 'queryMs'], value: 50 });
    expect(parseSetting('load.arrivals=poisson').value).toBe('poisson');
    expect(parseSetting('keys={"kind":"hot"}').value).toEqual({ kind: 'hot' });
    expect(parseSetting('title=a=b').value).toBe('a=b');
  });

  test('any text is parsed or refused with a UsageError', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          expect(parseSetting(text).path.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
    );
  });

  test.each(['', '=', '=1', 'origin', 'origin..queryMs=1'])('refuses %j', (text) => {
    expect(() => parseSetting(text)).toThrow('expected path=value');
  });
});

describe('a scenario with settings', () => {
  test('has them, and every default', async () => {
    const scenario = await load('origin.queryMs=50', 'load.ratePerSec=200', 'parameters.mutex.lockMs=10');
    expect(scenario.origin).toEqual({ queryMs: 50, poolSize: 16 });
    expect(scenario.load).toMatchObject({ ratePerSec: 200, arrivals: 'constant', timesCapacity: null });
    expect(scenario.parameters).toEqual({ mutex: { lockMs: 10 } });
  });

  test('names a path that does not exist and the nearest that does', async () => {
    expect(await problemsOf(() => load('origin.queryMS=50'))).toBe(
      '--set origin.queryMS: no such setting; expected one of queryMs, poolSize. Did you mean "origin.queryMs"?',
    );
    expect(await problemsOf(() => load('orgin.queryMs=50', 'nonsense=1'))).toMatch(
      /orgin\.queryMs.*Did you mean "origin\.queryMs"[\s\S]*--set nonsense/,
    );
  });

  test('says what was expected and what came', async () => {
    expect(await problemsOf(() => load('origin.queryMs=fast'))).toBe(
      '--set: origin.queryMs: expected number, got string "fast"',
    );
    expect(await problemsOf(() => load('origin.queryMs=-1'))).toBe(
      '--set: origin.queryMs: expected more than 0, got number -1',
    );
    expect(await problemsOf(() => load('load.arrivals=poison'))).toBe(
      '--set: load.arrivals: expected "constant" or "poisson", got string "poison". Did you mean "poisson"?',
    );
    expect(
      await problemsOf(() => load('faults=[{"kind":"kill","atMs":1,"barrier":"beforeCacheSett"}]')),
    ).toMatch(/^--set: faults\.0\.barrier: expected "afterCacheMiss" or .*Did you mean "beforeCacheSet"\?$/);
    const several = 'expected exactly one of ratePerSec, timesCapacity and phases';
    expect(await problemsOf(() => load('load.timesCapacity=2'))).toMatch(several);
    const phases = 'load.phases=[{"shape":"steady","durationMs":500,"ratePerSec":10}]';
    expect(await problemsOf(() => load(phases))).toMatch(several);
    expect((await load('load.ratePerSec=null', phases)).load).toMatchObject({ phases: [{ ratePerSec: 10 }] });
    expect(await problemsOf(() => load(phases.replace('500', '400')))).toBe(
      '--set: load.phases: expected phases of at least 500 ms together, got array [{"shape":"steady","durationMs":400,"ratePerSec":10}]',
    );
  });

  test('names a path of any depth, and one that only every object has', async () => {
    expect(await problemsOf(() => load('profiles.smoke.stormMS=5'))).toContain(
      'Did you mean "profiles.smoke.stormMs"?',
    );
    expect(await problemsOf(() => load('load.toString=1'))).toContain('--set load.toString: no such setting');
    expect(await problemsOf(() => load('parameters.mutex=1'))).toBe(
      '--set parameters.mutex: expected parameters.<strategy>.<parameter>=<number>',
    );
  });

  test('is a copy', () => {
    const target = { a: { b: 1 } };
    expect(applySettings(target, [{ path: ['a', 'b'], value: 2 }])).toEqual({ a: { b: 2 } });
    expect(target).toEqual({ a: { b: 1 } });
  });

  test('leaves the prototype of objects alone', () => {
    expect(() => applySettings({ a: 1 }, [{ path: ['__proto__', 'polluted'], value: 1 }])).toThrow(
      UsageError,
    );
    expect(() => applySettings({ a: 1 }, [parseSetting('parameters.__proto__.polluted=1')])).toThrow(
      UsageError,
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test.each([
    ['strategies.length=0th', '--set strategies.length: no such setting'],
    ['strategies.99=mutex', '--set strategies.99: no such setting'],
    ['parameters.__proto__.x=1', '--set parameters.__proto__.x: expected parameters.<strategy>.<parameter>='],
    ['parameters.constructor.x=1', '--set parameters.constructor.x: expected parameters.<strategy>'],
    ['parameters.mutex.constructor=1', '--set parameters.mutex.constructor: expected parameters.<strategy>'],
    ['aliases={"__proto__":"none"}', '--set aliases: __proto__: expected another name'],
    ['aliases={"constructor":"none"}', '--set aliases: constructor: expected another name'],
    ['origin.queryMs=1e999', 'origin.queryMs: expected number, got number Infinity'],
  ])('%s is no setting', async (text, message) => {
    expect(await problemsOf(() => load(text))).toContain(message);
  });
});
