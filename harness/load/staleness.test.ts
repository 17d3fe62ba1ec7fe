import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatencyHistogram } from '../record/histogram.ts';
import { Flight } from './flight.ts';
import { Staleness } from './staleness.ts';

interface Operation {
  readonly method: 'GET' | 'PUT';
  readonly key: string;
  /** As the answer says; `null` without the header. */
  readonly version: number | null;
  readonly sentUs: number;
  readonly answeredUs: number;
  readonly status?: number;
}

function read(key: string, version: number | null, sentUs: number, answeredUs: number): Operation {
  return { method: 'GET', key, version, sentUs, answeredUs };
}

function write(key: string, version: number | null, sentUs: number, answeredUs: number): Operation {
  return { method: 'PUT', key, version, sentUs, answeredUs };
}

/** What the judge finds when it is told of all, each when it is answered. */
function judged(operations: readonly Operation[]) {
  using staleness = new Staleness();
  for (const operation of operations.toSorted((a, b) => a.answeredUs - b.answeredUs)) {
    const shape = { method: operation.method, headers: [], body: null };
    const drawn = { stream: 0, key: operation.key, exists: true, shape, session: 1, writeId: 0 };
    const flight = new Flight(0, '/', true, drawn);
    flight.sentUs = operation.sentUs;
    flight.status = operation.status ?? 200;
    flight.version = operation.version;
    staleness.answered(flight, operation.answeredUs);
  }
  return staleness.report();
}

describe('a read', () => {
  it('is stale if a newer version was acknowledged before it was sent, between two bounds', () => {
    const found = judged([write('a', 2, 1_000, 3_000), read('a', 1, 10_000, 11_000)]);
    expect(found).toMatchObject({
      writes: 1,
      reads: 1,
      afterWrite: 1,
      stale: 1,
      maxMs: { atLeast: 7, atMost: 10 },
    });
    using atLeast = LatencyHistogram.decode(found.atLeastHistogram);
    expect(Math.abs((atLeast.max ?? 0) - 7_000)).toBeLessThanOrEqual(7);
  });

  it('is not stale that was sent before the answer: either value is right then', () => {
    expect(judged([write('a', 2, 1_000, 3_000), read('a', 1, 3_000, 9_000)])).toMatchObject({
      stale: 0,
      afterWrite: 0,
    });
    const earlier = write('a', 2, 0, 100);
    expect(judged([earlier, write('a', 3, 1_000, 3_000), read('a', 2, 3_000, 9_000)])).toMatchObject({
      stale: 0,
      afterWrite: 1,
    });
  });

  it('is not stale when it has the newest version, or one that nobody was told of yet', () => {
    const put = write('a', 2, 0, 100);
    for (const version of [2, 3]) {
      expect(judged([put, read('a', version, 200, 300)])).toMatchObject({ stale: 0, afterWrite: 1 });
    }
  });

  it('is not judged without a version, nor by writes of other keys, or that failed', () => {
    const put = write('a', 2, 0, 100);
    expect(judged([put, read('a', null, 200, 300)])).toMatchObject({ reads: 0, stale: 0 });
    expect(judged([put, read('b', 1, 200, 300)])).toMatchObject({ reads: 1, afterWrite: 0, stale: 0 });
    expect(judged([{ ...put, status: 400 }, read('a', 1, 200, 300)])).toMatchObject({ writes: 0, stale: 0 });
    expect(judged([put, { ...read('a', 1, 200, 300), status: 404 }])).toMatchObject({ reads: 0 });
  });

  it('counts as old since the first of the writes that it missed', () => {
    const missed = [write('a', 2, 0, 1_000), write('a', 3, 5_000, 6_000), write('a', 4, 8_000, 9_000)];
    expect(judged([...missed, read('a', 1, 20_000, 20_500)]).maxMs).toEqual({ atLeast: 19, atMost: 20.5 });
    expect(judged([...missed, read('a', 2, 20_000, 20_500)]).maxMs).toEqual({ atLeast: 14, atMost: 15.5 });
  });
});

it('judges every history as the definition does', () => {
  const operation = fc.record({
    method: fc.constantFrom('GET' as const, 'PUT' as const),
    key: fc.constantFrom('a', 'b'),
    version: fc.integer({ min: 1, max: 12 }),
    sentUs: fc.integer({ min: 0, max: 5_000 }),
    tookUs: fc.integer({ min: 1, max: 900 }),
  });
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 50 }), (drafts) => {
      const all = drafts.map(({ tookUs, ...draft }): Operation => {
        return { ...draft, answeredUs: draft.sentUs + tookUs };
      });
      // Answers at one moment have no order.
      fc.pre(new Set(all.map(({ answeredUs }) => answeredUs)).size === all.length);
      const writes = all.filter(({ method }) => method === 'PUT');
      const expected = { reads: 0, afterWrite: 0, stale: 0, atLeast: 0, atMost: 0 };
      for (const { key, version, sentUs, answeredUs } of all.filter(({ method }) => method === 'GET')) {
        expected.reads++;
        const before = writes.filter((one) => one.key === key && one.answeredUs < sentUs);
        if (before.length > 0) expected.afterWrite++;
        const isOlder = (one: Operation) => (one.version ?? 0) > (version ?? 0);
        if (!before.some(isOlder)) continue;
        expected.stale++;
        // All that the judge had been told of when the read returned.
        const newer = writes.filter((one) => one.key === key && one.answeredUs < answeredUs && isOlder(one));
        const ackedUs = Math.min(...newer.map((one) => one.answeredUs));
        const startedUs = Math.min(...newer.map((one) => one.sentUs));
        expected.atLeast = Math.max(expected.atLeast, (sentUs - ackedUs) / 1e3);
        expected.atMost = Math.max(expected.atMost, (answeredUs - startedUs) / 1e3);
      }
      const { reads, afterWrite, stale, maxMs } = judged(all);
      expect({ reads, afterWrite, stale, ...maxMs }).toEqual(expected);
    }),
  );
});
