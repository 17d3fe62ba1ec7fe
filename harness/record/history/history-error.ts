import { CachestormError } from '../../failure/cachestorm-error.ts';

/** A history can't be written, or what is there is no history. */
export class HistoryError extends CachestormError {
  readonly code = 'E_HISTORY';
  readonly failure = 'inconclusive';
  override readonly name = 'HistoryError';
}
