import type { HotKeyTraffic, MissingTraffic, Prediction, TheoryInput } from './strategy.ts';

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

/** A lock that runs out before the load is done lets the next one in. */
export function lockedLoads({ loadSec }: HotKeyTraffic, { parameters }: TheoryInput): Formula {
  const lockMs = parameters.lockMs ?? Number.POSITIVE_INFINITY;
  const loads = Math.max(1, Math.ceil((loadSec * 1000) / lockMs));
  return { value: loads, low: 1, formula: loads === 1 ? '1' : 'ceil(d / lock time)' };
}

/** An entry is asked for, filled and dropped: its age is the load, the time to live and the way to the client. */
export function predictPhysicalAge({ ttlSec, slowestLoadSec, slowestAnswerSec }: TheoryInput): Prediction {
  return {
    metric: 'age.maxMs',
    value: null,
    low: null,
    high: (ttlSec + slowestLoadSec + slowestAnswerSec) * 1000,
    formula: 'T + D + S',
    tolerance: 'none',
  };
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
