import { CachestormError } from '../failure/cachestorm-error.ts';

/**
 * Why a message was not published, as far as anybody knows.
 *
 * | reason | is it in a queue? |
 * |---|---|
 * | `unreachable` | no: it was never sent |
 * | `unroutable` | no: the broker took it, and found no queue for it |
 * | `refused` | no: the broker said so (nack) |
 * | `lost` | perhaps: the connection broke before the broker's answer |
 * | `timeout` | perhaps: no answer in time |
 */
export type QueueFailure = 'unreachable' | 'unroutable' | 'refused' | 'lost' | 'timeout';

const WORDS: Readonly<Record<QueueFailure, string>> = {
  unreachable: 'the broker could not be reached',
  unroutable: 'the broker has no queue for the message',
  refused: 'the broker refused the message',
  lost: 'the connection broke before the broker had confirmed the message',
  timeout: 'the broker did not confirm the message in time',
};

/** A message was not published, or nobody knows. */
export class QueueError extends CachestormError {
  readonly code = 'E_QUEUE';
  readonly failure = 'infrastructure';
  override readonly name = 'QueueError';
  readonly reason: QueueFailure;

  constructor(reason: QueueFailure, cause?: unknown) {
    super(WORDS[reason], cause === undefined ? {} : { cause });
    this.reason = reason;
  }
}
