import { startedByNohup, watchStarters } from '../../infra/guardian/starters.ts';
import { CachestormError } from '../failure/cachestorm-error.ts';
import type { Clock } from '../time/clock.ts';
import { finish } from './ending.ts';
import { exitCodes } from './exit-codes.ts';

/** The user ended the command. */
export class InterruptedError extends CachestormError {
  readonly code = 'E_INTERRUPTED';
  readonly failure = 'interrupted';
  override readonly name = 'InterruptedError';
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** One Ctrl-C or closed terminal may come twice: from the terminal itself, and from npx or a shell that hands it on. */
const SAME_WITHIN_US = 500_000;

/**
 * Turns the first Ctrl-C into an abort of the run, and lets the second leave at once. That whoever started this process
 * has ended is an abort, too; a hang-up is none under nohup.
 */
export function listenForInterrupts(clock: Clock): { readonly signal: AbortSignal; close(): void } {
  const controller = new AbortController();
  let abortedAtUs = 0;
  const interrupt = (why: string) => {
    abortedAtUs = clock.nowUs();
    controller.abort(new InterruptedError(why));
  };
  const onSignal = (name: NodeJS.Signals) => {
    if (name === 'SIGHUP' && nohup) return;
    if (!controller.signal.aborted) interrupt(`interrupted by ${name}`);
    // The guardian ends what the run started as soon as this process is gone.
    else if (clock.nowUs() - abortedAtUs > SAME_WITHIN_US) finish(exitCodes.interrupted);
  };
  const nohup = startedByNohup();
  for (const name of SIGNALS) process.on(name, onSignal);
  const watch = watchStarters(({ name, pid }) => {
    if (!controller.signal.aborted)
      interrupt(`interrupted: ${name} (process ${pid}), which started it, has ended`);
  });
  return {
    signal: controller.signal,
    close() {
      for (const name of SIGNALS) process.off(name, onSignal);
      watch[Symbol.dispose]();
    },
  };
}
