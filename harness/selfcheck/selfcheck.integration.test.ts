/** The self-check catches broken generators. What it says of the real one depends on the machine: see below. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../time/clock.ts';
import type { Check, CheckResult } from './check.ts';
import { freeze } from './checks/freeze.ts';
import { groundTruth } from './checks/ground-truth.ts';
import { poissonArrivals } from './checks/poisson-arrivals.ts';
import { wireChecks } from './checks/wire.ts';
import { wireRefused } from './checks/wire-refused.ts';
import { checks } from './registry.ts';
import { selfcheck } from './selfcheck.ts';

const signal = new AbortController().signal;

async function results(chosen: readonly Check[], broken?: string): Promise<readonly CheckResult[]> {
  const found: CheckResult[] = [];
  const verdict = await selfcheck({
    checks: chosen,
    site: { env: process.env, onProcess: () => {} },
    clock: systemClock,
    signal,
    onResult: (result) => found.push(result),
    ...(broken === undefined
      ? {}
      : { generatorEntry: fileURLToPath(new URL(`./fixtures/${broken}.ts`, import.meta.url)) }),
  });
  if (found.some((result) => result.verdict === 'fail')) expect(verdict).toBe('fail');
  return found;
}

const wire = (name: string): Check => {
  const found = wireChecks.find((check) => check.name === `wire-${name}`);
  if (found === undefined) throw new Error(`there is no check wire-${name}`);
  return found;
};

function off({ figures }: CheckResult): string[] {
  return figures.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name);
}

// At the same time: what they do to each other can only make a generator worse, and a freeze longer.
describe.concurrent('whatever the machine does, the real generator', () => {
  it('sees a freeze of the server', async ({ expect }) => {
    const [result] = await results([freeze]);
    expect(result?.figures.length).toBeGreaterThan(0);
    for (const { truth, reading } of result?.figures ?? []) expect(reading).toBeGreaterThan(truth * 0.95);
  });
});

describe.concurrent('whatever the machine does, a broken generator is caught:', () => {
  it('latency from the send', async ({ expect }) => {
    const [result] = await results([freeze], 'latency-from-the-send');
    expect(result?.verdict).toBe('fail');
    expect(off(result as CheckResult)).toContain('p90');
  });

  it('a lost timeout', async ({ expect }) => {
    const [result] = await results([wire('hang')], 'lost-timeout');
    expect(result?.verdict).toBe('fail');
    expect(off(result as CheckResult)).toEqual(expect.arrayContaining(['settled', 'closed settled']));
  });

  it.each([
    ['at 0.7 of the rate', 'sparse-poisson', 'arrivals'],
    ['at 1.2 of the rate', 'dense-poisson', 'arrivals'],
    ['that keep away from each other', 'erlang-poisson', 'dispersion'],
    ['at even gaps', 'even-poisson', 'dispersion'],
  ])('Poisson arrivals %s', async (_what, broken, figure) => {
    const [result] = await results([poissonArrivals], broken);
    expect(result?.verdict).toBe('fail');
    expect(off(result as CheckResult)).toContain(figure);
  });
});

describe('the real generator and the counters', () => {
  it('keep count in every wire case, and on the servers', async () => {
    const counted = [...wireChecks, wireRefused, groundTruth];
    for (const result of await results(counted)) {
      expect({ name: result.name, off: off(result) }).toEqual({ name: result.name, off: [] });
    }
  });
});

it('ends at once when it is interrupted', async () => {
  const stop = new AbortController();
  const endless: Check = {
    name: 'endless',
    shows: 'nothing',
    measure: () => {
      stop.abort(new Error('enough'));
      return new Promise(() => {});
    },
  };
  const options = { checks: [endless, endless], clock: systemClock, signal: stop.signal };
  const site = { env: process.env, onProcess: () => {} };
  await expect(selfcheck({ ...options, site, onResult: () => {} })).rejects.toThrow('enough');
});

it('has a name of its own for every check', () => {
  expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
});
