/** What theory predicts of strategies against avalanches. */
import type { HotKeyTraffic, Prediction, TheoryInput } from './prediction.ts';
import { ageLimit, everyReaderLoads, type Formula } from './theory.ts';

/** Who reads during a load makes one too, but only so many run at once; who waited looks again, and finds what the first has filled. */
export function gatedLoads(hot: HotKeyTraffic, places: number): Formula {
  const ungated = everyReaderLoads(hot);
  return (ungated.value ?? 0) < places
    ? { ...ungated, low: 1 }
    : { value: places, low: 1, formula: 'P N', tolerance: 'edge' };
}

/** The counters are read so often, and the fullest of these windows is the peak. */
const PEAK_WINDOW_SEC = 0.1;
/** The fullest of some hundred windows of Poisson counts lies this many standard deviations above the mean, at most. */
const PEAK_Z = 4;

/** N entries written at once expire over a window of W: so many a second, and each is loaded when it is asked for. */
export function peakOfSpreadExpiries({
  preloaded,
  rows,
  ttlSec,
  parameters,
}: TheoryInput): readonly Prediction[] {
  const windowSec = ttlSec * (parameters.spread ?? 0);
  if (!preloaded || windowSec === 0) return [];
  const value = rows / windowSec;
  const high = value + PEAK_Z * Math.sqrt(value / PEAK_WINDOW_SEC);
  return [{ metric: 'db.peakQps', value, low: null, high, formula: 'N / W', tolerance: 'none' }];
}

/** The longest that a jittered time to live can come to. */
export function predictJitteredAge(input: TheoryInput): Prediction {
  return ageLimit(input, jitteredTtlSec(input), 'T + W/2 + D + S');
}

/** An entry that Redis keeps M longer than it is fresh, and that may be served until then. */
export function predictKeptAge(input: TheoryInput): Prediction {
  const keptSec = (input.parameters.maxStaleMs ?? 0) / 1000;
  const jittered = input.parameters.spread !== undefined;
  const formula = jittered ? 'T + W/2 + M + D + S' : 'T + M + D + S';
  return ageLimit(input, jitteredTtlSec(input) + keptSec, formula);
}

function jitteredTtlSec({ ttlSec, parameters }: TheoryInput): number {
  return ttlSec * (1 + (parameters.spread ?? 0) / 2);
}
