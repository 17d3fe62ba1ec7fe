import { describe, expect, test } from 'vitest';
import { ABSENT } from '../../record/history/write-ids.ts';
import { judged, lateSet, type Op, read, write } from './fixtures/judged.ts';

const COMMITS = [['a', 1, 2]] as const;
const reads = (count: number, id: number, fromMs: number) =>
  Array.from({ length: count }, (_, n) => read(id, fromMs + n));
const storyOf = (ops: readonly Op[], more: Partial<Parameters<typeof judged>[0]> = {}) =>
  judged({ ops: { a: ops, b: [write(9, 1)] }, commits: [...COMMITS, ['b', 9, 2]], ...more }).worstKey;

describe('an operation', () => {
  test('is told with all that is known of it', () => {
    const story = storyOf([
      write(1, 10, { session: 3, source: 'miss' }),
      write(2, 12, { outcome: 'fail' }),
      read(0, 20, { source: 'miss', session: 3 }),
      read(0, 22, { outcome: 'fail' }),
      read(1, 24, { outcome: 'info' }),
    ]);
    expect(story?.operations).toEqual([
      { op: 'write', fromMs: 10, toMs: 15, version: 2, writeId: 1, outcome: 'ok', session: 3 },
      { op: 'write', fromMs: 12, toMs: 17, version: null, writeId: 2, outcome: 'fail' },
      {
        ...{ op: 'read', fromMs: 20, toMs: 21, version: 1, writeId: 0, outcome: 'ok', source: 'miss' },
        ...{ session: 3, staleMs: 5, wrong: ['stale', 'read-your-writes'] },
      },
      { op: 'read', fromMs: 22, toMs: 23, version: null, outcome: 'fail', source: 'hit' },
      { op: 'read', fromMs: 24, toMs: null, version: null, outcome: 'info', source: 'hit' },
    ]);
    expect(story?.counts).toEqual({ reads: 1, writes: 1, stale: 1, dirty: 0, lost: 0, staleMaxMs: 5 });
  });

  test('that found what was never committed is dirty, or another row’s, and not stale as well', () => {
    const story = storyOf([
      write(1, 10),
      write(2, 12, { outcome: 'info' }),
      read(2, 20),
      read(9, 30),
      read(77, 40),
    ]);
    expect(story?.operations.map(({ wrong = [], staleMs }) => [...wrong, staleMs])).toEqual([
      [undefined],
      [undefined],
      ['dirty', undefined],
      ['foreign', undefined],
      ['dirty', undefined],
    ]);
    expect(story?.counts).toMatchObject({ reads: 3, writes: 1, stale: 0, dirty: 3 });
  });
});

describe('a story is told around', () => {
  test('the first value that was never committed, be it the row’s own or another’s', () => {
    for (const strange of [9, 77]) {
      const story = storyOf([...reads(40, 0, 0), read(strange, 50), ...reads(40, 0, 60)]);
      expect(story).toMatchObject({ reason: 'a value that was never committed', more: 21 });
      expect(story?.operations).toHaveLength(60);
      expect(story?.operations.findIndex(({ wrong }) => wrong !== undefined)).toBe(19);
    }
    const atOnce = storyOf([read(77, 0), write(1, 10), read(0, 30)]);
    expect(atOnce?.reason).toBe('a value that was never committed');
  });

  test('the last commit of a row whose entry stayed wrong', () => {
    const story = storyOf([...reads(40, 0, 0), write(1, 50), ...reads(100, 1, 60)], { held: { a: 0 } });
    expect(story?.reason).toBe('its entry stayed wrong');
    expect(story?.operations[15]).toMatchObject({ op: 'write', version: 2 });
    expect(story).toMatchObject({ acknowledged: 1, more: 81 });
  });

  test('the stalest read where an entry was wrong only once', () => {
    const stale = [write(1, 10), read(0, 20)];
    expect(storyOf(stale, { held: { a: 0 }, heldThen: { a: 1 } })?.reason).toBe('the stalest read');
    expect(storyOf(stale, { held: { a: 1 }, heldThen: { a: 0 } })?.reason).toBe('the stalest read');
    expect(storyOf(stale, { held: { a: 0 } })).toMatchObject({
      reason: 'its entry stayed wrong',
      finalCache: [
        { held: true, version: 1 },
        { held: true, version: 1 },
      ],
    });
  });

  test('the first lost write, the very first too', () => {
    const story = storyOf([write(5, 1), read(77, 10), write(1, 20), read(0, 40)]);
    expect(story?.reason).toBe('a write that was acknowledged and lost');
    const later = storyOf([...reads(90, 0, 0), write(5, 100), ...reads(90, 0, 200)]);
    expect(later?.operations[15]).toMatchObject({ op: 'write', wrong: ['lost'] });
  });

  test.each<[string, readonly Op[], string]>([
    [
      'what a client saw less of than before',
      [
        write(1, 10, { outcome: 'info', toMs: 500 }),
        read(1, 20, { session: 4 }),
        read(0, 30, { session: 4 }),
      ],
      'a promise to a client that was broken',
    ],
    ['an absence that never was', [read(0, 5), read(ABSENT, 20)], 'an answer that the row is absent'],
  ])('%s, where nothing was stale', (_, ops, reason) => {
    expect(storyOf(ops)).toMatchObject({ reason, counts: { stale: 0 } });
  });
});

describe('sixty operations are told', () => {
  test('from the first on, when what matters is near it', () => {
    const story = storyOf([write(1, 0), read(0, 20), ...reads(80, 1, 30)]);
    expect(story?.operations).toHaveLength(60);
    expect(story?.operations[0]).toMatchObject({ op: 'write', fromMs: 0 });
    expect(story?.acknowledged).toBe(1);
  });

  test('up to the last, when what matters is near that', () => {
    const story = storyOf([...reads(80, 0, 0), write(1, 100), read(0, 120)]);
    expect(story?.operations).toHaveLength(60);
    expect(story?.operations.at(-1)).toMatchObject({ op: 'read', wrong: ['stale'] });
    expect(story?.more).toBe(22);
  });

  test('with what had been acknowledged when they began', () => {
    const story = storyOf([write(1, 0), ...reads(80, 1, 10), read(0, 100)], { held: { a: 1 } });
    expect(story?.acknowledged).toBe(1);
    const between = judged({
      ops: { a: [write(1, 0), ...reads(80, 1, 10), write(2, 200), read(1, 300)] },
      commits: [...COMMITS, ['a', 2, 3]],
    }).worstKey;
    expect(between?.acknowledged).toBe(2);
  });
});

test('an entry of nobody’s has no version, and none is none', () => {
  const { worstKey } = judged({ ...lateSet, held: { a: 77 }, heldThen: { a: null } });
  expect(worstKey?.finalCache).toEqual([
    { held: true, version: null },
    { held: false, version: null },
  ]);
  expect(worstKey?.finalDatabase).toBe(3);
});
