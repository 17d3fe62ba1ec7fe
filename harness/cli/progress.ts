import { styleText } from 'node:util';
import { createLogUpdate } from 'log-update';
import type { StackEvent } from '../../infra/stack.ts';
import { type Mishap, mishapOf, type RunEvent } from '../events.ts';
import { agreeing } from '../result/agreement.ts';
import type { Clock } from '../time/clock.ts';
import { writeLine } from './for-terminal.ts';
import { filling, initialProgress, type Progress, progressAfter, remainingMs } from './progress-state.ts';

export interface ProgressView {
  onEvent(event: RunEvent): void;
  /** Leaves the terminal as it should be found. Twice does no harm. */
  close(): void;
}

/** Redraws cost time on the cores that are being measured: four a second are enough to look alive. */
const REDRAW_MS = 250;
const BAR_WIDTH = 30;
/** These are not drawn over. */
const LASTING: ReadonlySet<RunEvent['type']> = new Set([
  'guardian-lost',
  'stale-run-swept',
  'clean-up-failed',
  'interrupted',
]);

/** A redrawn view on a terminal; elsewhere, and in CI, one line per event. */
export function openProgress(stream: NodeJS.WriteStream, clock: Clock): ProgressView {
  return stream.isTTY && process.env.CI === undefined ? redrawn(stream, clock) : lines(stream);
}

function lines(stream: NodeJS.WriteStream): ProgressView {
  let progress = initialProgress;
  return {
    onEvent(event) {
      progress = progressAfter(progress, event);
      const line = describe(event, progress);
      if (line !== null) writeLine(stream, line);
    },
    close: () => undefined,
  };
}

function redrawn(stream: NodeJS.WriteStream, clock: Clock): ProgressView {
  const draw = createLogUpdate(stream);
  let progress = initialProgress;
  const render = () => draw(frame(progress, clock.nowUs()));
  const timer = setInterval(render, REDRAW_MS);
  return {
    onEvent(event) {
      progress = progressAfter(progress, event);
      const line = LASTING.has(event.type) ? describe(event, progress) : null;
      if (line !== null) {
        draw.clear();
        writeLine(stream, line);
      }
      render();
    },
    close() {
      clearInterval(timer);
      draw.clear();
      draw.done();
    },
  };
}

function frame(progress: Progress, nowUs: number): string {
  const { finished, total, current } = progress;
  const share = total === 0 ? 0 : finished / total;
  const filled = Math.round(share * BAR_WIDTH);
  const bar = styleText('cyan', '━'.repeat(filled)) + styleText('dim', '━'.repeat(BAR_WIDTH - filled));
  const left = total === 0 ? '' : `  about ${Math.ceil(remainingMs(progress, nowUs) / 1000)} s left`;
  const now =
    current === null
      ? progress.step
      : `${current.trial.scenario}: ${styleText('bold', current.trial.strategy)}, round ${current.trial.round}  ${current.phase(nowUs)}`;
  return `${bar}  ${finished} of ${total} ${agreeing(total, 'trial')}${left}\n${now}`;
}

function whence({ infra, because }: RunEvent & { type: 'stack-starting' }): string {
  const place = infra === 'containers' ? 'in containers' : `(${infra})`;
  return because === null ? place : `${place}, as ${because}`;
}

function describe(event: RunEvent, progress: Progress): string | null {
  switch (event.type) {
    case 'run-started':
      return `run ${event.runId}: ${event.trials} ${agreeing(event.trials, 'trial')}`;
    case 'stack-starting':
      return `starting ${event.backends.join(', ')} ${whence(event)}`;
    case 'stack-started':
      return `started ${event.backends.join(', ')} in ${(event.tookMs / 1000).toFixed(1)} s`;
    case 'dataset-growing':
      return `${event.scenario}: ${filling(event)}`;
    case 'dataset-seeded':
      return `${event.scenario}: ${event.rows} ${agreeing(event.rows, 'row')} in the database`;
    case 'trial-finished': {
      const { index, scenario, strategy, round } = event.trial;
      const left = Math.ceil(remainingMs(progress, event.atUs) / 1000);
      return `trial ${index} of ${progress.total}: ${scenario}, ${strategy}, round ${round}: ${event.dbReads} database ${agreeing(event.dbReads, 'read')} (${(event.tookMs / 1000).toFixed(1)} s, about ${left} s left)`;
    }
    case 'trial-voided': {
      const { scenario, strategy, round } = event.trial;
      return `void, once more: ${scenario}, ${strategy}, round ${round}: ${event.reasons.join('; ')}`;
    }
    case 'warmed-up': {
      if (event.steady) return null;
      const { scenario, strategy, round } = event.trial;
      const took = `${(event.tookMs / 1000).toFixed(1)} s of warm-up`;
      return `not steady after ${took}: ${scenario}, ${strategy}, round ${round}`;
    }
    case 'guardian-lost':
    case 'stale-run-swept':
    case 'clean-up-failed':
      return mishapLine(event);
    case 'interrupted':
      return `${event.reason}: undoing everything, keeping what was measured`;
    // The command prints the error itself, at its end.
    case 'failed':
    case 'trial-started':
    case 'storm-started':
    case 'stack-stopped':
    case 'run-finished':
      return null;
  }
}

function mishapLine(mishap: Mishap): string {
  switch (mishap.type) {
    case 'guardian-lost':
      return 'the guardian has ended before its time: should this command be killed now, what it started stays until the next run ends it';
    case 'stale-run-swept':
      return `ended and removed what run ${mishap.runId} had left behind`;
    case 'clean-up-failed':
      return `could not clean up ${mishap.what}: ${mishap.reason}`;
  }
}

/** For commands that show no progress. */
export function writeMishap(event: StackEvent): void {
  const mishap = mishapOf(event);
  if (mishap !== null) writeLine(process.stderr, mishapLine(mishap));
}
