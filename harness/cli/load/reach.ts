import { once } from 'node:events';
import { connect } from 'node:net';
import { CachestormError } from '../../failure/cachestorm-error.ts';
import { formatDuration } from '../duration.ts';
import { errorCode } from '../exit-codes.ts';
import type { TargetUrl } from './target-url.ts';

/** Nothing can be asked at the URL. */
export class TargetUnreachableError extends CachestormError {
  readonly code = 'E_TARGET';
  readonly failure = 'infrastructure';
  override readonly name = 'TargetUnreachableError';
}

/**
 * Opens one connection and closes it, so that a mistyped port shows at once and not after the whole load.
 *
 * @throws TargetUnreachableError
 * @throws the signal's reason
 */
export async function reach(target: TargetUrl, timeoutMs: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const deadline = AbortSignal.timeout(timeoutMs);
  const socket = connect({ host: target.hostname, port: target.port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.any([signal, deadline]) });
  } catch (error) {
    signal.throwIfAborted();
    const why = deadline.aborted
      ? `no connection within ${formatDuration(timeoutMs)}`
      : explain(errorCode(error) ?? String(error));
    throw new TargetUnreachableError(`can't reach ${target.origin}: ${why}`, { cause: error });
  } finally {
    socket.destroy();
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there; start the service first, or correct host and port',
  ECONNRESET: 'the server resets connections',
  ENOTFOUND: 'no name server knows the host',
  EAI_AGAIN: 'no name server answers',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the network',
  UND_ERR_SOCKET: 'the server closes connections without an answer; does it speak this protocol?',
  UND_ERR_CONNECT_TIMEOUT: 'no connection came about in time',
  CLOSED: 'the server closes connections without an answer; does it speak this protocol?',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is its own; name it in NODE_EXTRA_CA_CERTS',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate’s authority is not known; name it in NODE_EXTRA_CA_CERTS',
};

/** Says what an error code of a connection means, for somebody who has to do something about it. */
export function explain(code: string): string {
  const reason = REASONS[code];
  return reason === undefined ? code : `${reason} (${code})`;
}
