import fc from 'fast-check';
import { expect, test } from 'vitest';
import { manualClock, settled } from './fixtures/manual-clock.ts';
import { LoadGate, type Place } from './load-gate.ts';

const NEVER = new AbortController().signal;

function gateOf({ limit = 1, queue = 2, queueWaitMs = 100, newestFirst = 0 } = {}) {
  const clock = manualClock();
  const shutdown = new AbortController();
  const limits = { now: limit };
  const gate = new LoadGate({ clock, signal: shutdown.signal }, () => limits.now, {
    queue,
    queueWaitMs,
    newestFirst,
  });
  return { gate, clock, shutdown, limits };
}

/** Enters, and says what came of it. */
function entering(gate: LoadGate, signal: AbortSignal = NEVER) {
  const visit: { place?: Place | null } = {};
  void gate.enter(signal).then((place) => {
    visit.place = place;
  });
  return visit;
}

test('lets so many in, lets so many wait, and refuses the rest at once', async () => {
  const { gate } = gateOf();
  const [inside, first, second, refused] = [entering(gate), entering(gate), entering(gate), entering(gate)];
  await settled();
  expect(inside.place).toMatchObject({ waited: false });
  expect([first.place, second.place, refused.place]).toEqual([undefined, undefined, null]);
  inside.place?.leave();
  await settled();
  expect(first.place).toMatchObject({ waited: true });
  expect(second.place).toBeUndefined();
});

test('newest first: the last to come is next, and the oldest is refused', async () => {
  const { gate } = gateOf({ newestFirst: 1 });
  const [inside, oldest, middle, newest] = [entering(gate), entering(gate), entering(gate), entering(gate)];
  await settled();
  expect(oldest.place).toBeNull();
  inside.place?.leave();
  await settled();
  expect(newest.place).toMatchObject({ waited: true });
  expect(middle.place).toBeUndefined();
});

test('who waits too long is refused, whatever the order', async () => {
  for (const newestFirst of [0, 1]) {
    const { gate, clock } = gateOf({ newestFirst });
    const [, early] = [entering(gate), entering(gate)];
    await clock.advance(60);
    const late = entering(gate);
    await clock.advance(60);
    expect(early.place).toBeNull();
    expect(late.place).toBeUndefined();
    await clock.advance(60);
    expect(late.place).toBeNull();
    expect(gate.waiting).toBe(0);
  }
});

test('who hangs up leaves the queue to the others', async () => {
  const { gate } = gateOf({ queue: 1 });
  const hangUp = new AbortController();
  const [inside, waiting] = [entering(gate), entering(gate, hangUp.signal)];
  hangUp.abort();
  const next = entering(gate);
  await settled();
  expect(waiting.place).toBeNull();
  inside.place?.leave();
  await settled();
  expect(next.place).toMatchObject({ waited: true });
});

test('who has hung up already does not come in', async () => {
  const { gate } = gateOf();
  expect(await gate.enter(AbortSignal.abort())).toBeNull();
  expect(gate.inside).toBe(0);
});

test('a limit that has grown lets in several when one leaves, a smaller one nobody', async () => {
  const { gate, limits } = gateOf({ limit: 2 });
  const [first, second, third, fourth] = [entering(gate), entering(gate), entering(gate), entering(gate)];
  await settled();
  limits.now = 1;
  first.place?.leave();
  await settled();
  expect(third.place).toBeUndefined();
  limits.now = 2;
  second.place?.leave();
  await settled();
  expect([third.place, fourth.place]).toEqual([
    expect.objectContaining({ waited: true }),
    expect.objectContaining({ waited: true }),
  ]);
});

test('the end of the process refuses everyone who waits', async () => {
  const { gate, shutdown } = gateOf();
  const [, waiting] = [entering(gate), entering(gate)];
  shutdown.abort();
  await settled();
  expect(waiting.place).toBeNull();
});

type Step = 'enter' | 'leave' | 'hang up' | 'time';

test('never more inside than the limit, never more waiting than the queue, and everyone gets an answer', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({ limit: fc.integer({ min: 1, max: 3 }), queue: fc.nat(3), newestFirst: fc.nat(1) }),
      fc.array(fc.constantFrom<Step>('enter', 'enter', 'leave', 'hang up', 'time'), { maxLength: 40 }),
      async (options, steps) => {
        const { gate, clock } = gateOf(options);
        const visits: { place?: Place | null; hangUp: AbortController; left: boolean }[] = [];
        const leave = () => {
          const inside = visits.find(({ place, left }) => place && !left);
          if (inside === undefined) return false;
          inside.left = true;
          inside.place?.leave();
          return true;
        };
        for (const step of steps) {
          if (step === 'enter') {
            const hangUp = new AbortController();
            visits.push(Object.assign(entering(gate, hangUp.signal), { hangUp, left: false }));
          } else if (step === 'leave') leave();
          else if (step === 'hang up') visits.at(-1)?.hangUp.abort();
          else await clock.advance(40);
          await settled();
          const inside = visits.filter(({ place, left }) => place && !left).length;
          const waiting = visits.filter(({ place }) => place === undefined).length;
          expect(inside).toBe(gate.inside);
          expect(inside).toBeLessThanOrEqual(options.limit);
          expect(waiting).toBe(gate.waiting);
          expect(waiting).toBeLessThanOrEqual(options.queue);
        }
        while (leave()) await settled();
        expect(visits.every(({ place }) => place !== undefined)).toBe(true);
        expect([gate.inside, gate.waiting]).toEqual([0, 0]);
      },
    ),
    { numRuns: 50 },
  );
});
