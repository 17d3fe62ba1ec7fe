import { type TlsOptions, tlsOptions } from './tls-options.ts';

/** What amqplib's `connect` takes. */
export interface AmqpAddress {
  readonly url: string;
  /** What the query of the address says about TLS: amqplib looks for it here only. */
  readonly socketOptions: TlsOptions;
}

/**
 * `amqp://[user:password@]host[:5672][/vhost]`, or `amqps://` with TLS.
 *
 * @param heartbeatSec a silent broker is given up after two of them; 0: never
 * @throws AddressError
 */
export function amqpAddress(text: string, heartbeatSec: number): AmqpAddress {
  const url = new URL(text);
  const socketOptions = url.protocol === 'amqps:' ? tlsOptions(url.searchParams) : {};
  url.searchParams.set('heartbeat', String(heartbeatSec));
  return { url: url.href, socketOptions };
}
