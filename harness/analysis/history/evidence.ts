import type { Audit, AuditedRead } from '../../record/audited-read.ts';
import type { Commits } from '../../record/commits.ts';
import type { KeyHistory } from '../../record/history/operation.ts';
import { SEEDED } from '../../record/history/write-ids.ts';
import type { CachedValue, FinalSample } from '../consistency/divergence.ts';
import type { KeyTruth } from '../consistency/truth.ts';

/** What a trial left of its reads and writes, beside its sample. */
export interface Evidence {
  readonly history: HistorySource;
  readonly commits: Commits;
  /** The two looks at the rows when all was quiet. */
  readonly audits: readonly [Audit, Audit];
}

/** As `HistoryReader` reads it from a file. */
export interface HistorySource {
  readonly keys: readonly string[];
  byKey(): Iterable<KeyHistory>;
  operationsOf(key: string): KeyHistory;
  ownerOf(writeId: number): string | null;
}

/** Returns what became of each row in the database; rows that nobody wrote are as they were. */
export function truthsOf({ keys, keyOf, writeIds, versions }: Commits): (key: string) => KeyTruth {
  const truths = new Map<string, { writeIds: number[]; versions: number[]; absentAt: number[] }>();
  for (const [at, keyIndex] of keyOf.entries()) {
    const key = keys[keyIndex] ?? '';
    const version = versions[at] ?? 0;
    let truth = truths.get(key);
    if (truth === undefined) {
      // The first commit of a row counts as its first version only if the row is new.
      const isNew = version === 1;
      truth = { writeIds: [SEEDED], versions: [version - 1], absentAt: isNew ? [0] : [] };
      truths.set(key, truth);
    }
    truth.writeIds.push(writeIds[at] ?? SEEDED);
    truth.versions.push(version);
  }
  return (key) => truths.get(key) ?? UNTOUCHED;
}

const UNTOUCHED: KeyTruth = { writeIds: [SEEDED], versions: [1] };

/** Returns what the caches held of each row, by the two looks at it; `null` for a row that was not looked at. */
export function finalSamplesOf(
  [first, second]: Evidence['audits'],
  truthOf: (key: string) => KeyTruth,
): (key: string) => FinalSample | null {
  const [firstReads, secondReads] = [byKey(first), byKey(second)];
  return (key) => {
    const before = firstReads.get(key);
    const after = secondReads.get(key);
    if (before === undefined || after === undefined) return null;
    const { writeIds } = truthOf(key);
    const last = writeIds[writeIds.length - 1] ?? SEEDED;
    return { first: cachedValue(before, last), second: cachedValue(after, last) };
  };
}

function byKey({ reads }: Audit): ReadonlyMap<string, readonly AuditedRead[]> {
  return Map.groupBy(reads, ({ key }) => key);
}

/**
 * Returns what the instances held. Where they differ it is one that is wrong: its users see it. A miss was answered by
 * the database.
 */
function cachedValue(reads: readonly AuditedRead[], last: number): CachedValue {
  const held = reads.flatMap(({ writeId, source }) =>
    writeId === null || source === 'miss' ? [] : [writeId],
  );
  return held.find((writeId) => writeId !== last) ?? held[0] ?? null;
}
