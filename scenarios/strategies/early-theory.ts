/** What theory predicts of XFetch at finite rates and times to live. */
import type { HotKeyTraffic, TheoryInput } from './prediction.ts';
import type { Formula } from './theory.ts';

/**
 * How far the mean lies from simulated renewals whose loads all take the same time, at most (expiries-early.test.ts): a
 * renewal that follows at once is merged into the one before it, and each later load of a renewal moves the expiry on.
 */
export const EARLY_MODEL_ERROR = 0.05;

interface Reloads {
  readonly ratePerSec: number;
  readonly loadSec: number;
  readonly ttlSec: number;
  readonly beta: number;
}

/**
 * Mean number of XFetch's loads a renewal: those that start until the first of them has landed, d later.
 *
 * A reader at `age` reloads with probability e^(-(T - age) / m), m = d beta. Of readers without number that makes
 * e^(1/beta) loads; of r a second it makes
 *
 * - more where T is short: even a young entry is reloaded, and each time by more readers;
 * - fewer where r is low, or the readers come at equal distances: the first reload takes one of them away.
 *
 * Loads that take different times widen it: up to what the slowest one makes, and down by as much as the slowest is
 * slower than the mean, since the renewal is over when the shortest of its loads lands.
 */
export function earlyLoads(
  { ratePerSec, loadSec, evenlySpaced = false }: HotKeyTraffic,
  { ttlSec, slowestLoadSec, parameters }: Pick<TheoryInput, 'ttlSec' | 'slowestLoadSec' | 'parameters'>,
  defaultBeta: number,
): Formula {
  const beta = parameters.beta ?? defaultBeta;
  const meanOf = (seconds: number) => {
    const reloads = { ratePerSec, loadSec: seconds, ttlSec, beta };
    const few = steps(reloads) <= MOST_STEPS;
    return evenlySpaced && few ? meanOfEven(reloads) : meanOfRandom(reloads);
  };
  const value = meanOf(loadSec);
  const slowest = Math.max(loadSec, slowestLoadSec);
  return {
    value,
    low: Math.max(1, (value * (1 - EARLY_MODEL_ERROR) * loadSec) / slowest),
    high: Math.max(value, meanOf(slowest)) * (1 + EARLY_MODEL_ERROR),
    formula:
      Math.abs(value / Math.exp(1 / beta) - 1) < 0.02 ? 'e^(1/beta)' : 'e^(1/beta), T and r being finite',
    tolerance: 'geometric',
  };
}

/** Quantiles that the mean over cycles is taken from: enough for four digits. */
const CYCLES = 10_000;

/**
 * Of independent readers. They make H(age) = r m (e^(-(T - age) / m) - e^(-T / m)) reloads until `age`, and r (age - T)
 * more past T. The first comes where H is an exponential draw h, and with it come those of the next d.
 */
function meanOfRandom({ ratePerSec, loadSec, ttlSec, beta }: Reloads): number {
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
  return 1 + more / CYCLES;
}

/** Above that many readers in reach of the expiry their distance makes no difference. */
const MOST_STEPS = 100_000;
/** Earlier than so many m before the expiry nobody reloads: e^-30. */
const REACH = 30;

function steps({ ratePerSec, loadSec, ttlSec, beta }: Reloads): number {
  return Math.ceil((Math.min(ttlSec, REACH * loadSec * beta) + 2 * loadSec) * ratePerSec) + 2;
}

/** Of readers at equal distances, one after the other: who is the first to reload, and who does so in the d after. */
function meanOfEven(reloads: Reloads): number {
  const { ratePerSec, loadSec, ttlSec, beta } = reloads;
  if (!Number.isFinite(loadSec)) return Number.NaN;
  const m = loadSec * beta;
  const count = steps(reloads);
  const during = Math.max(0, Math.ceil(loadSec * ratePerSec) - 1);
  const fromSec = Math.max(0, ttlSec - REACH * m);
  const odds = (reader: number) =>
    Math.min(1, Math.exp((fromSec + (reader + 0.5) / ratePerSec - ttlSec) / m));
  let more = 0;
  for (let reader = 1; reader <= during; reader++) more += odds(reader);
  let nobodyYet = 1;
  let mean = 0;
  for (let reader = 0; reader < count && nobodyYet > 0; reader++) {
    const first = nobodyYet * odds(reader);
    mean += first * (1 + more);
    nobodyYet -= first;
    more += odds(reader + during + 1) - odds(reader + 1);
  }
  return mean;
}
