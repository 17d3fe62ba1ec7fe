/** How a child process came to its end. */
export interface Ending {
  /** Both `null`: it could not be started. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it wrote to stderr, may be empty. */
  readonly stderr: string;
  readonly cause?: unknown;
}

/** A process that the harness had started could not start, or ended while it was needed. */
export abstract class ProcessLostError extends Error {
  abstract readonly code: string;

  /** @param who Who ended, as in "the service". */
  constructor(who: string, { code, signal, stderr, cause }: Ending) {
    const how = signal ?? (code === null ? 'it could not be started' : `exit code ${code}`);
    super(`${who} ended (${how})${stderr === '' ? '' : `: ${stderr}`}`, cause === undefined ? {} : { cause });
  }
}
