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
}

/** A process that the harness had started could not start, or ended while it was needed. */
export abstract class ProcessLostError extends CachestormError {
  readonly failure = 'infrastructure';

  /** @param who Who ended, as in "the service". */
  constructor(who: string, { code, signal, stderr, cause, notReadyMs }: Ending) {
    const unstarted =
      notReadyMs === undefined ? 'it could not be started' : `it was not ready within ${notReadyMs / 1000} s`;
    const how = signal ?? (code === null ? unstarted : `exit code ${code}`);
    super(`${who} ended (${how})${stderr === '' ? '' : `: ${stderr}`}`, cause === undefined ? {} : { cause });
  }
}
