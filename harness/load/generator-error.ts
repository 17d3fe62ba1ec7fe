import { CachestormError } from '../failure/cachestorm-error.ts';
import { ProcessLostError } from '../process/process-lost-error.ts';

/** The generator process could not be started, ended while it was needed, or did not answer any more. */
export class GeneratorLostError extends ProcessLostError {
  readonly code = 'E_GENERATOR_LOST';
  override readonly name = 'GeneratorLostError';
}

/** The generator could not carry out a plan, or said something that this version does not understand. */
export class GeneratorFailedError extends CachestormError {
  readonly code = 'E_GENERATOR_FAILED';
  readonly failure = 'inconclusive';
}
