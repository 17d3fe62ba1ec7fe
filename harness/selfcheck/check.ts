/** The contract of a check, and how its figures are judged. */
import type { Generator } from '../load/generator.ts';
import type { Lateness } from '../probes/noise.ts';
import type { Clock } from '../time/clock.ts';
import type { ProcessSite } from './truth-process.ts';

/** One way of holding the generator, or the counters, against something that is known. */
export interface Check {
  /** Kebab-case, unique. */
  readonly name: string;
  /** What it shows, in a clause. */
  readonly shows: string;
  measure(bench: Bench): Promise<readonly Figure[]>;
}

/** What a check works with. */
export interface Bench {
  /** The generator under test. */
  readonly generator: Generator;
  /** For further processes. */
  readonly site: ProcessSite;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** One number that is known, and what was read instead. */
export interface Figure {
  readonly name: string;
  /** `ms`, `%` or a plural noun; empty for a pure number. */
  readonly unit: string;
  readonly truth: number;
  readonly reading: number;
  /** How far the reading may lie from the truth, in its unit. */
  readonly tolerance: number;
  /**
   * What a noisy machine can do to the reading: make it larger (`adds`), or shift it either way (`shifts`);
   * `nothing` for what is counted, and `itself` for the noise as a reading of its own. Beyond the tolerance the other way the generator itself is wrong, whatever
   * the machine does: nobody gets an answer before it was sent because a neighbour is busy.
   */
  readonly noise: 'adds' | 'shifts' | 'nothing' | 'itself';
  /** Only a reading above the truth is an error. @default false */
  readonly atMost?: boolean;
}

/** What the machine did beside the check, seen by a process that took no part. */
export interface MachineNoise {
  readonly lateness: Lateness;
  /** Share of a core's time taken away, 0 to 1: the larger of just before and just after the check. */
  readonly lostShare: number;
}

/** `noisy`: the reading is off, and the machine may be the reason. */
export type CheckVerdict = 'pass' | 'fail' | 'noisy';

export interface CheckResult {
  readonly name: string;
  readonly shows: string;
  readonly verdict: CheckVerdict;
  readonly figures: readonly JudgedFigure[];
  readonly machine: MachineNoise;
  readonly tookMs: number;
}

export interface JudgedFigure extends Figure {
  readonly error: number;
  readonly verdict: CheckVerdict;
}

/**
 * What an idle 2-core machine keeps to: timers alone are a millisecond late, a pause of some other program
 * makes 5. Under load all three are far beyond.
 */
export const QUIET = { lostShare: 0.1, latenessP99Ms: 2.5, latenessWorstMs: 10 };

export function isQuiet({ lostShare, lateness }: MachineNoise): boolean {
  return (
    lostShare <= QUIET.lostShare &&
    lateness.p99Ms <= QUIET.latenessP99Ms &&
    lateness.worstMs <= QUIET.latenessWorstMs
  );
}

/** Noise excuses an error as "can't tell"; it never makes a pass of a reading that is off. */
export function judgeFigure(figure: Figure, machine: MachineNoise): JudgedFigure {
  const error = figure.reading - figure.truth;
  return { ...figure, error, verdict: verdictOf(figure, error, machine) };
}

function verdictOf(figure: Figure, error: number, machine: MachineNoise): CheckVerdict {
  const { tolerance, noise, atMost = false } = figure;
  // Not `>`: a reading that is no number passes no comparison, and must not pass the check.
  const within = atMost ? error <= tolerance : Math.abs(error) <= tolerance;
  if (within) return 'pass';
  if (noise === 'itself') return 'noisy';
  const explicable = noise === 'shifts' || (noise === 'adds' && error > 0);
  return explicable && !isQuiet(machine) ? 'noisy' : 'fail';
}

/** The worst of its figures decides; without any there is nothing to believe. */
export function worstVerdict(verdicts: readonly CheckVerdict[]): CheckVerdict {
  if (verdicts.length === 0 || verdicts.includes('fail')) return 'fail';
  return verdicts.includes('noisy') ? 'noisy' : 'pass';
}
