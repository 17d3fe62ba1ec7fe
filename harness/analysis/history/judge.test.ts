import { describe, expect, test } from 'vitest';
import { CommitsRecorder } from '../../record/commits.ts';
import { ABSENT } from '../../record/history/write-ids.ts';
import { historyOf, judged, lateSet, read, STARTED_US, write } from './fixtures/judged.ts';
import { judgeHistory } from './judge.ts';

describe('judgeHistory', () => {
  test('says how much was stale, by how much, and when', () => {
    const found = judged(lateSet);
    expect(found.staleness).toMatchObject({ readRate: 2 / 5, maxMs: 115, kMax: 1 });
    expect(found.staleReads).toEqual([1 / 2, 1, 0, null]);
    expect(found).toMatchObject({
      divergentKeys: 0,
      lostUpdates: 0,
      dirtyReads: 0,
      nonLinearizable: 2,
      readYourWritesViolations: 1,
      monotonicViolations: 0,
      convergence: { stuck: false, ms: 0 },
    });
  });

  test('says how soon writes were seen, and how much that supports', () => {
    const { freshness } = judged(lateSet);
    expect(freshness?.visibility).toEqual([
      { fromMs: 5, toMs: 10, reads: 1, fresh: 0 },
      { fromMs: 50, toMs: 100, reads: 1, fresh: 1 },
      { fromMs: 100, toMs: 200, reads: 1, fresh: 0 },
    ]);
    expect(freshness?.nines.map(({ withinMs, bad }) => [withinMs, bad])).toEqual([
      [0, 2],
      [1, 2],
      [10, 1],
      [100, 1],
      [1_000, 0],
      [10_000, 0],
    ]);
    expect(freshness?.gamma).toMatchObject({ clusters: 4, conflicting: 2, maxMs: 115 });
  });

  test('reads that could not have been stale support nothing', () => {
    expect(judged({ ops: { a: [read(0, 5), read(0, 9)] }, commits: [] }).freshness).toBeNull();
  });

  test('tells what happened to the worst key', () => {
    const { worstKey } = judged(lateSet);
    expect(worstKey).toMatchObject({
      key: 'a',
      round: 1,
      reason: 'the stalest read',
      counts: { reads: 4, writes: 2, stale: 2, dirty: 0, lost: 0, staleMaxMs: 115 },
      acknowledged: 1,
      more: 0,
      finalDatabase: 3,
      finalCache: [{ held: false }, { held: false }],
    });
    expect(
      worstKey?.operations.map(({ op, fromMs, version, wrong = [] }) => [op, fromMs, version, ...wrong]),
    ).toEqual([
      ['read', 5, 1],
      ['write', 10, 2],
      ['read', 20, 1, 'stale', 'read-your-writes'],
      ['read', 130, 1, 'stale'],
      ['write', 150, 3],
      ['read', 210, 3],
    ]);
  });

  test('a read is stale since the write after the one that it found', () => {
    const { worstKey } = judged({
      ops: { a: [write(1, 10), write(2, 50), read(1, 100)] },
      commits: [
        ['a', 1, 2],
        ['a', 2, 3],
      ],
    });
    expect(worstKey?.operations.at(-1)).toMatchObject({ version: 2, staleMs: 45 });
    expect(worstKey?.counts.staleMaxMs).toBe(45);
  });

  test('finds the entries that stay wrong, and what they hold', () => {
    const found = judged({ ...lateSet, held: { a: 1, b: 0 } });
    expect(found).toMatchObject({ divergentKeys: 1, convergence: { stuck: true, ms: 1_145 } });
    expect(found.worstKey).toMatchObject({
      reason: 'its entry stayed wrong',
      finalCache: [
        { held: true, version: 2 },
        { held: true, version: 2 },
      ],
    });
  });

  test('an entry that is right at the second look is not divergent', () => {
    expect(judged({ ...lateSet, held: { a: 1 }, heldThen: { a: 2 } }).divergentKeys).toBe(0);
    expect(judged({ ...lateSet, held: { a: 1 }, heldThen: { a: null } }).divergentKeys).toBe(0);
  });

  test('a value that was committed again in the end is what the database ended with', () => {
    const found = judged({
      ops: { a: [write(1, 10), write(2, 50), read(0, 100)] },
      commits: [
        ['a', 1, 2],
        ['a', 2, 3],
        ['a', 1, 4],
      ],
      held: { a: 1 },
      heldThen: { a: 2 },
    });
    expect(found.divergentKeys).toBe(0);
    expect(found.worstKey).toMatchObject({
      finalDatabase: 4,
      finalCache: [
        { held: true, version: 4 },
        { held: true, version: 3 },
      ],
    });
  });

  test('of instances that differ, one that is wrong counts', () => {
    const commits = new CommitsRecorder();
    commits.add('a', 1, 2);
    const history = historyOf('a', [write(1, 10)]);
    const reads = [1, 0].map((writeId, instance) => ({ key: 'a', instance, writeId, source: 'l1' }));
    const audit = { endedAtUs: STARTED_US + 1e6, reads };
    const found = judgeHistory(
      {
        history: { keys: ['a'], byKey: () => [history], operationsOf: () => history, ownerOf: () => 'a' },
        commits: commits.commits(),
        audits: [audit, audit],
      },
      { round: 1, startedAtUs: STARTED_US, windowMs: 100, windows: 1, triggers: [] },
    );
    expect(found.divergentKeys).toBe(1);
  });

  test('counts what was acknowledged and lost, and read and never committed', () => {
    const found = judged({
      ops: { a: [write(1, 10), read(1, 20), write(2, 30, { outcome: 'info' })], b: [read(1, 25)] },
      commits: [],
    });
    expect(found).toMatchObject({ lostUpdates: 1, dirtyReads: 2 });
    expect(found.worstKey).toMatchObject({
      key: 'a',
      reason: 'a write that was acknowledged and lost',
      counts: { lost: 1, dirty: 1 },
      finalDatabase: 1,
    });
    expect(
      found.worstKey?.operations.map(({ toMs, version, wrong = [] }) => [toMs, version, ...wrong]),
    ).toEqual([
      [15, null, 'lost'],
      [21, null, 'dirty'],
      [null, null],
    ]);
  });

  test('counts versions that are missing or stay where they were, and writes that came too early', () => {
    const found = judged({
      ops: { a: [write(1, 10), write(2, 50), write(3, 90)] },
      commits: [
        ['a', 1, 2],
        ['a', 3, 3],
        ['a', 2, 3],
      ],
    });
    // The third was sent when the second had been acknowledged, and the database has the second as the last.
    expect(found).toMatchObject({
      missingVersions: 1,
      versionsNotRaised: 1,
      misplacedWrites: 1,
      lostUpdates: 0,
    });
  });

  test('counts writes that were committed again, and commits of nobody', () => {
    const ops = { a: [write(1, 10), write(2, 20)] };
    const commits: [string, number, number][] = [
      ['a', 1, 2],
      ['a', 2, 3],
      ['a', 1, 4],
      ['a', 9, 5],
    ];
    expect(judged({ ops, commits })).toMatchObject({ repeatedCommits: 1, unknownCommits: 1, lostUpdates: 0 });
    expect(judged({ ops, commits: commits.slice(0, 2) })).toMatchObject({
      ...{ repeatedCommits: 0, unknownCommits: 0 },
    });
  });

  test('counts answers of rows that are there as missing, and those that name a wrong version', () => {
    const ops = {
      a: [write(1, 10), read(ABSENT, 20), read(1, 30, { version: 7 }), read(1, 40, { version: 2 })],
    };
    const found = judged({ ops, commits: [['a', 1, 2]] });
    expect(found).toMatchObject({ falselyAbsent: 1, wrongVersion: 1, dirtyReads: 0 });
    expect(judged({ ops: { a: [read(0, 5)] }, commits: [] })).toMatchObject({
      ...{ missingVersions: null, versionsNotRaised: null, misplacedWrites: null, repeatedCommits: null },
      ...{ falselyAbsent: 0, wrongVersion: 0 },
    });
  });

  test('a write that failed for its client and was committed is no loss, and its value no dirty one', () => {
    const found = judged({
      ops: { a: [write(1, 10, { outcome: 'info' }), read(1, 20)] },
      commits: [['a', 1, 2]],
    });
    expect(found).toMatchObject({ lostUpdates: null, dirtyReads: 0, staleness: null, worstKey: null });
  });

  test('a row that the storm inserted was absent before', () => {
    const found = judged({
      ops: { new: [read(ABSENT, 5), write(1, 10), read(ABSENT, 20), read(1, 30)] },
      commits: [['new', 1, 1]],
    });
    expect(found.staleness).toMatchObject({ readRate: 1 / 3 });
    expect(found.dirtyReads).toBe(0);
  });

  test('counts the time to converge from the last acknowledged write', () => {
    const found = judged({
      ops: { a: [write(1, 10), read(0, 40), read(0, 90), read(1, 120)] },
      commits: [['a', 1, 2]],
      held: { a: 1 },
    });
    expect(found.convergence).toEqual({ stuck: false, ms: 106 });
  });
});

test('a row whose last read was stale has converged by the look that finds it right', () => {
  const given = { ops: { a: [write(1, 10), read(0, 40)] }, commits: [['a', 1, 2]] } as const;
  expect(judged({ ...given, held: { a: 1 } }).convergence).toEqual({ stuck: false, ms: 985 });
  expect(judged({ ...given, held: { a: 0 }, heldThen: { a: 1 } }).convergence).toEqual({
    stuck: false,
    ms: 1_285,
  });
  expect(judged({ ...given, held: { a: 0 } }).convergence).toEqual({ stuck: true, ms: 1_285 });
});

test('tells some sixty operations around what matters', () => {
  const before = Array.from({ length: 100 }, (_, n) => read(0, n));
  const after = Array.from({ length: 100 }, (_, n) => read(1, 300 + n));
  const { worstKey } = judged({
    ops: { a: [...before, write(1, 200), read(0, 220), ...after] },
    commits: [['a', 1, 2]],
  });
  expect(worstKey?.operations).toHaveLength(60);
  expect(worstKey?.operations[15]).toMatchObject({ op: 'write', version: 2 });
  expect(worstKey?.more).toBe(142);
});

describe('what is not there is not counted as none', () => {
  test('nobody looked at any row', () => {
    expect(judged({ ...lateSet, unseen: ['a', 'b'] })).toMatchObject({ divergentKeys: null });
  });

  test('nobody read anything once all was at rest', () => {
    expect(judged({ ops: { a: [write(1, 10)] }, commits: [['a', 1, 2]] }).convergence).toBeNull();
  });

  test('no read in a window', () => {
    const found = judged({ ops: { a: [write(1, 10), read(1, 20), read(1, 220)] }, commits: [['a', 1, 2]] });
    expect(found.staleReads).toEqual([0, null, 0, null]);
  });
});

test('an entry that is wrong in the end has not converged, though nobody read it', () => {
  const found = judged({ ops: { a: [write(1, 10)] }, commits: [['a', 1, 2]], held: { a: 0 } });
  expect(found.convergence).toEqual({ stuck: true, ms: 1_285 });
});

test('convergence counts from the last fault’s end, and from no write that nobody knows to have happened', () => {
  const given = { ops: { a: [write(1, 10), read(0, 90), read(1, 120)] }, commits: [['a', 1, 2]] } as const;
  expect(judged({ ...given, healedMs: 60 }).convergence).toEqual({ stuck: false, ms: 61 });
  expect(judged({ ...given, healedMs: 12 }).convergence).toEqual({ stuck: false, ms: 106 });
  const unsure = write(2, 20, { outcome: 'info', toMs: 300 });
  expect(judged({ ...given, ops: { a: [...given.ops.a, unsure] } }).convergence?.ms).toBe(106);
});

test('says how stale the median and the stalest reads were, and how many versions behind', () => {
  const found = judged({
    ops: {
      a: [write(1, 10), write(2, 20), write(3, 30), read(2, 40), read(2, 40), read(0, 115), read(3, 115)],
    },
    commits: [
      ['a', 1, 2],
      ['a', 2, 3],
      ['a', 3, 4],
    ],
  });
  expect(found.staleness).toMatchObject({ readRate: 3 / 4, maxMs: 100, kMax: 3 });
  expect(found.staleness?.p50Ms).toBeCloseTo(5, 1);
  expect(found.staleness?.p99Ms).toBeCloseTo(100, 0);
  // From the acknowledgement of write 1 to the sending of the read of what it had replaced.
  expect(found.gammaMs).toBe(100);
});

test('counts reads of what nobody is known to have written, and of what was not sent yet', () => {
  const commits = [['a', 1, 2]] as const;
  const unknown = judged({ ops: { a: [write(1, 10), read(77, 20)] }, commits });
  expect(unknown).toMatchObject({ dirtyReads: 1, nonLinearizable: 0 });
  const ahead = judged({ ops: { a: [read(1, 2), write(1, 10)] }, commits });
  expect(ahead).toMatchObject({ dirtyReads: 0, nonLinearizable: 1 });
});

test('the worst key is the one whose fault is the gravest, not that with the most faults', () => {
  const { worstKey } = judged({
    ops: {
      often: [write(1, 10), read(0, 20), read(0, 30), read(0, 40), read(1, 50)],
      lost: [write(2, 10)],
    },
    commits: [['often', 1, 2]],
  });
  expect(worstKey).toMatchObject({ key: 'lost', counts: { lost: 1 } });
});
