/**
 * Judges the operations of a storm by what the database really committed: row by row, so that only one row's
 * operations need be in memory.
 */
import { isWrite, type KeyHistory, outcomeOf } from '../../record/history/operation.ts';
import { commitBounds } from './commit-bounds.ts';
import { Convergence, type ConvergenceFindings } from './convergence.ts';
import { Divergence, type DivergenceFindings, type FinalSample } from './divergence.ts';
import { Gamma, type GammaFindings } from './gamma.ts';
import { type JudgedKey, judgeKey, NO_PLACE } from './judged-key.ts';
import { Nines, type NinesFindings } from './nines.ts';
import { RegisterCheck, type RegisterFindings } from './register-check.ts';
import { type SessionFindings, Sessions } from './sessions.ts';
import { type StaleReadFindings, StaleReads } from './stale-reads.ts';
import { StalenessCourse, type StalenessWindow } from './staleness-course.ts';
import type { KeyTruth } from './truth.ts';
import { type UpdateFindings, Updates } from './updates.ts';
import { Visibility, type VisibilityStep } from './visibility.ts';
import { type KeyFaults, WorstKeys } from './worst-keys.ts';

export interface ConsistencyOptions {
  /** Which key a write was for; `null` when nobody knows it. */
  readonly ownerOf: (writeId: number) => string | null;
  /** The last fault was healed, or the last write acknowledged: microseconds since the storm's start. */
  readonly convergeFromUs: number;
  /** Of the course of staleness over time. @default 1000 */
  readonly windowMs?: number;
}

export interface ConsistencyFindings {
  readonly operations: {
    readonly reads: OutcomeCounts;
    readonly writes: OutcomeCounts;
  };
  readonly linearizable: RegisterFindings;
  readonly regular: RegisterFindings;
  readonly staleReads: StaleReadFindings;
  /** Reads of what was never in the database as this row. */
  readonly impossibleReads: ImpossibleReads;
  readonly nines: readonly NinesFindings[];
  readonly visibility: readonly VisibilityStep[];
  readonly course: readonly StalenessWindow[];
  readonly gamma: GammaFindings;
  readonly sessions: SessionFindings;
  readonly updates: UpdateFindings;
  readonly divergence: DivergenceFindings;
  readonly convergence: ConvergenceFindings;
  /** The worst first; empty when nothing was bad. */
  readonly worstKeys: readonly KeyFaults[];
}

export interface OutcomeCounts {
  readonly ok: number;
  readonly fail: number;
  /** Timed out, or the connection was lost: may have happened. */
  readonly info: number;
}

export interface ImpossibleReads {
  /** Of a write of the row that was never committed. */
  readonly dirty: number;
  /** Of a write of another row. */
  readonly foreign: number;
  /** Of a value that nobody is known to have written. */
  readonly unknown: number;
  /** "No such row", where there always was one. */
  readonly falselyAbsent: number;
  /** Reads whose answer named another version than what they found has. */
  readonly wrongVersion: number;
}

type Counts = { -readonly [K in keyof OutcomeCounts]: number };
type Impossible = { -readonly [K in keyof ImpossibleReads]: number };

/** Add every row, the unread too, then ask for the result; dispose it. About 1 us an operation. */
export class ConsistencyCheck implements Disposable {
  readonly #ownerOf: (writeId: number) => string | null;
  readonly #reads: Counts = { ok: 0, fail: 0, info: 0 };
  readonly #writes: Counts = { ok: 0, fail: 0, info: 0 };
  readonly #impossible: Impossible = { dirty: 0, foreign: 0, unknown: 0, falselyAbsent: 0, wrongVersion: 0 };
  readonly #register = new RegisterCheck();
  readonly #stale = new StaleReads();
  readonly #nines = new Nines();
  readonly #visibility = new Visibility();
  readonly #course: StalenessCourse;
  readonly #gamma = new Gamma();
  readonly #sessions = new Sessions();
  readonly #updates = new Updates();
  readonly #divergence = new Divergence();
  readonly #convergence: Convergence;
  readonly #worst = new WorstKeys();

  constructor({ ownerOf, convergeFromUs, windowMs = 1_000 }: ConsistencyOptions) {
    this.#ownerOf = ownerOf;
    this.#convergence = new Convergence(convergeFromUs);
    this.#course = new StalenessCourse(windowMs);
  }

  /** @param sample of the row's entry after the storm; `null` when nobody looked */
  add(history: KeyHistory, truth: KeyTruth, sample: FinalSample | null): void {
    const judged = judgeKey(history, truth, this.#ownerOf);
    const bounds = commitBounds(judged);
    this.#register.add(judged);
    this.#visibility.add(judged);
    let bad = this.#count(judged, truth);
    let staleUs = 0;
    this.#stale.add(judged, bounds, ({ startUs, atLeastUs }) => {
      this.#nines.stale(atLeastUs);
      this.#course.stale(startUs, atLeastUs);
      staleUs = Math.max(staleUs, atLeastUs);
      bad++;
    });
    const gammaUs = this.#gamma.add(judged);
    const lost = this.#updates.add(judged, truth);
    bad += this.#sessions.add(judged) + lost;
    const divergent = sample !== null && this.#divergence.add(history.key, judged.order, sample);
    this.#convergence.add(judged, divergent);
    const [staleMs, gammaMs] = [staleUs / 1e3, gammaUs / 1e3];
    this.#worst.add({ key: history.key, bad, lost, divergent, staleMs, gammaMs });
  }

  result(): ConsistencyFindings {
    const staleReads = this.#stale.result();
    return {
      operations: { reads: { ...this.#reads }, writes: { ...this.#writes } },
      ...this.#register.result(),
      staleReads,
      impossibleReads: { ...this.#impossible },
      nines: this.#nines.result(staleReads.reads),
      visibility: this.#visibility.result(),
      course: this.#course.result(),
      gamma: this.#gamma.result(),
      sessions: this.#sessions.result(),
      updates: this.#updates.result(),
      divergence: this.#divergence.result(),
      convergence: this.#convergence.result(),
      worstKeys: this.#worst.result(),
    };
  }

  [Symbol.dispose](): void {
    this.#stale[Symbol.dispose]();
    this.#gamma[Symbol.dispose]();
  }

  /** @returns impossible reads of the key */
  #count({ history, places }: JudgedKey, { versions }: KeyTruth): number {
    let bad = 0;
    for (let index = 0; index < history.count; index++) {
      const kind = history.kinds[index] as number;
      const place = places[index] as number;
      if (isWrite(kind)) {
        this.#writes[outcomeOf(kind)]++;
        continue;
      }
      this.#reads[outcomeOf(kind)]++;
      if (place >= 0) {
        const version = history.versions[index] as number;
        if (version > 0 && version !== versions[place]) this.#impossible.wrongVersion++;
        this.#course.read(history.startsUs[index] as number);
      } else if (place !== NO_PLACE.none) {
        this.#impossible[nameOf(place)]++;
        bad++;
      }
    }
    return bad;
  }
}

function nameOf(place: number): keyof ImpossibleReads {
  if (place === NO_PLACE.dirty) return 'dirty';
  if (place === NO_PLACE.foreign) return 'foreign';
  return place === NO_PLACE.falselyAbsent ? 'falselyAbsent' : 'unknown';
}
