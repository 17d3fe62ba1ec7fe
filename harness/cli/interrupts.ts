import { CachestormError } from '../failure/cachestorm-error.ts';
import { exitCodes } from './exit-codes.ts';

/** The user ended the command. */
export class InterruptedError extends CachestormError {
  readonly code = 'E_INTERRUPTED';
  readonly failure = 'interrupted';
  override readonly name = 'InterruptedError';
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Turns the first Ctrl-C into an abort of the run, and lets the second leave at once. */
export function listenForInterrupts(): { readonly signal: AbortSignal; close(): void } {
  const controller = new AbortController();
  const onSignal = (name: NodeJS.Signals) => {
    // The guardian ends what the run started as soon as this process is gone.
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort(new InterruptedError(`interrupted by ${name}`));
  };
  for (const name of SIGNALS) process.on(name, onSignal);
  return {
    signal: controller.signal,
    close() {
      for (const name of SIGNALS) process.off(name, onSignal);
    },
  };
}
