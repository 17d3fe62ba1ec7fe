import type { RunEvent } from '../events.ts';
import type { Trial } from '../plan/plan.ts';
import { agreeing } from '../result/agreement.ts';

/** What the progress view knows, as a pure function of the events so far. */
export interface Progress {
  readonly total: number;
  readonly finished: number;
  /** What is done outside trials. */
  readonly step: string;
  readonly current: RunningTrial | null;
  /** Mean duration of the finished trials, ms; `null` before the first. */
  readonly meanTrialMs: number | null;
}

export interface RunningTrial {
  readonly trial: Trial;
  readonly startedAtUs: number;
  readonly stormMs: number;
  /** In words, e.g. `storm 1.2 of 3.0 s`. */
  readonly phase: (nowUs: number) => string;
}

/** What a trial takes beside its storm, until one was timed: starting processes, warming up, settling. */
const OVERHEAD_MS = 2_000;

const GROUPED = new Intl.NumberFormat('en-US');

export const initialProgress: Progress = {
  total: 0,
  finished: 0,
  step: 'planning',
  current: null,
  meanTrialMs: null,
};

export function progressAfter(progress: Progress, event: RunEvent): Progress {
  switch (event.type) {
    case 'run-started':
      return { ...progress, total: event.trials };
    case 'stack-starting':
      return { ...progress, step: `starting ${event.backends.join(' and ')} (${event.infra})` };
    case 'stack-started':
      return { ...progress, step: 'filling the database' };
    case 'dataset-growing': {
      const { current } = progress;
      if (current === null) return { ...progress, step: filling(event) };
      // Rows that an earlier trial wrote are replaced.
      const phase = event.rows === event.of ? starting : () => filling(event);
      return { ...progress, current: { ...current, phase } };
    }
    case 'trial-started': {
      const { trial, stormMs, atUs: startedAtUs } = event;
      return {
        ...progress,
        current: { trial, stormMs, startedAtUs, phase: starting },
      };
    }
    case 'storm-started': {
      if (progress.current === null) return progress;
      const { stormMs } = progress.current;
      const phase = (nowUs: number) => {
        const elapsedMs = Math.min(stormMs, Math.max(0, (nowUs - event.startedAtUs) / 1000));
        return `storm ${(elapsedMs / 1000).toFixed(1)} of ${(stormMs / 1000).toFixed(1)} s`;
      };
      return { ...progress, current: { ...progress.current, phase } };
    }
    case 'trial-finished': {
      const finished = progress.finished + 1;
      const meanTrialMs = ((progress.meanTrialMs ?? 0) * progress.finished + event.tookMs) / finished;
      return { ...progress, finished, meanTrialMs, current: null, step: 'next trial' };
    }
    case 'interrupted':
    case 'failed':
      return { ...progress, current: null, step: 'undoing everything' };
    case 'stack-stopped':
      return { ...progress, current: null, step: 'judging' };
    case 'trial-voided':
    case 'warmed-up':
    case 'guardian-lost':
    case 'stale-run-swept':
    case 'clean-up-failed':
    case 'dataset-seeded':
    case 'run-finished':
      return progress;
  }
}

function starting(): string {
  return 'starting and warming up';
}

/** `filling the database: 1,200,000 of 2,000,000 rows` */
export function filling({ rows, of }: { readonly rows: number; readonly of: number }): string {
  return `filling the database: ${GROUPED.format(rows)} of ${GROUPED.format(of)} ${agreeing(of, 'row')}`;
}

export function remainingMs({ total, finished, current, meanTrialMs }: Progress, nowUs: number): number {
  const trialMs = meanTrialMs ?? (current?.stormMs ?? 3_000) + OVERHEAD_MS;
  const spentMs = current === null ? 0 : (nowUs - current.startedAtUs) / 1000;
  return Math.max(0, (total - finished) * trialMs - Math.min(spentMs, trialMs));
}
