import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AckedVersions } from './acked-versions.ts';

interface Write {
  readonly key: string;
  readonly version: number;
  readonly startedUs: number;
  readonly ackedUs: number;
}

/** The definition, word for word: over all acknowledged writes above the version. */
function bruteForce(writes: readonly Write[], key: string, version: number) {
  const newer = writes.filter((write) => write.key === key && write.version > version);
  if (newer.length === 0) return null;
  return {
    ackedUs: Math.min(...newer.map(({ ackedUs }) => ackedUs)),
    startedUs: Math.min(...newer.map(({ startedUs }) => startedUs)),
  };
}

/** Writes that overlap as they like, told of in the order of their answers. Versions of a key are given once. */
const histories = fc
  .array(
    fc.record({
      key: fc.constantFrom('a', 'b'),
      startedUs: fc.integer({ min: 0, max: 300 }),
      tookUs: fc.integer({ min: 0, max: 80 }),
    }),
    { maxLength: 60 },
  )
  .chain((drafts) =>
    fc
      .shuffledSubarray(
        drafts.map((_, index) => index + 1),
        { minLength: drafts.length, maxLength: drafts.length },
      )
      .map((versions) =>
        drafts
          .map(
            ({ key, startedUs, tookUs }, index): Write => ({
              key,
              version: versions[index] ?? 0,
              startedUs,
              ackedUs: startedUs + tookUs,
            }),
          )
          .toSorted((a, b) => a.ackedUs - b.ackedUs),
      ),
  );

function told(writes: readonly Write[], kept?: number): AckedVersions {
  const acked = new AckedVersions(kept);
  for (const { key, version, startedUs, ackedUs } of writes) acked.add(key, version, startedUs, ackedUs);
  return acked;
}

const VERSIONS = Array.from({ length: 62 }, (_, version) => version);

describe('AckedVersions', () => {
  it('says of every version when it became old, as the definition does', () => {
    fc.assert(
      fc.property(histories, (writes) => {
        const acked = told(writes);
        for (const key of ['a', 'b']) {
          for (const version of VERSIONS) {
            const found = acked.superseding(key, version);
            const { ackedUs, startedUs } = found ?? {};
            expect(found && { ackedUs, startedUs }).toEqual(bruteForce(writes, key, version));
          }
        }
      }),
    );
  });

  it('knows from when on a key was written', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 0, max: 400 }), (writes, atUs) => {
        expect(told(writes).writtenBefore('a', atUs)).toBe(
          writes.some(({ key, ackedUs }) => key === 'a' && ackedUs < atUs),
        );
      }),
    );
  });

  it('with fewer steps still knows what is old; its bounds only get wider', () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 5 }), (writes, kept) => {
        const acked = told(writes, kept);
        for (const version of VERSIONS) {
          const found = acked.superseding('a', version);
          const exact = bruteForce(writes, 'a', version);
          expect(found === null).toBe(exact === null);
          if (found === null || exact === null) continue;
          expect(found.ackedUs).toBeGreaterThanOrEqual(exact.ackedUs);
          expect(found.startedUs).toBeLessThanOrEqual(exact.startedUs);
        }
      }),
    );
  });

  it('is exact for what so many writes have replaced', () => {
    const acked = new AckedVersions(3);
    for (const version of [2, 3, 4, 5]) acked.add('a', version, version * 10, version * 10 + 5);
    expect(acked.superseding('a', 3)).toMatchObject({ startedUs: 40, ackedUs: 45 });
    expect(acked.superseding('a', 5)).toBeNull();
    // Of version 1: between the sending of 2, which is forgotten, and the answer of 3.
    expect(acked.superseding('a', 1)).toMatchObject({ startedUs: 20, ackedUs: 35 });
  });

  it('takes a version that is told of twice for one', () => {
    const acked = told([
      { key: 'a', version: 2, startedUs: 10, ackedUs: 20 },
      { key: 'a', version: 2, startedUs: 5, ackedUs: 30 },
    ]);
    expect(acked.superseding('a', 1)).toMatchObject({ startedUs: 5, ackedUs: 20 });
    expect(acked.superseding('a', 2)).toBeNull();
  });
});
