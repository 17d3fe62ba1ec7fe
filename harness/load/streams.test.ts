import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeIdOf } from '../record/history/write-ids.ts';
import { type Drawn, type Stream, type StreamSource, streamSource } from './streams.ts';

const HONEST: Stream = {
  name: 'honest',
  share: 0.5,
  operation: 'read',
  keys: { kind: 'uniform', count: 10 },
  clients: 3,
  valueBytes: 1,
};
const REPEATED: Stream = { ...HONEST, name: 'repeated', share: 0.3, keys: { kind: 'missing', count: 4 } };
const ENDLESS: Stream = { ...HONEST, name: 'endless', share: 0.2, keys: { kind: 'missing', count: null } };
const INSERTS: Stream = {
  ...HONEST,
  name: 'inserts',
  operation: 'write',
  keys: { kind: 'new' },
  clients: 1,
  valueBytes: 5,
};
const INSERTED: Stream = { ...HONEST, name: 'inserted', keys: { kind: 'inserted' } };

function drawn(source: StreamSource, count: number): Drawn[] {
  return Array.from({ length: count }, () => source.next());
}

function of(stream: number, draws: readonly Drawn[]): string[] {
  return draws.filter((draw) => draw.stream === stream).map(({ key }) => key);
}

/** The key that was asked for most. */
function hottest(keys: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}

describe('streamSource', () => {
  it('gives each stream its share of the requests', () => {
    const count = 10_000;
    const draws = drawn(streamSource([HONEST, REPEATED, ENDLESS], { seed: 1 }), count);
    for (const [index, { share }] of [HONEST, REPEATED, ENDLESS].entries()) {
      const sigma = Math.sqrt(count * share * (1 - share));
      expect(Math.abs(of(index, draws).length - count * share)).toBeLessThan(4 * sigma);
    }
  });

  it('draws the same for the same seed, whatever the seed', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const [first, second] = [1, 2].map(() =>
          drawn(streamSource([HONEST, REPEATED, ENDLESS], { seed }), 50),
        );
        expect(first).toEqual(second);
      }),
    );
  });

  it('gives the requests of a stream that has ended to the readers', () => {
    const source = streamSource(
      [HONEST, { ...HONEST, name: 'updates', operation: 'write', keys: { kind: 'readers' }, untilMs: 40 }],
      { seed: 7 },
    );
    const streams = Array.from({ length: 100 }, (_, ms) => source.next(ms * 1e3).stream);
    expect(new Set(streams.slice(0, 40))).toEqual(new Set([0, 1]));
    expect(new Set(streams.slice(40))).toEqual(new Set([0]));
  });

  it('keeps each stream’s keys as they are when another stream joins', () => {
    const without = of(0, drawn(streamSource([HONEST, REPEATED], { seed: 7 }), 2_000));
    const withOne = of(0, drawn(streamSource([HONEST, REPEATED, ENDLESS], { seed: 7 }), 2_000));
    const common = Math.min(without.length, withOne.length);
    expect(common).toBeGreaterThan(500);
    expect(withOne.slice(0, common)).toEqual(without.slice(0, common));
  });

  it('says which keys exist, and in which family a missing one is', () => {
    const draws = drawn(streamSource([HONEST, REPEATED, ENDLESS], { seed: 1 }), 300);
    const names = ['item', 'missing', 'endless'];
    for (const { stream, key, exists } of draws) {
      expect(key).toMatch(new RegExp(`^${names[stream]}-\\d+$`));
      expect(exists).toBe(stream === 0);
    }
  });

  it('never asks for an endless key twice, not even in another load of the trial', () => {
    const keys = [1, 2].flatMap((seed) =>
      of(0, drawn(streamSource([{ ...ENDLESS, share: 1 }], { seed }), 2_000)),
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('counts the different keys of each stream', () => {
    const source = streamSource([HONEST, REPEATED, ENDLESS], { seed: 1 });
    const draws = drawn(source, 1_000);
    for (const index of [0, 1, 2]) {
      expect(source.distinctKeys(index)).toBe(new Set(of(index, draws)).size);
    }
  });

  it('lets every client of a stream speak, each under a name of its own', () => {
    const draws = drawn(streamSource([HONEST, REPEATED], { seed: 1 }), 500);
    const clients = new Set(draws.map(({ shape }) => shape.headers[1]));
    expect([...clients].toSorted()).toEqual([
      'honest-0',
      'honest-1',
      'honest-2',
      'repeated-0',
      'repeated-1',
      'repeated-2',
    ]);
  });

  it('lets a stream share the keys of the first, the popular ones too, in another order', () => {
    const zipf: Stream = { ...HONEST, keys: { kind: 'zipf', count: 50, exponent: 1.5 } };
    const writes: Stream = { ...INSERTS, name: 'updates', share: 0.5, keys: { kind: 'readers' } };
    const draws = drawn(streamSource([zipf, writes], { seed: 5 }), 8_000);
    const [read, written] = [of(0, draws), of(1, draws)];
    expect(hottest(written)).toEqual(hottest(read));
    expect(written.slice(0, 50)).not.toEqual(read.slice(0, 50));
    expect(draws.filter(({ stream }) => stream === 1).every(({ exists }) => exists)).toBe(true);
    // With a ranking of its own, another key would be the hottest.
    const own = drawn(streamSource([zipf, { ...writes, keys: zipf.keys }], { seed: 5 }), 8_000);
    expect(hottest(of(1, own))).not.toEqual(hottest(read));
    expect(() => streamSource([{ ...writes, share: 1 }], { seed: 5 })).toThrow('has none of its own');
  });

  it('has the popular keys of another load of the same rank seed, and other draws', () => {
    const zipf: Stream = { ...HONEST, share: 1, keys: { kind: 'zipf', count: 50, exponent: 1.5 } };
    const keysOf = (seed: number, rankSeed?: number) =>
      of(0, drawn(streamSource([zipf], rankSeed === undefined ? { seed } : { seed, rankSeed }), 4_000));
    const [storm, like, unlike] = [keysOf(5), keysOf(6, 5), keysOf(6)];
    expect(hottest(like)).toBe(hottest(storm));
    expect(like.slice(0, 50)).not.toEqual(storm.slice(0, 50));
    expect(hottest(unlike)).not.toBe(hottest(storm));
  });

  it('writes new keys, and reads of them only those that were acknowledged', () => {
    const source = streamSource([INSERTS, INSERTED], { seed: 3 });
    const written: string[] = [];
    for (const [turn, draw] of drawn(source, 40).entries()) {
      if (draw.stream === 1) expect(draw.key).toBe('item-0');
      else if (turn % 2 === 0) {
        expect(draw.shape).toMatchObject({ method: 'PUT', body: 'wwwww' });
        source.acknowledged(draw);
        written.push(draw.key);
        break;
      }
    }
    expect(written).toHaveLength(1);
    expect(new Set(of(1, drawn(source, 200)))).toEqual(new Set(written));
  });

  it('numbers its writes where they are to be told apart, and changes nothing else', () => {
    const writers: Stream = { ...HONEST, name: 'writers', share: 0.5, operation: 'write', valueBytes: 20 };
    const [plain, identified] = [false, true].map((on) =>
      drawn(streamSource([HONEST, writers], { seed: 3, identified: on }), 500),
    ) as [Drawn[], Drawn[]];
    expect(identified.map(({ stream, key, session }) => [stream, key, session])).toEqual(
      plain.map(({ stream, key, session }) => [stream, key, session]),
    );
    const writes = identified.filter(({ stream }) => stream === 1);
    expect(writes.map(({ writeId }) => writeId)).toEqual(writes.map((_, index) => index + 1));
    expect(writes.map(({ shape }) => writeIdOf(shape.body ?? ''))).toEqual(
      writes.map(({ writeId }) => writeId),
    );
    expect(writes.every(({ shape }) => shape.body?.length === 20)).toBe(true);
    expect(plain.every(({ writeId }) => writeId === 0)).toBe(true);
    expect(identified.every(({ stream, writeId }) => stream === 1 || writeId === 0)).toBe(true);
  });
});
