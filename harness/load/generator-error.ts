import { ProcessLostError } from '../process/process-lost-error.ts';

/** The generator process could not be started, ended while it was needed, or did not answer any more. */
export class GeneratorLostError extends ProcessLostError {
  readonly code = 'E_GENERATOR_LOST';
  override readonly name = 'GeneratorLostError';
}

/**
 * The generator could not carry out a plan, or said something that this version does not understand. Both ends are ours,
 * so it is a bug of ours: it has no kind of failure, and is told with its stack.
 */
export class GeneratorFailedError extends Error {
  override readonly name = 'GeneratorFailedError';
}
