/** A history can't be written, or what is there is no history. */
export class HistoryError extends Error {
  readonly code = 'E_HISTORY';
  override readonly name = 'HistoryError';
}
