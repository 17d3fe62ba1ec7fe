import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { AddressError } from './address-error.ts';

/** As Node's `tls.connect` takes them. */
export interface TlsOptions {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly rejectUnauthorized?: false;
  readonly servername?: string;
}

/**
 * What an address says about TLS in its query, named as in RabbitMQ's URIs:
 *
 * - `cacertfile`, `certfile`, `keyfile`: PEM files. @default the system's authorities, and NODE_EXTRA_CA_CERTS
 * - `verify=verify_none`: trust whatever certificate comes. @default `verify_peer`
 * - `server_name_indication`: the name that the certificate is to have. @default the host
 *
 * @throws AddressError for a file that can't be read, or is none of that kind
 */
export function tlsOptions(query: URLSearchParams): TlsOptions {
  const file = (name: string) => {
    const path = query.get(name);
    return path === null ? undefined : readPem(name, path);
  };
  const [ca, cert, key] = [file('cacertfile'), file('certfile'), file('keyfile')];
  const servername = query.get('server_name_indication');
  const files = {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
  try {
    // A driver would come to it in the middle of a handshake, where nobody catches what it throws.
    createSecureContext(files);
  } catch (error) {
    throw new AddressError(`the certificate files can't be used (${codeOf(error)})`);
  }
  return {
    ...files,
    ...(query.get('verify') === 'verify_none' ? { rejectUnauthorized: false } : {}),
    ...(servername === null ? {} : { servername }),
  };
}

function readPem(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new AddressError(`${name}=${path} can't be read (${codeOf(error)})`);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no code';
}
