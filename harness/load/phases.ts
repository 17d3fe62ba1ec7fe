/**
 * One stretch of an open load, with a rate that changes in a given shape. Plain data: it travels in scenarios,
 * plans and over IPC. Rates are requests per second over all targets; 0 is a pause.
 */
export type Phase = SteadyPhase | RampPhase | SpikePhase | StepsPhase;

export interface SteadyPhase {
  readonly shape: 'steady';
  readonly durationMs: number;
  readonly ratePerSec: number;
}

/** From one rate to another in a straight line, up or down. */
export interface RampPhase {
  readonly shape: 'ramp';
  readonly durationMs: number;
  readonly fromPerSec: number;
  readonly toPerSec: number;
}

/** The base rate, at once the peak rate for a while, and the base rate again. */
export interface SpikePhase {
  readonly shape: 'spike';
  readonly durationMs: number;
  readonly basePerSec: number;
  readonly peakPerSec: number;
  /** When the peak begins, after the phase's own start. @default a third of the phase */
  readonly peakFromMs?: number;
  /** How long the peak lasts. @default a third of the phase */
  readonly peakMs?: number;
}

/** One rate after the other, each for an equal share of the phase. */
export interface StepsPhase {
  readonly shape: 'steps';
  readonly durationMs: number;
  readonly ratesPerSec: readonly number[];
}

/** A part of a storm in which the rate is a straight line. Half-open: what falls on its end is the next one's. */
export interface Stretch {
  /** Since the storm's start. */
  readonly fromUs: number;
  readonly toUs: number;
  readonly fromPerSec: number;
  readonly toPerSec: number;
  /** The integral of the rate up to its start. */
  readonly requestsBefore: number;
}

/** All phases, one after the other, as straight lines. Stretches without a length are left out. */
export function stretchesOf(phases: readonly Phase[]): Stretch[] {
  const stretches: Stretch[] = [];
  let fromMs = 0;
  let requestsBefore = 0;
  for (const phase of phases) {
    for (const { untilMs, fromPerSec, toPerSec } of linesOf(phase)) {
      const fromUs = stretches.at(-1)?.toUs ?? 0;
      const toUs = (fromMs + untilMs) * 1e3;
      if (toUs <= fromUs) continue;
      stretches.push({ fromUs, toUs, fromPerSec, toPerSec, requestsBefore });
      requestsBefore += (((fromPerSec + toPerSec) / 2) * (toUs - fromUs)) / 1e6;
    }
    fromMs += phase.durationMs;
  }
  return stretches;
}

/** How long all phases take together. */
export function totalMs(phases: readonly Phase[]): number {
  return phases.reduce((sum, { durationMs }) => sum + durationMs, 0);
}

/** The rate's mean over all phases. */
export function meanRatePerSec(phases: readonly Phase[]): number {
  const last = stretchesOf(phases).at(-1);
  if (last === undefined) return 0;
  return ((last.requestsBefore + requestsBetween(last, last.fromUs, last.toUs)) * 1e6) / last.toUs;
}

export function rateAt({ fromUs, toUs, fromPerSec, toPerSec }: Stretch, atUs: number): number {
  return fromPerSec + ((toPerSec - fromPerSec) * (atUs - fromUs)) / (toUs - fromUs);
}

/** The integral of a stretch's rate over a part of it. */
export function requestsBetween(stretch: Stretch, startUs: number, endUs: number): number {
  return (((rateAt(stretch, startUs) + rateAt(stretch, endUs)) / 2) * (endUs - startUs)) / 1e6;
}

interface Line {
  /** Its end, after the phase's start; it begins where the one before ends. */
  readonly untilMs: number;
  readonly fromPerSec: number;
  readonly toPerSec: number;
}

function linesOf(phase: Phase): Line[] {
  const { durationMs } = phase;
  const level = (untilMs: number, rate: number): Line => ({ untilMs, fromPerSec: rate, toPerSec: rate });
  switch (phase.shape) {
    case 'steady':
      return [level(durationMs, phase.ratePerSec)];
    case 'ramp':
      return [{ untilMs: durationMs, fromPerSec: phase.fromPerSec, toPerSec: phase.toPerSec }];
    case 'spike': {
      const { basePerSec, peakPerSec, peakFromMs = durationMs / 3, peakMs = durationMs / 3 } = phase;
      return [
        level(peakFromMs, basePerSec),
        level(Math.min(durationMs, peakFromMs + peakMs), peakPerSec),
        level(durationMs, basePerSec),
      ];
    }
    case 'steps': {
      const { ratesPerSec } = phase;
      return ratesPerSec.map((rate, index) => level((durationMs * (index + 1)) / ratesPerSec.length, rate));
    }
  }
}
