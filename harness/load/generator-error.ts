/** The generator process ended, was killed or could not be started while it was needed. */
export class GeneratorLostError extends Error {
  readonly code = 'E_GENERATOR_LOST';
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;

  /** @param detail the end of what the process wrote to stderr, may be empty */
  constructor(exitCode: number | null, signal: NodeJS.Signals | null, detail: string, cause?: unknown) {
    const how = signal === null ? `exit code ${exitCode}` : signal;
    super(`the load generator process was lost (${how})${detail === '' ? '' : `: ${detail}`}`, { cause });
    this.exitCode = exitCode;
    this.signal = signal;
  }
}

/** The generator could not carry out a plan, or said something that this version does not understand. */
export class GeneratorFailedError extends Error {
  readonly code = 'E_GENERATOR_FAILED';
}
