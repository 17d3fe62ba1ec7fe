import { CachestormError } from '../failure/cachestorm-error.ts';

/** How a child process came to its end. */
export interface Ending {
  /** Both `null`: it could not be started. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it wrote to stderr, may be empty. */
  readonly stderr: string;
  readonly cause?: unknown;
  /** It lived, and was ended because it was not ready after so long. */
  readonly notReadyMs?: number;
  /** It may live, and was given up because a question had no answer for so long. */
  readonly silentMs?: number;
}

/** A process that the harness had started could not start, ended while it was needed, or did not answer any more. */
export abstract class ProcessLostError extends CachestormError {
  readonly failure = 'infrastructure';

  /** @param who Who ended, as in "the service". */
  constructor(who: string, ending: Ending) {
    const { stderr, cause } = ending;
    super(
      `${who} ${whatHappened(ending)}${stderr === '' ? '' : `: ${stderr}`}`,
      cause === undefined ? {} : { cause },
    );
  }
}

function whatHappened({ code, signal, notReadyMs, silentMs }: Ending): string {
  if (signal !== null) return `ended (${signal})`;
  if (code !== null) return `ended (exit code ${code})`;
  if (notReadyMs !== undefined) return `ended (it was not ready within ${notReadyMs / 1000} s)`;
  if (silentMs === undefined) return 'ended (it could not be started)';
  return `did not answer for ${silentMs / 1000} s: its event loop is blocked, or somebody has stopped it (SIGSTOP)`;
}
