import { createLogUpdate } from 'log-update';
import { significant } from '../../../reports/model/format.ts';
import type { LoadProgress } from '../../load/protocol.ts';
import type { Clock } from '../../time/clock.ts';
import { writeLine } from '../for-terminal.ts';

/** One line that says how a load stands: redrawn on a terminal, written again and again elsewhere. */
export interface LiveLine {
  /** How often it wants to be told. */
  readonly everyMs: number;
  onStarted(startedAtUs: number): void;
  onProgress(progress: LoadProgress): void;
  /** Says something that stays. */
  note(text: string): void;
  /** Leaves the terminal as it should be found. Twice does no harm. */
  close(): void;
}

const REDRAW_MS = 250;
const LINE_MS = 1_000;

export function openLiveLine(stream: NodeJS.WriteStream, clock: Clock, durationMs: number): LiveLine {
  const redrawn = stream.isTTY && process.env.CI === undefined;
  const draw = redrawn ? createLogUpdate(stream) : null;
  const show = draw ?? ((line: string) => stream.write(`${line}\n`));
  let startedAtUs: number | null = null;
  return {
    everyMs: redrawn ? REDRAW_MS : LINE_MS,
    onStarted(atUs) {
      startedAtUs = atUs;
    },
    onProgress(progress) {
      if (startedAtUs === null) return;
      show(liveLine(progress, (clock.nowUs() - startedAtUs) / 1e3, durationMs));
    },
    note(text) {
      draw?.clear();
      writeLine(stream, text);
    },
    close() {
      draw?.clear();
      draw?.done();
    },
  };
}

/** @param elapsedMs since the load's start; beyond `durationMs` only answers are waited for */
export function liveLine(
  { counts, responseP99Us }: LoadProgress,
  elapsedMs: number,
  durationMs: number,
): string {
  const { offered, completed, failed, timeout, lost, shed } = counts;
  const whole = durationMs / 1e3;
  const errors = failed + timeout + lost + shed;
  const waiting = offered - completed - errors;
  const parts = [
    elapsedMs < durationMs ? `${(elapsedMs / 1e3).toFixed(1)} of ${whole} s` : `${whole} s over, draining`,
    `${grouped(offered)} offered`,
    `${grouped(completed)} completed (${grouped((completed * 1e3) / Math.min(elapsedMs, durationMs))}/s)`,
    `${grouped(waiting)} on their way`,
    `${grouped(errors)} errors`,
    `p99 ${responseP99Us === null ? '–' : `${significant(responseP99Us / 1e3)} ms`}`,
  ];
  return parts.join('  ');
}

function grouped(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}
