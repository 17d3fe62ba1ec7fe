import { startedByNohup, watchStarters } from '../../infra/guardian/starters.ts';
import { CachestormError } from '../failure/cachestorm-error.ts';
import type { Clock } from '../time/clock.ts';
import { finish } from './ending.ts';
import { exitCodes } from './exit-codes.ts';
import { writeLine } from './for-terminal.ts';

/** The user ended the command. */
export class InterruptedError extends CachestormError {
  readonly code = 'E_INTERRUPTED';
  readonly failure = 'interrupted';
  override readonly name = 'InterruptedError';
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** One Ctrl-C or closed terminal may come twice: from the terminal itself, and from npx or a shell that hands it on. */
const SAME_WITHIN_US = 500_000;

/** What is done when whoever started this process has ended. Before a command listens, it has started nothing. */
const leave = (why: string): void => {
  writeLine(process.stderr, why);
  finish(exitCodes.interrupted);
};
let onOrphaned = leave;

/** Ends the command when whoever started it is ended alone. To be called first: that may be at any moment. */
export function endWithStarters(): void {
  watchStarters((who) => onOrphaned(`interrupted: ${who} that started it has ended`));
}

/**
 * Turns the first Ctrl-C into an abort of the run, and lets the second leave at once. The end of who started this process
 * is an abort, too; a hang-up is none under nohup.
 */
export function listenForInterrupts(
  clock: Clock,
  nohup = startedByNohup(),
): { readonly signal: AbortSignal; close(): void } {
  const controller = new AbortController();
  let abortedAtUs = 0;
  let abortedBy: NodeJS.Signals | null = null;
  const interrupt = (why: string) => {
    if (controller.signal.aborted) return;
    abortedAtUs = clock.nowUs();
    controller.abort(new InterruptedError(why));
  };
  const onSignal = (name: NodeJS.Signals) => {
    if (name === 'SIGHUP' && nohup) return;
    const same = name === abortedBy && clock.nowUs() - abortedAtUs <= SAME_WITHIN_US;
    // The guardian ends what the run started as soon as this process is gone.
    if (controller.signal.aborted && !same) finish(exitCodes.interrupted);
    abortedBy ??= name;
    interrupt(`interrupted by ${name}`);
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  onOrphaned = interrupt;
  return {
    signal: controller.signal,
    close() {
      for (const name of SIGNALS) process.off(name, onSignal);
      onOrphaned = leave;
    },
  };
}
