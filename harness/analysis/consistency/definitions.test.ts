/** What is counted in one sweep, held against the definitions word by word, each read beside all other operations. */
import { expect, test } from 'vitest';
import { isOk, isWrite, kindOf } from '../../record/history/operation.ts';
import { deriveSeed, type Random, seededRandom, shuffled } from '../../time/random.ts';
import { ConsistencyCheck } from './consistency-check.ts';
import { historyOf, op, type SmallOperation, truthOf } from './fixtures/histories.ts';

const HISTORIES = 400;
const MOMENTS = 60;
const KINDS = [
  kindOf('read', 'ok', 'hit'),
  kindOf('read', 'ok', 'l1'),
  kindOf('read', 'ok', 'miss'),
  kindOf('read', 'info'),
  kindOf('write', 'ok'),
  kindOf('write', 'info'),
  kindOf('write', 'fail'),
];

test('counts stale reads, their ages and broken promises as they are defined', () => {
  const seed = deriveSeed(HISTORIES, 'definitions');
  const random = seededRandom(seed);
  let stale = 0;
  for (let turn = 0; turn < HISTORIES; turn++) {
    const { operations, commits } = draw(random);
    using check = new ConsistencyCheck({ ownerOf: () => null, convergeFromUs: 0 });
    check.add(historyOf(operations), truthOf(...commits), null);
    const { staleReads, sessions, visibility, updates } = check.result();
    const expected = defined(operations, commits);
    const { reads, maxMs, versionsBehind, hits } = staleReads;
    expect(
      {
        ...{ reads, stale: staleReads.stale, staleHits: hits.stale, afterWrite: staleReads.afterWrite },
        ...{ atLeastUs: maxMs.atLeast * 1e3, atMostUs: maxMs.atMost * 1e3 },
        behind: versionsBehind.reduce((sum, { versions, reads: count }) => sum + versions * count, 0),
        fresh: visibility.reduce((sum, step) => sum + step.fresh, 0),
        lost: updates.lost,
        monotonic: [sessions.monotonicReads.reads, sessions.monotonicReads.violations],
        ownWrites: [sessions.readYourWrites.reads, sessions.readYourWrites.violations],
      },
      `history ${turn} of seed ${seed}`,
    ).toEqual(expected);
    stale += expected.stale;
  }
  expect(stale).toBeGreaterThan(HISTORIES);
});

function draw(random: Random): { operations: SmallOperation[]; commits: number[] } {
  const count = 1 + random.int(40);
  const drawn = Array.from({ length: count }, (_, index) => {
    const kind = KINDS[random.int(KINDS.length)] as number;
    const startUs = random.int(MOMENTS);
    return op(kind, index + 1, startUs, startUs + random.int(MOMENTS / 3), random.int(4));
  });
  const writes = drawn.filter(({ kind }) => isWrite(kind) && random.int(6) > 0);
  const byEnd = writes.toSorted((a, b) => a.finishUs - b.finishUs).map(({ writeId }) => writeId);
  const commits = random.int(3) === 0 ? shuffled(byEnd, random) : byEnd;
  const operations = drawn.map((one) =>
    isWrite(one.kind)
      ? one
      : { ...one, writeId: [0, one.writeId, ...commits][random.int(commits.length + 2)] as number },
  );
  return { operations, commits };
}

function defined(operations: readonly SmallOperation[], commits: readonly number[]) {
  const place = ({ writeId }: SmallOperation): number => [0, ...commits].indexOf(writeId);
  const isAcked = (one: SmallOperation): boolean => isWrite(one.kind) && isOk(one.kind);
  const acked = operations.filter((one) => isAcked(one) && place(one) > 0);
  const sent = operations.filter((one) => isWrite(one.kind) && place(one) > 0);
  const reads = operations.filter((one) => !isWrite(one.kind) && isOk(one.kind) && place(one) >= 0);
  const before = (one: SmallOperation, other: SmallOperation): boolean => one.finishUs < other.startUs;
  const missedBy = (read: SmallOperation) =>
    acked.filter((write) => before(write, read) && place(write) > place(read));
  const stale = reads.filter((read) => missedBy(read).length > 0);
  const ages = stale.map((read) => {
    const firstAckUs = Math.min(
      ...acked.filter((write) => place(write) > place(read)).map(({ finishUs }) => finishUs),
    );
    const lastSentUs = Math.max(
      ...sent.filter((write) => place(write) <= place(read) + 1).map(({ startUs }) => startUs),
    );
    const atLeastUs = read.startUs - firstAckUs;
    return { atLeastUs, atMostUs: Math.min(read.finishUs, Math.max(atLeastUs, read.finishUs - lastSentUs)) };
  });
  const promised = (given: readonly SmallOperation[]) => {
    const to = reads.map((read) => ({
      read,
      earlier: given.filter(
        (one) => one.session === read.session && (read.session ?? 0) > 0 && before(one, read),
      ),
    }));
    const broken = to.filter(({ read, earlier }) => earlier.some((one) => place(one) > place(read)));
    return [to.filter(({ earlier }) => earlier.length > 0).length, broken.length];
  };
  const afterWrite = reads.filter((read) => acked.some((write) => before(write, read)));
  return {
    reads: reads.length,
    stale: stale.length,
    staleHits: stale.filter(({ kind }) => kind !== KINDS[2]).length,
    afterWrite: afterWrite.length,
    atLeastUs: Math.max(0, ...ages.map(({ atLeastUs }) => atLeastUs)),
    atMostUs: Math.max(0, ...ages.map(({ atMostUs }) => atMostUs)),
    behind: stale.reduce((sum, read) => sum + missedBy(read).length, 0),
    fresh: afterWrite.length - stale.length,
    lost: operations.filter((one) => isAcked(one) && place(one) < 0).length,
    monotonic: promised(reads),
    ownWrites: promised(acked),
  };
}
