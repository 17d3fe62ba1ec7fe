import type { RowChange } from '../../scenarios/strategies/relay.ts';
import { CachestormError } from '../failure/cachestorm-error.ts';

/** A message that is none of ours. */
export class MessageDecodeError extends CachestormError {
  readonly code = 'E_MESSAGE_DECODE';
  readonly failure = 'inconclusive';
  override readonly name = 'MessageDecodeError';
}

/** How a change travels in a message: JSON, so that a broker's own tools can show it. */
export function encodeMessage({ key, value, version, storedAtUs }: RowChange): Buffer {
  return Buffer.from(JSON.stringify({ key, value, version, storedAtUs }));
}

/** @throws MessageDecodeError */
export function decodeMessage(content: Buffer): RowChange {
  const text = content.toString();
  let parsed: Partial<Record<keyof RowChange, unknown>> | null;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new MessageDecodeError(`not a row change: ${text.slice(0, 80)}`, { cause });
  }
  const { key, value, version, storedAtUs } = parsed ?? {};
  if (
    typeof key !== 'string' ||
    typeof value !== 'string' ||
    (typeof version !== 'number' && version !== null) ||
    typeof storedAtUs !== 'number'
  ) {
    throw new MessageDecodeError(`not a row change: ${text.slice(0, 80)}`);
  }
  return { key, value, version, storedAtUs };
}
