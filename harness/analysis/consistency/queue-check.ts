import { sum } from '../statistics/summary.ts';
import { BehindCounter } from './behind-counter.ts';
import { type Verdict, verdictOf } from './truth.ts';

/** What is known of a queue: what went in, what came out, and what was done about it. */
export interface QueueRecord {
  /** In the order in which they were published, so far as one publisher knows. */
  readonly published: readonly PublishedMessage[];
  /** Ids, in the order in which consumers took them, each as often as it came. */
  readonly delivered: Iterable<number>;
  /** Ids, each as often as its effect was applied. */
  readonly applied: Iterable<number>;
  /** Whether the queue was seen empty after the last was published: without it nothing counts as lost. */
  readonly drained: boolean;
}

export interface PublishedMessage {
  /** Unique. */
  readonly id: number;
  readonly key: string;
  /** `ok`: the broker took it in; `info`: nobody knows. */
  readonly outcome: 'ok' | 'fail' | 'info';
}

export interface QueueFindings {
  /** Whether nothing was lost, came from nowhere, or had its effect twice. Order is no part of it. */
  readonly verdict: Verdict;
  readonly published: number;
  readonly acknowledged: number;
  readonly delivered: number;
  /** Acknowledged and never delivered; `null` where the queue was not drained. */
  readonly lost: number | null;
  /** Deliveries of what had been delivered before. */
  readonly duplicated: number;
  /** Deliveries of what nobody published. */
  readonly unexpected: number;
  /** Delivered though its publisher was told that it failed, or was told nothing. */
  readonly recovered: number;
  /** Pairs of messages of one key whose first deliveries came in the other order. */
  readonly inversions: number;
  /** Effects of what had had its effect before. */
  readonly duplicatedEffects: number;
}

/** A queue as a multiset, as Jepsen's `total-queue` has it, and the order by key beside it. O(n log n). */
export function judgeQueue({ published, delivered, applied, drained }: QueueRecord): QueueFindings {
  const indices = new Map(published.map(({ id }, index) => [id, index]));
  const times = new Uint32Array(published.length);
  const firsts = new Map<string, number[]>();
  let [deliveries, duplicated, unexpected] = [0, 0, 0];
  for (const id of delivered) {
    deliveries++;
    const index = indices.get(id);
    const message = index === undefined ? undefined : published[index];
    if (index === undefined || message === undefined) {
      unexpected++;
      continue;
    }
    times[index] = (times[index] as number) + 1;
    if (times[index] !== 1) {
      duplicated++;
      continue;
    }
    const ofKey = firsts.get(message.key);
    if (ofKey === undefined) firsts.set(message.key, [index]);
    else ofKey.push(index);
  }
  const acknowledged = published.filter(({ outcome }) => outcome === 'ok').length;
  const lost = published.filter(({ outcome }, index) => outcome === 'ok' && times[index] === 0).length;
  const recovered = published.filter(({ outcome }, index) => outcome !== 'ok' && times[index] !== 0).length;
  const effects = [...applied];
  const duplicatedEffects = effects.length - new Set(effects).size;
  const bad = (drained ? lost : 0) + unexpected + duplicatedEffects;
  return {
    verdict: bad === 0 && !drained ? 'inconclusive' : verdictOf(bad, acknowledged),
    published: published.length,
    acknowledged,
    delivered: deliveries,
    lost: drained ? lost : null,
    ...{ duplicated, unexpected, recovered, duplicatedEffects },
    inversions: sum([...firsts.values()].map(inversionsOf)),
  };
}

/** Pairs that stand in descending order. */
function inversionsOf(values: readonly number[]): number {
  const ranks = new Map(values.toSorted((a, b) => a - b).map((value, rank) => [value, rank]));
  const passed = new BehindCounter(values.length);
  let inversions = 0;
  for (const value of values) {
    const rank = ranks.get(value) as number;
    inversions += passed.beyond(rank);
    passed.acknowledged(rank);
  }
  return inversions;
}
