import { CachestormError } from '../failure/cachestorm-error.ts';
import { reasonOf } from '../failure/reason.ts';

/** The database refused a statement or could not be reached. */
export class OriginError extends CachestormError {
  readonly code = 'E_ORIGIN';
  readonly failure = 'infrastructure';
  override readonly name: string = 'OriginError';
}

/** A load that nobody waits for any more was still queued when the storm was long over. */
export class AbandonedError extends OriginError {
  override readonly name = 'AbandonedError';

  constructor() {
    super('the storm is over: what still waited for a connection was dropped');
  }
}

/** The database would have committed, but the strategy's own step inside the transaction failed. */
export class RolledBackError extends OriginError {
  override readonly name = 'RolledBackError';

  constructor(cause: unknown) {
    super(`the write was rolled back: ${reasonOf(cause)}`, { cause });
  }
}
