import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Clock } from '../../harness/time/clock.ts';
import { UnfitServersError } from '../errors.ts';
import { Hold, type Lease } from './hold.ts';

const FINDING = { server: 'X_URL (h:1)', what: 'the place', expected: 'nobody', got: 'run 7', mend: 'Wait.' };

class FakeLease implements Lease {
  readonly #ending = Promise.withResolvers<void>();
  readonly lost = this.#ending.promise;
  released = false;
  answer: Promise<void> = Promise.resolve();

  cut(): void {
    this.#ending.resolve();
  }

  confirm(): Promise<void> {
    return this.answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.released = true;
  }
}

/** A clock that stands still until it is moved, and then wakes who is due, in order. */
function manualClock() {
  let nowMs = 0;
  const sleepers = new Map<() => void, number>();
  const clock: Clock = {
    nowUs: () => nowMs * 1e3,
    wallMs: () => nowMs,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        sleepers.set(resolve, nowMs + ms);
        signal?.addEventListener('abort', () => {
          sleepers.delete(resolve);
          reject(signal.reason);
        });
      }),
  };
  return {
    clock,
    async advance(ms: number) {
      const untilMs = nowMs + ms;
      for (;;) {
        // What they do without waiting is done by then.
        await setImmediate();
        const [next] = [...sleepers].sort(([, a], [, b]) => a - b);
        if (next === undefined || next[1] > untilMs) break;
        sleepers.delete(next[0]);
        nowMs = next[1];
        next[0]();
      }
      nowMs = untilMs;
    },
  };
}

let advance: (ms: number) => Promise<void>;
let losses: Error[];
let leases: FakeLease[];
let take: () => Promise<Lease>;
let hold: Hold;
let first: FakeLease;
beforeEach(() => {
  const { clock, ...manual } = manualClock();
  advance = manual.advance;
  losses = [];
  leases = [];
  take = async () => {
    const lease = new FakeLease();
    leases.push(lease);
    return lease;
  };
  first = new FakeLease();
  hold = new Hold(first, {
    clock,
    server: FINDING.server,
    what: FINDING.what,
    take: () => take(),
    explain: () => ({ ...FINDING, got: 'a closed port' }),
    onLost: (error) => losses.push(error),
  });
});
afterEach(() => hold[Symbol.asyncDispose]());

it('takes a lease that is cut again, once, whoever notices', async () => {
  first.cut();
  first.answer = Promise.reject(new Error('cut'));
  await Promise.all([hold.confirm(), hold.confirm()]);
  expect([first.released, leases.length, losses]).toEqual([true, 1, []]);
  leases[0]?.cut();
  await advance(1);
  expect(leases).toHaveLength(2);
});

it('takes a lease again whose server does not answer, though nobody says that it is cut', async () => {
  first.answer = new Promise(() => {});
  await advance(60_000);
  expect([first.released, leases.length]).toEqual([true, 1]);
});

it('gives up as soon as another run has the place, and says so once', async () => {
  take = () => Promise.reject(new UnfitServersError([FINDING]));
  first.cut();
  await advance(1);
  await expect(hold.confirm()).rejects.toBe(losses[0]);
  expect(losses.map(({ message }) => message)).toEqual([
    'X_URL (h:1): lost the place: the connection that held this place was cut, and it was taken over by run 7',
  ]);
});

it('gives up as soon as the server can not be used, and says why', async () => {
  const unfit = new UnfitServersError([{ ...FINDING, what: 'its alarms' }]);
  take = () => Promise.reject(unfit);
  first.cut();
  await advance(1);
  await expect(hold.confirm()).rejects.toBe(unfit);
  expect(losses).toEqual([unfit]);
});

it('tries for half a minute while the server is away, and says what was the matter', async () => {
  let tries = 0;
  take = () => {
    tries++;
    return Promise.reject(new Error('connect ECONNREFUSED'));
  };
  first.cut();
  await advance(29_000);
  const confirmed = hold.confirm();
  confirmed.catch(() => undefined);
  expect(losses).toEqual([]);
  await advance(2_000);
  await expect(confirmed).rejects.toBe(losses[0]);
  expect(losses[0]?.message).toMatch(/no other to be had within 30 s: a closed port$/);
  const tried = tries;
  await advance(60_000);
  expect([tried > 2, tries]).toEqual([true, tried]);
});

it('gives back what comes too late, and what comes after its end', async () => {
  const late: ((lease: Lease) => void)[] = [];
  take = () => new Promise((resolve) => late.push(resolve));
  first.cut();
  await advance(11_000);
  expect(late).toHaveLength(2);
  const [tooLate, afterwards] = [new FakeLease(), new FakeLease()];
  late[0]?.(tooLate);
  const ended = hold[Symbol.asyncDispose]();
  late[1]?.(afterwards);
  await ended;
  expect([tooLate.released, afterwards.released, losses]).toEqual([true, true, []]);
});
