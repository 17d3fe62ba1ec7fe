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
  return [predictionOf('cache.refillMs.max', 'none', { value: null, low: null, high, formula })];
}

/** Quantiles that the mean over cycles is taken from: enough for four digits. */
const CYCLES = 10_000;

/**
 * Mean number of XFetch's loads a renewal: those that start until the first of them has landed, d later.
 *
 * A reader reloads with probability e^(-(T - age) / m), m = d beta, so r readers a second make
 * H(age) = r m (e^(-(T - age) / m) - e^(-T / m)) reloads until `age`, and r (age - T) more past T. The first
 * comes where H is an exponential draw h, and with it come those of the next d: H(age + d) - h more, which is
 * h (e^(1/beta) - 1), and e^(1/beta) loads on average whatever r, as long as
 *
 * - T is long: e^(-T / m) r m is small. Else even a young entry is reloaded, and each time by more readers;
 * - r is high: the first reload comes d before T, or the odds have nowhere to grow to.
 *
 * Both are in the mean taken here, over evenly spaced quantiles of h. Below some 10 loads of T it is too high:
 * each later load of a renewal moves the expiry on.
 */
export function earlyLoads(
  { ratePerSec, loadSec }: HotKeyTraffic,
  { ttlSec, parameters }: Pick<TheoryInput, 'ttlSec' | 'parameters'>,
  defaultBeta: number,
): Formula {
  const beta = parameters.beta ?? defaultBeta;
  const m = loadSec * beta;
  const young = Math.exp(-ttlSec / m);
  const reloadsBy = (age: number) =>
    age <= ttlSec
      ? ratePerSec * m * (Math.exp((age - ttlSec) / m) - young)
      : ratePerSec * (m * (1 - young) + age - ttlSec);
  const ageAt = (reloads: number) => {
    const early = reloads / (ratePerSec * m) + young;
    return early <= 1 ? ttlSec + m * Math.log(early) : ttlSec + reloads / ratePerSec - m * (1 - young);
  };
  let more = 0;
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    const h = -Math.log((cycle + 0.5) / CYCLES);
    more += reloadsBy(ageAt(h) + loadSec) - h;
  }
  const value = 1 + more / CYCLES;
  const ideal = Math.exp(1 / beta);
  const formula = Math.abs(value / ideal - 1) < 0.02 ? 'e^(1/beta)' : 'e^(1/beta), T and r being finite';
  return { value, low: value, formula, tolerance: 'geometric' };
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
  return { metric: 'age.maxMs', value: null, low: null, high, formula, tolerance: 'none' };
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
  return [{ metric: 'staleness.maxMs', value: null, low: null, high, formula, tolerance: 'none' }];
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
