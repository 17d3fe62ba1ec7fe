/** What happened to one key, operation by operation, around what went wrong. */
import { isOk, isWrite, type KeyHistory, outcomeOf, sourceOf } from '../../record/history/operation.ts';
import type { WorstKey } from '../../result/schema.ts';
import { type CommitBounds, commitBounds } from '../consistency/commit-bounds.ts';
import type { CachedValue, FinalSample } from '../consistency/divergence.ts';
import { type JudgedKey, judgeKey, NO_PLACE } from '../consistency/judged-key.ts';
import { Sessions } from '../consistency/sessions.ts';
import type { KeyTruth } from '../consistency/truth.ts';

/** Operations that are told, and how many of them before the one that matters most. */
const TOLD = 60;
const BEFORE = 15;

export interface StoryContext {
  readonly truth: KeyTruth;
  readonly sample: FinalSample | null;
  readonly ownerOf: (writeId: number) => string | null;
  readonly round: number;
  readonly triggers: WorstKey['triggers'];
}

type KeyOperation = WorstKey['operations'][number];

export function storyOf(history: KeyHistory, context: StoryContext): WorstKey {
  const { truth, sample, ownerOf, round, triggers } = context;
  const judged = judgeKey(history, truth, ownerOf);
  const broken = brokenPromises(judged);
  const bounds = commitBounds(judged);
  const told = Array.from(judged.byStart, (index) => ({
    index,
    operation: operationOf(index, { judged, bounds, truth, broken: broken.get(index) ?? [] }),
  }));
  const divergent = isDivergent(judged, sample);
  const { at, reason } = turningPoint(judged, { told, divergent });
  const from = Math.max(0, Math.min(at - BEFORE, told.length - TOLD));
  const shown = told.slice(from, from + TOLD);
  const acked = judged.ackedBefore[shown[0]?.index ?? 0] ?? 0;
  return {
    key: history.key,
    round,
    reason,
    counts: countsOf(told.map(({ operation }) => operation)),
    acknowledged: truth.versions[acked] ?? null,
    operations: shown.map(({ operation }) => operation),
    more: told.length - shown.length,
    finalDatabase: truth.versions[truth.versions.length - 1] ?? null,
    finalCache:
      sample === null ? [] : [sample.first, sample.second].map((value) => held(value, judged, truth)),
    triggers,
  };
}

/** By the index of a read, what it broke of what its client had been promised. */
function brokenPromises(judged: JudgedKey): ReadonlyMap<number, readonly string[]> {
  const broken = new Map<number, string[]>();
  new Sessions().add(judged, (index, promise) => broken.set(index, [...(broken.get(index) ?? []), promise]));
  return broken;
}

interface OperationContext {
  readonly judged: JudgedKey;
  readonly bounds: CommitBounds;
  readonly truth: KeyTruth;
  readonly broken: readonly string[];
}

function operationOf(index: number, { judged, bounds, truth, broken }: OperationContext): KeyOperation {
  const { history, places, ackedBefore } = judged;
  const kind = history.kinds[index] ?? 0;
  const place = places[index] ?? NO_PLACE.none;
  const fromUs = history.startsUs[index] ?? 0;
  const outcome = outcomeOf(kind);
  const write = isWrite(kind);
  const stale = !write && place >= 0 && place < (ackedBefore[index] ?? 0);
  const source = sourceOf(kind);
  const session = history.sessions[index] ?? 0;
  const wrong = write ? (outcome === 'ok' && place < 0 ? ['lost'] : []) : wrongOf(place, stale, broken);
  return {
    op: write ? 'write' : 'read',
    fromMs: fromUs / 1e3,
    toMs: outcome === 'info' ? null : (history.finishesUs[index] ?? fromUs) / 1e3,
    version: place >= 0 ? (truth.versions[place] ?? null) : null,
    ...(write || isOk(kind) ? { writeId: history.writeIds[index] ?? 0 } : {}),
    outcome,
    ...(write || source === 'unknown' ? {} : { source }),
    ...(session === 0 ? {} : { session }),
    ...(stale ? { staleMs: (fromUs - (bounds.notAfterUs[place + 1] ?? fromUs)) / 1e3 } : {}),
    ...(wrong.length === 0 ? {} : { wrong }),
  };
}

function wrongOf(place: number, stale: boolean, broken: readonly string[]): string[] {
  if (place === NO_PLACE.foreign) return ['foreign'];
  if (place === NO_PLACE.dirty || place === NO_PLACE.unknown) return ['dirty'];
  return [...(stale ? ['stale'] : []), ...broken];
}

function countsOf(operations: readonly KeyOperation[]): WorstKey['counts'] {
  const count = (holds: (operation: KeyOperation) => boolean) => operations.filter(holds).length;
  const has = (what: string) => (operation: KeyOperation) => operation.wrong?.includes(what) ?? false;
  const ok = (op: KeyOperation['op']) => (operation: KeyOperation) =>
    operation.op === op && operation.outcome === 'ok';
  return {
    reads: count(ok('read')),
    writes: count(ok('write')),
    stale: count(has('stale')),
    dirty: count(has('dirty')) + count(has('foreign')),
    lost: count(has('lost')),
    staleMaxMs: operations.reduce((most, { staleMs = 0 }) => Math.max(most, staleMs), 0),
  };
}

interface Told {
  readonly index: number;
  readonly operation: KeyOperation;
}

/**
 * Around which operation the story is told: the last write of a row whose entry stayed wrong; the first lost or dirty
 * one; else the write that the stalest read should have seen; where nothing was stale, what was wrong otherwise.
 */
function turningPoint(
  { places }: JudgedKey,
  { told, divergent }: { readonly told: readonly Told[]; readonly divergent: boolean },
): { readonly at: number; readonly reason: string } {
  const at = (holds: (one: Told) => boolean) => told.findIndex(holds);
  const lost = at(({ operation: { wrong = [] } }) => wrong.includes('lost'));
  if (lost >= 0) return { at: lost, reason: 'a write that was acknowledged and lost' };
  if (divergent) {
    const last = told.reduce((most, { index }) => Math.max(most, places[index] ?? -1), 0);
    const write = at(({ index, operation }) => operation.op === 'write' && places[index] === last);
    return { at: Math.max(0, write), reason: 'its entry stayed wrong' };
  }
  const dirty = at(({ operation: { wrong = [] } }) => wrong.includes('dirty') || wrong.includes('foreign'));
  if (dirty >= 0) return { at: dirty, reason: 'a value that was never committed' };
  const stalest = told.reduce<Told | null>(
    (worst, one) => ((one.operation.staleMs ?? 0) > (worst?.operation.staleMs ?? 0) ? one : worst),
    null,
  );
  if (stalest === null) {
    const broken = at(({ operation: { wrong } }) => wrong !== undefined);
    if (broken >= 0) return { at: broken, reason: 'a promise to a client that was broken' };
    const absent = at(({ index }) => places[index] === NO_PLACE.falselyAbsent);
    return { at: Math.max(0, absent), reason: 'an answer that the row is absent' };
  }
  const missed = (places[stalest.index] ?? -1) + 1;
  const write = at(({ index, operation }) => operation.op === 'write' && places[index] === missed);
  return { at: Math.max(0, write), reason: 'the stalest read' };
}

function isDivergent({ order }: JudgedKey, sample: FinalSample | null): boolean {
  const wrong = (value: CachedValue) => value !== null && !order.isLast(value);
  return sample !== null && wrong(sample.first) && wrong(sample.second);
}

function held(value: CachedValue, { order }: JudgedKey, truth: KeyTruth): WorstKey['finalCache'][number] {
  // A write that was committed twice may be what the row ended with.
  const place = value === null ? -1 : order.isLast(value) ? order.length - 1 : order.placeOf(value);
  return { held: value !== null, version: place >= 0 ? (truth.versions[place] ?? null) : null };
}
