import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../record/histogram.ts';
import { Timeline } from './timeline.ts';

const WINDOW_MS = 10;

interface Request {
  readonly gapUs: number;
  readonly responseUs: number;
  readonly outcome: 'completed' | 'timeout' | 'failed';
}

/** Offers and settles each in its time, as a load does. */
function windowsOf(requests: readonly Request[], rawLimit: number) {
  const timeline = new Timeline(WINDOW_MS, rawLimit);
  let atUs = 0;
  const steps = requests.flatMap(({ gapUs, responseUs, outcome }) => {
    atUs += gapUs;
    const intendedUs = atUs;
    return [
      { atUs: intendedUs, take: () => timeline.offered(intendedUs) },
      {
        atUs: intendedUs + responseUs,
        take: () =>
          timeline.settled({ intendedUs, right: true }, outcome, outcome === 'failed' ? null : responseUs),
      },
    ];
  });
  for (const { take } of steps.toSorted((a, b) => a.atUs - b.atUs)) take();
  return timeline.encoded(atUs / 1e3);
}

describe('Timeline', () => {
  const request = fc.record({
    gapUs: fc.integer({ min: 0, max: 8_000 }),
    responseUs: fc.integer({ min: 1, max: 60_000 }),
    outcome: fc.constantFrom('completed', 'timeout', 'failed'),
  });

  it('is the same whether its windows are encoded under way or at the end', () => {
    fc.assert(
      fc.property(
        fc.array(request, { maxLength: 200 }),
        fc.integer({ min: 0, max: 20 }),
        (requests, limit) => {
          expect(windowsOf(requests, limit)).toEqual(windowsOf(requests, Number.POSITIVE_INFINITY));
        },
      ),
    );
  });

  it('counts as good what was completed with the right status, and shows empty windows at the end', () => {
    const timeline = new Timeline(WINDOW_MS);
    for (const right of [true, false]) {
      timeline.offered(0);
      timeline.settled({ intendedUs: 0, right }, 'completed', 100);
    }
    timeline.offered(5_000);
    timeline.settled({ intendedUs: 5_000, right: true }, 'timeout', 100);
    const windows = timeline.encoded(25);
    expect(windows.map(({ tMs, offered, good }) => [tMs, offered, good])).toEqual([
      [0, 3, 1],
      [10, 0, 0],
      [20, 0, 0],
    ]);
  });

  it('counts each request once, in the window of its intended time', () => {
    fc.assert(
      fc.property(fc.array(request, { maxLength: 200 }), (requests) => {
        const expected = new Map<number, number>();
        let atUs = 0;
        for (const { gapUs, outcome } of requests) {
          atUs += gapUs;
          const tMs = Math.floor(atUs / 1e3 / WINDOW_MS) * WINDOW_MS;
          if (outcome !== 'failed') expected.set(tMs, (expected.get(tMs) ?? 0) + 1);
        }
        for (const { tMs, completed, timeout, responseHistogram } of windowsOf(requests, 5)) {
          using histogram = LatencyHistogram.decode(responseHistogram);
          expect([completed + timeout, histogram.count]).toEqual([
            expected.get(tMs) ?? 0,
            expected.get(tMs) ?? 0,
          ]);
        }
      }),
    );
  });

  it('leaves a window open for the last of its requests, however late it comes', () => {
    const timeline = new Timeline(WINDOW_MS, 0);
    const intendedUs = Array.from({ length: 50 }, (_, index) => index * 2_000);
    for (const atUs of intendedUs) {
      timeline.offered(atUs);
      if (atUs > 0) timeline.settled({ intendedUs: atUs, right: true }, 'completed', 1_000);
    }
    timeline.settled({ intendedUs: 0, right: false }, 'timeout', 5_000_000);
    const [first] = timeline.encoded(100);
    expect(first).toMatchObject({ offered: 5, completed: 4, timeout: 1 });
  });
});
