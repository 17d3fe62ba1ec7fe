import type { HotKeyTraffic, MissingTraffic, Prediction, TheoryInput } from './prediction.ts';

/** What a formula gives; `low` and `high` are its value where they are left out. */
export interface Formula {
  /** `null` when it only limits. */
  readonly value: number | null;
  readonly low?: number | null;
  readonly high?: number | null;
  readonly formula: string;
  readonly tolerance?: Prediction['tolerance'];
}

/** Loads per expiry of the hot key; nothing in a scenario without one. By default one load may be off at an edge. */
export function loadsPerExpiry(
  { hotKey }: TheoryInput,
  predict: (hotKey: HotKeyTraffic) => Formula,
): readonly Prediction[] {
  return hotKey === null ? [] : [predictionOf('db.loadsPerExpiry', 'edge', predict(hotKey))];
}

/** Loads per request for a key that exists nowhere, of each kind of attack. By default a share of the requests. */
export function loadsPerMissing(
  { missing }: TheoryInput,
  predict: (traffic: MissingTraffic) => Formula,
): readonly Prediction[] {
  return missing.map((traffic) =>
    predictionOf(`db.loadsPerMissing.${traffic.attack}`, 'binomial', predict(traffic)),
  );
}

/** Who reads during a load makes one too. */
export function everyReaderLoads({ ratePerSec, loadSec }: HotKeyTraffic): Formula {
  const others = ratePerSec * loadSec;
  return { value: 1 + others, low: others, formula: '1 + r d', tolerance: 'poisson' };
}

/**
 * A lock or lease that runs out before the load is done lets the next one in; a load whose process was killed is
 * done again.
 *
 * @param heldMs How long it is held at most.
 */
export function lockedLoads(
  { hotKey, killsPerExpiry }: Pick<TheoryInput, 'hotKey' | 'killsPerExpiry'>,
  heldMs: number = Number.POSITIVE_INFINITY,
  name = 'lock time',
): Formula {
  const loads = Math.max(1, Math.ceil(((hotKey?.loadSec ?? 0) * 1000) / heldMs));
  const formula = loads === 1 ? '1' : `ceil(d / ${name})`;
  return {
    value: loads + killsPerExpiry,
    low: 1,
    formula: killsPerExpiry === 0 ? formula : `${formula} + kills per expiry`,
  };
}

/**
 * Who holds the lock when its process is killed keeps everybody else from filling the entry until its time is up:
 * then the next one that looks has it, loads and fills. Nothing where no process was killed.
 *
 * @param heldMs How long it is held at most.
 * @param pollMs Mean wait before a reader looks again, drawn from half to one and a half times this.
 */
export function stallOfKilledHolder(
  { hotKey, killsPerExpiry, slowestLoadSec, longestStallSec }: TheoryInput,
  heldMs: number = Number.POSITIVE_INFINITY,
  pollMs = 0,
  name = 'lock time',
): readonly Prediction[] {
  if (hotKey === null || killsPerExpiry === 0) return [];
  // E twice: it may stand still when the lock is taken, and again when it is up.
  const high = heldMs + 1.5 * pollMs + (slowestLoadSec + 2 * longestStallSec) * 1000;
  const formula = `<= ${name} + ${pollMs === 0 ? '' : '1.5 poll + '}D + 2 E`;
  return [predictionOf('cache.refillMs.max', 'always', { value: null, low: null, high, formula })];
}

/** An entry is asked for, filled and dropped: its age is the load, the time to live and the way to the client. */
export function predictPhysicalAge(input: TheoryInput): Prediction {
  return ageLimit(input, input.ttlSec, 'T + D + S');
}

/** An entry that can be read for `readableSec` gets no older than that, its load and the way to the client. */
export function ageLimit(
  { slowestLoadSec, slowestAnswerSec }: TheoryInput,
  readableSec: number,
  formula: string,
): Prediction {
  const high = (readableSec + slowestLoadSec + slowestAnswerSec) * 1000;
  return { metric: 'age.maxMs', value: null, low: null, high, formula, tolerance: 'always' };
}

/**
 * A copy that nobody invalidates is read for `heldSec` at most. It was loaded before the write that replaced it;
 * the load and what shares it may have begun just before, so D comes on top. Nothing where no row is overwritten.
 */
export function predictStaleness(
  { updates, slowestLoadSec }: TheoryInput,
  heldSec: number,
  formula: string,
): readonly Prediction[] {
  if (!updates) return [];
  const high = (heldSec + slowestLoadSec) * 1000;
  return [{ metric: 'staleness.maxMs', value: null, low: null, high, formula, tolerance: 'always' }];
}

/** Whoever reads during a load gets the old value at once. */
export function nobodyWaits({ hotKey }: TheoryInput): readonly Prediction[] {
  if (hotKey === null) return [];
  const formula = '< d: nobody waits';
  const high = hotKey.loadSec * 1000;
  return [{ metric: 'latency.response.p99', value: null, low: null, high, formula, tolerance: 'none' }];
}

function predictionOf(
  metric: string,
  usual: Prediction['tolerance'],
  { value, low = value, high = value, formula, tolerance = usual }: Formula,
): Prediction {
  return { metric, value, low, high, formula, tolerance };
}
