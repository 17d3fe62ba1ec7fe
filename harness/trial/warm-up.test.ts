import { describe, expect, test } from 'vitest';
import type { Generator } from '../load/generator.ts';
import { keySource } from '../load/keys.ts';
import type { GeneratorPlan, GeneratorReport, LoadInterval } from '../load/protocol.ts';
import { streamSource } from '../load/streams.ts';
import type { Clock } from '../time/clock.ts';
import { warmUp } from './warm-up.ts';

const PLAN: GeneratorPlan = {
  targets: ['http://127.0.0.1:4001'],
  load: {
    model: 'open',
    arrivals: 'constant',
    ratePerSec: 1_000,
    phases: [{ shape: 'steady', durationMs: 700, ratePerSec: 1_000 }],
  },
  durationMs: 700,
  timeoutMs: 500,
  maxConnections: 10,
  keys: { kind: 'hot' },
  seed: 7,
  windowMs: 100,
};

/** A generator that tells these windows, one after the other, until it is stopped; then of one more. */
class ScriptedGenerator implements Generator {
  readonly pid = 1;
  readonly plans: GeneratorPlan[] = [];
  readonly clock: Clock;
  readonly #medianUs: (index: number) => number;
  readonly #onWindow: (index: number) => void;
  #nowUs = 0;
  stopReason: unknown;

  constructor(medianUs: (index: number) => number, onWindow: (index: number) => void = () => undefined) {
    this.#medianUs = medianUs;
    this.#onWindow = onWindow;
    this.clock = { nowUs: () => this.#nowUs, wallMs: () => 0, sleep: async () => undefined };
  }

  run: Generator['run'] = async (plan, signal, _onStarted, onProgress) => {
    this.plans.push(plan);
    const counts = { offered: 0, completed: 0, failed: 0, timeout: 0, lost: 0, shed: 0 };
    const tell = (index: number): void => {
      this.#nowUs += 80_000;
      const interval: LoadInterval = { tookMs: 80, completed: 80, responseP50Us: this.#medianUs(index) };
      onProgress?.({ counts, responseP99Us: null, interval });
      this.#onWindow(index);
    };
    let told = 0;
    while (!signal.aborted && told * 80 < plan.durationMs) tell(told++);
    tell(told);
    this.stopReason = signal.reason;
    return {} as GeneratorReport;
  };

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** The three keys that a plan asks for most, among so many requests. */
function popular({ keys, streams, seed, rankSeed = seed }: GeneratorPlan, from: number, count: number) {
  const next =
    streams === undefined ? keySource(keys, seed, rankSeed) : streamSource(streams, { seed, rankSeed }).next;
  const counts = new Map<string, number>();
  const asked = Array.from({ length: from + count }, () => next().key);
  for (const key of asked.slice(from)) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 3)
    .map(([key]) => key)
    .toSorted();
}

const never = new AbortController().signal;

describe('warmUp', () => {
  test('ends as soon as ten windows are alike, and takes nothing of what comes after', async () => {
    const generator = new ScriptedGenerator(() => 1_000);
    const { steady, windows, tookMs } = await warmUp(generator, PLAN, {
      clock: generator.clock,
      signal: never,
    });
    expect([steady, windows.length, tookMs]).toEqual([true, 10, 880]);
  });

  test('goes on while response times change', async () => {
    const generator = new ScriptedGenerator((index) => (index < 8 ? 20_000 - 2_000 * index : 4_000));
    const { steady, windows } = await warmUp(generator, PLAN, { clock: generator.clock, signal: never });
    expect(steady).toBe(true);
    expect(windows.length).toBeGreaterThan(12);
  });

  test('gives up after three seconds, and says so', async () => {
    const generator = new ScriptedGenerator((index) => 1_000 * 1.1 ** index);
    const { steady, windows } = await warmUp(generator, PLAN, { clock: generator.clock, signal: never });
    expect([steady, generator.plans[0]?.durationMs]).toEqual([false, 3_000]);
    expect(windows.length).toBeGreaterThanOrEqual(37);
  });

  test('sends the same load, of other arrivals and draws, without its phases', async () => {
    const generator = new ScriptedGenerator(() => 1_000);
    await warmUp(generator, PLAN, { clock: generator.clock, signal: never });
    const load = { model: 'open', arrivals: 'constant', ratePerSec: 1_000 };
    expect(generator.plans).toEqual([
      { ...PLAN, load, seed: 8, rankSeed: 7, durationMs: 3_000, windowMs: null, progressEveryMs: 80 },
    ]);
  });

  test('asks for the keys that are popular when the storm begins, and for no others later', async () => {
    const keys = { kind: 'zipf', count: 1_000, exponent: 1.2, shiftEvery: 500 } as const;
    const honest = { name: 'honest', share: 1, operation: 'read', keys, clients: 2, valueBytes: 1 } as const;
    for (const plan of [
      { ...PLAN, keys },
      { ...PLAN, keys, streams: [honest] },
    ]) {
      const generator = new ScriptedGenerator(() => 1_000);
      await warmUp(generator, plan, { clock: generator.clock, signal: never });
      const warm = popular(generator.plans[0] as GeneratorPlan, 0, 4_000);
      expect(warm).toEqual(popular(plan, 0, 500));
      expect(warm).not.toEqual(popular(plan, 500, 500));
    }
  });

  test('an interruption stops the generator', async () => {
    const interruption = new AbortController();
    const generator = new ScriptedGenerator(
      () => 1_000,
      (index) => {
        if (index === 2) interruption.abort('interrupted');
      },
    );
    const { signal } = interruption;
    const { steady } = await warmUp(generator, PLAN, { clock: generator.clock, signal });
    expect([steady, generator.stopReason]).toEqual([false, 'interrupted']);
  });
});
