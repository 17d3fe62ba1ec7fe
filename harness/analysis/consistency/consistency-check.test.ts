import { describe, expect, it } from 'vitest';
import { kindOf } from '../../record/history/operation.ts';
import { ABSENT, FOREIGN } from '../../record/history/write-ids.ts';
import { ConsistencyCheck, type ConsistencyFindings } from './consistency-check.ts';
import type { FinalSample } from './divergence.ts';
import {
  FAILED_WRITE,
  historyOf,
  INFO_WRITE,
  op,
  READ,
  type SmallOperation,
  truthOf,
  WRITE,
} from './fixtures/histories.ts';
import type { KeyTruth } from './truth.ts';

interface Case {
  readonly truth?: KeyTruth;
  readonly sample?: FinalSample | null;
  readonly convergeFromUs?: number;
  readonly owners?: Readonly<Record<number, string>>;
}

const MS = 1_000;

function check(
  operations: readonly SmallOperation[],
  { truth = truthOf(1, 2, 3), sample = null, convergeFromUs = 0, owners = {} }: Case = {},
): ConsistencyFindings {
  using consistency = new ConsistencyCheck({
    ownerOf: (writeId) => owners[writeId] ?? null,
    convergeFromUs,
    windowMs: 100,
  });
  consistency.add(historyOf(operations), truth, sample);
  return consistency.result();
}

/** Three writes, acknowledged at 10, 110 and 210 ms. */
const WRITES = [op(WRITE, 1, 0, 10 * MS), op(WRITE, 2, 100 * MS, 110 * MS), op(WRITE, 3, 200 * MS, 210 * MS)];

describe('stale reads', () => {
  it('have an age between two bounds, and a number of versions', () => {
    const { staleReads } = check([...WRITES, op(READ, 1, 500 * MS, 505 * MS)]);
    // Value 2 was there at 100 ms at the earliest, and at 110 at the latest.
    expect(staleReads).toMatchObject({ reads: 1, stale: 1, rate: 1, maxMs: { atLeast: 390, atMost: 405 } });
    expect(staleReads.versionsBehind).toEqual([{ versions: 2, reads: 1 }]);
  });

  it('are none while the write is under way, or nobody knows that it was done', () => {
    const under = [op(WRITE, 1, 0, 50 * MS), op(READ, 0, 50 * MS, 60 * MS)];
    const unknown = [
      op(INFO_WRITE, 1, 0, 10 * MS),
      op(FAILED_WRITE, 2, 0, 10 * MS),
      op(READ, 0, 50 * MS, 60 * MS),
    ];
    for (const operations of [under, unknown]) {
      const { staleReads, regular } = check(operations, { truth: truthOf(1, 2) });
      expect([staleReads.stale, regular.verdict]).toEqual([0, 'pass']);
    }
  });

  it('are counted of hits apart, and by how they were answered', () => {
    const miss = kindOf('read', 'ok', 'miss');
    const old = 300 * MS;
    const { staleReads } = check([
      ...WRITES,
      op(READ, 2, old, old),
      op(READ, 3, old, old),
      op(miss, 1, old, old),
      op(kindOf('read', 'info'), 1, old, old),
    ]);
    expect(staleReads).toMatchObject({ reads: 3, stale: 2, bySource: { hit: 1, miss: 1 } });
    expect(staleReads.hits).toEqual({ reads: 2, stale: 1, rate: 0.5 });
  });

  it('are seen over time, and by the time since the latest write', () => {
    const { course, visibility } = check([
      ...WRITES,
      op(READ, 0, 5 * MS, 6 * MS),
      op(READ, 2, 210 * MS + 700, 220 * MS),
      op(READ, 3, 230 * MS, 240 * MS),
    ]);
    expect(course.map(({ reads, stale }) => [reads, stale])).toEqual([
      [1, 0],
      [0, 0],
      [2, 1],
    ]);
    expect(visibility).toEqual([
      { fromMs: 0.5, toMs: 1, reads: 1, fresh: 0 },
      { fromMs: 20, toMs: 50, reads: 1, fresh: 1 },
    ]);
  });

  it('leave so many nines', () => {
    const fresh = Array.from({ length: 3_000 }, () => op(READ, 3, 300 * MS, 301 * MS));
    expect(check([...WRITES, ...fresh]).nines[0]).toEqual({
      ...{ withinMs: 0, reads: 3_000, bad: 0, badShareAtMost: 0.001, nines: 3 },
    });
    const [all, , within10, within100] = check([...WRITES, ...fresh, op(READ, 2, 260 * MS, 261 * MS)]).nines;
    expect([all?.bad, within10?.bad, within100?.bad, all?.nines]).toEqual([1, 1, 0, 2]);
  });
});

describe('clients', () => {
  it('are promised to read their own writes, and never less than before', () => {
    const { sessions } = check([
      op(WRITE, 1, 0, 10, 7),
      op(READ, 0, 20, 30, 7),
      op(READ, 1, 40, 50, 8),
      op(READ, 0, 60, 70, 8),
      // Of another client, and one that overlaps.
      op(READ, 0, 60, 70, 9),
      op(READ, 0, 45, 55, 8),
      // Nobody in particular: nothing is promised.
      op(READ, 0, 80, 90, 0),
    ]);
    expect(sessions.readYourWrites).toEqual({ verdict: 'fail', reads: 1, violations: 1 });
    expect(sessions.monotonicReads).toEqual({ verdict: 'fail', reads: 1, violations: 1 });
  });
});

describe('writes', () => {
  it('are lost only if they were acknowledged and never committed', () => {
    const { updates } = check(
      [
        op(WRITE, 1, 0, 1),
        op(WRITE, 2, 0, 2),
        op(INFO_WRITE, 3, 0, 3),
        op(INFO_WRITE, 4, 0, 3),
        op(FAILED_WRITE, 5, 0, 3),
      ],
      { truth: truthOf(1, 4, 5) },
    );
    expect(updates).toMatchObject({
      ...{ verdict: 'fail', acknowledged: 2, lost: 1, missingVersions: 0, unknownCommits: 0 },
      ...{ failed: { writes: 1, committed: 1 }, info: { writes: 2, committed: 1 } },
      lostExamples: [{ key: 'item-0', writeId: 2, startUs: 0, ackedUs: 2 }],
    });
  });

  it('are missed in the version too, and commits that repeat or come from nobody', () => {
    const versions = [1, 2, 2, 3];
    const { updates } = check([op(WRITE, 1, 0, 1), op(WRITE, 2, 0, 2), op(WRITE, 3, 5, 6)], {
      truth: { writeIds: [0, 1, 2, 3], versions },
    });
    expect(updates).toMatchObject({ lost: 0, missingVersions: 1, versionsNotRaised: 1, verdict: 'fail' });
    const repeated = check([op(WRITE, 1, 0, 1)], { truth: truthOf(1, 9, 1) });
    expect(repeated.updates).toMatchObject({ repeatedCommits: 1, unknownCommits: 1, verdict: 'pass' });
  });
});

describe('values that never were', () => {
  it('are told apart', () => {
    const read = (writeId: number) => op(READ, writeId, 50, 60);
    const { impossibleReads, regular, staleReads } = check(
      [...[4, 4, 5, 6, FOREIGN, ABSENT, 1].map(read), { ...read(2), version: 3 }, { ...read(2), version: 4 }],
      { owners: { 4: 'item-0', 5: 'item-1' } },
    );
    expect(impossibleReads).toEqual({ dirty: 2, foreign: 1, unknown: 2, falselyAbsent: 1, wrongVersion: 1 });
    expect([regular.impossible, staleReads.reads]).toEqual([6, 3]);
  });

  it('are rows that are not there yet, or no more', () => {
    const truth = { writeIds: [0, 1, 2], versions: [0, 1, 2], absentAt: [0] };
    const { impossibleReads, staleReads } = check(
      [op(WRITE, 1, 10, 20), op(READ, ABSENT, 15, 16), op(READ, ABSENT, 30, 40), op(READ, 0, 1, 2)],
      { truth },
    );
    expect([impossibleReads.unknown, impossibleReads.falselyAbsent, staleReads.stale]).toEqual([1, 0, 1]);
    const deleted = { writeIds: [0, 1], versions: [1, 0], absentAt: [1] };
    const late = check([op(WRITE, 1, 10, 20), op(READ, 0, 30, 40), op(READ, ABSENT, 30, 40)], {
      truth: deleted,
    });
    expect([late.staleReads.reads, late.staleReads.stale]).toEqual([2, 1]);
  });
});

it('takes a value that was committed twice for the commit that accuses nobody', () => {
  const first = op(WRITE, 1, 0, 10);
  const truth = truthOf(1, 2, 1);
  // Old after the second commit, were it not for the third.
  expect(check([first, op(WRITE, 2, 20, 30), op(READ, 1, 40, 50)], { truth }).linearizable.verdict).toBe(
    'pass',
  );
  // Somebody has seen the second already, and the third comes after a write that is not sent yet.
  const early = [
    first,
    op(INFO_WRITE, 2, 20, 30),
    op(READ, 2, 32, 34),
    op(READ, 1, 36, 38),
    op(WRITE, 3, 40, 50),
  ];
  const { linearizable, regular } = check(early, { truth: truthOf(1, 2, 3, 1) });
  expect(linearizable).toMatchObject({ stale: 1, ahead: 0 });
  expect(regular.verdict).toBe('pass');
});

describe('in the end', () => {
  const samples: readonly (readonly [FinalSample, object])[] = [
    [
      { first: 3, second: 3 },
      { divergent: 0, healed: 0 },
    ],
    [
      { first: null, second: null },
      { divergent: 0, absent: 1 },
    ],
    [
      { first: 2, second: 3 },
      { divergent: 0, healed: 1 },
    ],
    [
      { first: 3, second: 2 },
      { divergent: 0, healed: 0 },
    ],
    [
      { first: 2, second: 2 },
      { divergent: 1, older: 1 },
    ],
    [
      { first: 2, second: 1 },
      { divergent: 1, older: 1 },
    ],
    [
      { first: 9, second: 9 },
      { divergent: 1, dirty: 1 },
    ],
    [
      { first: FOREIGN, second: FOREIGN },
      { divergent: 1, dirty: 1 },
    ],
    [
      { first: ABSENT, second: ABSENT },
      { divergent: 1, dirty: 1 },
    ],
  ];
  it.each(samples)('an entry of %o is %o', (sample, expected) => {
    expect(check(WRITES, { sample }).divergence).toMatchObject({ keys: 1, ...expected });
  });

  it('the reads converge, or were not seen to', () => {
    const stale = op(READ, 2, 300 * MS, 310 * MS);
    const fresh = op(READ, 3, 400 * MS, 410 * MS);
    const from = { convergeFromUs: 250 * MS };
    const converge = (reads: readonly SmallOperation[], sample: FinalSample | null = null) =>
      check([...WRITES, ...reads], { ...from, sample }).convergence;
    expect(converge([stale, fresh])).toEqual({ keys: 1, fromMs: 50, toMs: 160, censored: 0 });
    expect(converge([fresh])).toEqual({ keys: 1, fromMs: 0, toMs: 0, censored: 0 });
    expect(converge([stale])).toEqual({ keys: 1, fromMs: 50, toMs: null, censored: 1 });
    expect(converge([fresh], { first: 2, second: 2 })).toMatchObject({ toMs: null, censored: 1 });
    expect(converge([])).toEqual({ keys: 0, fromMs: null, toMs: null, censored: 0 });
  });

  it('the worst rows come first', () => {
    using consistency = new ConsistencyCheck({ ownerOf: () => null, convergeFromUs: 0 });
    const late = (count: number) => Array.from({ length: count }, () => op(READ, 1, 500 * MS, 505 * MS));
    const rows = { fine: 0, bad: 3, worse: 5, divergent: 1 };
    for (const [key, count] of Object.entries(rows)) {
      const sample = key === 'divergent' ? { first: 1, second: 1 } : null;
      consistency.add(historyOf([...WRITES, ...late(count)], key), truthOf(1, 2, 3), sample);
    }
    const { worstKeys } = consistency.result();
    expect(worstKeys.map(({ key }) => key)).toEqual(['divergent', 'worse', 'bad']);
    expect(worstKeys[1]).toMatchObject({ bad: 5, divergent: false, staleMs: 390 });
  });

  it('a row that lost a write comes before all that are only divergent, however many', () => {
    using consistency = new ConsistencyCheck({ ownerOf: () => null, convergeFromUs: 0 });
    for (let row = 0; row < 8; row++) {
      consistency.add(historyOf(WRITES, `divergent-${row}`), truthOf(1, 2, 3), { first: 1, second: 1 });
    }
    // The last of its writes was acknowledged, and is not among the commits.
    consistency.add(historyOf(WRITES, 'lost'), truthOf(1, 2), null);
    expect(consistency.result().worstKeys[0]).toMatchObject({ key: 'lost', lost: 1 });
  });
});

it('is inconclusive where nothing was observed', () => {
  const found = check([op(kindOf('read', 'fail'), 0, 0, 1), op(INFO_WRITE, 1, 0, 1)]);
  const { linearizable, regular, sessions, updates, divergence, staleReads } = found;
  const verdicts = [
    linearizable,
    regular,
    sessions.monotonicReads,
    sessions.readYourWrites,
    updates,
    divergence,
  ];
  expect(verdicts.map(({ verdict }) => verdict)).toEqual(Array(6).fill('inconclusive'));
  expect([staleReads.rate, found.nines[0]?.nines]).toEqual([null, null]);
  expect(found.operations).toEqual({
    reads: { ok: 0, fail: 1, info: 0 },
    writes: { ok: 0, fail: 0, info: 1 },
  });
});
