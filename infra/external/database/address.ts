import { AddressError } from '../../address/address-error.ts';
import { mysqlOptions } from '../../address/mysql-address.ts';

/** The user's database, as an address names it. */
export interface DatabaseAddress {
  /** With the user's credentials and TLS options, and no schema. */
  readonly url: string;
  /** `host:port`. */
  readonly at: string;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly schema: string;
}

const DEFAULT_SCHEMA = 'cachestorm';
const DEFAULT_PORT = 3306;
const SYSTEM = ['mysql', 'information_schema', 'performance_schema', 'sys'];

/**
 * `mysql://user:password@host[:3306][/schema]`; for the query see `mysqlOptions`.
 *
 * @param chosen the schema, before that of the address. @default the address's, or `cachestorm`
 * @throws AddressError
 */
export function parseDatabaseAddress(text: string, chosen?: string): DatabaseAddress {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.protocol !== 'mysql:' || url.hostname === '')
    throw new AddressError('expected mysql://user:password@host:3306/schema');
  const schema = chosen ?? (decode(url.pathname.slice(1)) || DEFAULT_SCHEMA);
  for (const part of [url.username, url.password]) decode(part);
  if (!/^[\w$-]{1,64}$/.test(schema) || SYSTEM.includes(schema.toLowerCase()))
    throw new AddressError(
      'the schema has to be one of your own, named with letters, digits, _, $ and -, of 64 at most',
    );
  const port = Number(url.port || DEFAULT_PORT);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  url.pathname = '/';
  const tls = mysqlOptions(text).ssl !== undefined || url.searchParams.has('ssl');
  return { url: url.href, at: `${url.hostname}:${port}`, host, port, tls, schema };
}

/** The same server and schema, for a user of the run. */
export function addressFor(
  { url, schema }: DatabaseAddress,
  { name, password }: { readonly name: string; readonly password: string },
): string {
  const own = new URL(url);
  own.username = name;
  own.password = password;
  own.pathname = `/${schema}`;
  return own.href;
}

/** The same server by TLS, whatever its certificate is. */
export function withTls(url: string): string {
  const secured = new URL(url);
  secured.searchParams.set('ssl-mode', 'REQUIRED');
  return secured.href;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AddressError('a % that encodes nothing: write it as %25');
  }
}
