import { connect, type Socket } from 'node:net';
import type { SslOptions } from 'mysql2';
import { AddressError } from './address-error.ts';
import { tlsOptions } from './tls-options.ts';

/** What connections and pools of mysql2 take, and the reader of the binary log. */
export interface MysqlOptions {
  readonly uri: string;
  readonly ssl?: SslOptions;
  /** The name that the certificate is to have. */
  readonly host?: string;
  readonly stream?: () => Socket;
}

/** MySQL's own names, and RabbitMQ's for the same, which the other addresses use: any of them asks for TLS. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ...['cacertfile', 'certfile', 'keyfile', 'server_name_indication', 'verify'].map(
    (name) => [name, name] as const,
  ),
  ['ssl-ca', 'cacertfile'],
  ['ssl-cert', 'certfile'],
  ['ssl-key', 'keyfile'],
]);
const MODES = ['DISABLED', 'REQUIRED', 'VERIFY_CA', 'VERIFY_IDENTITY'];
/** As other drivers have it. mysql2 would leave it out, and the connection plain. */
const ELSEWHERE = /^(ssl|tls|use_?ssl|require_?ssl)/i;
const DEFAULT_PORT = 3306;

/**
 * How mysql2 connects to `mysql://user:password@host[:3306][/schema]`. TLS is asked for in the query, as MySQL Shell
 * takes it or as `tlsOptions` does:
 *
 * - `ssl-mode=VERIFY_IDENTITY`; `VERIFY_CA`: for whatever host the certificate is; `REQUIRED`: whatever the certificate
 *   is. @default `VERIFY_IDENTITY` with any of the others, `REQUIRED` with `verify=verify_none`
 * - `ssl-ca`, `ssl-cert`, `ssl-key` or `cacertfile`, `certfile`, `keyfile`; `server_name_indication`
 *
 * Everything else is left to mysql2, its own `ssl={...}` too, which trusts a certificate for any host unless it says
 * `"verifyIdentity":true`.
 *
 * @throws AddressError
 */
export function mysqlOptions(text: string): MysqlOptions {
  const url = new URL(text);
  const query = url.searchParams;
  const mode = modeOf(query);
  if (mode === null) return { uri: text };
  const asked = new URLSearchParams();
  for (const [name, known] of NAMES) {
    const value = query.get(name);
    if (value !== null) asked.set(known, value);
    query.delete(name);
  }
  query.delete('ssl-mode');
  if (mode === 'DISABLED') return { uri: url.href };
  const { servername, ...files } = tlsOptions(asked);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const name = servername ?? host;
  return {
    uri: url.href,
    ssl: { ...files, rejectUnauthorized: mode !== 'REQUIRED', verifyIdentity: mode === 'VERIFY_IDENTITY' },
    host: name,
    stream: () => socketTo(host, Number(url.port || DEFAULT_PORT), name),
  };
}

/** One of `MODES`; `null`: the address says nothing of TLS, or in mysql2's way only. */
function modeOf(query: URLSearchParams): string | null {
  const unknown = [...query.keys()].find(
    (name) => ELSEWHERE.test(name) && !['ssl', 'ssl-mode', ...NAMES.keys()].includes(name),
  );
  if (unknown !== undefined)
    throw new AddressError(`${unknown} is not known here: for TLS write ssl-mode=VERIFY_IDENTITY`);
  const given = query.get('ssl-mode');
  const named = [...NAMES.keys()].some((name) => query.has(name));
  const own = query.get('ssl');
  if (own !== null) {
    if (given !== null || named) throw new AddressError('ssl= is to be alone, or ssl-mode= in its place');
    if (!isProfile(own))
      throw new AddressError('ssl= takes {...} as mysql2 does: write ssl-mode=VERIFY_IDENTITY in its place');
  }
  if (given === null && !named) return null;
  const mode =
    given?.toUpperCase() ?? (query.get('verify') === 'verify_none' ? 'REQUIRED' : 'VERIFY_IDENTITY');
  if (!MODES.includes(mode)) throw new AddressError(`ssl-mode has to be one of ${MODES.join(', ')}`);
  return mode;
}

function isProfile(value: string): boolean {
  try {
    const profile: unknown = JSON.parse(value);
    return typeof profile === 'object' && profile !== null;
  } catch {
    return value === 'Amazon RDS';
  }
}

/**
 * mysql2 holds a certificate against the host that it thinks it connects to, but knows no IP address there: `tls.connect`
 * then takes the socket's own word for it, or `localhost`.
 */
function socketTo(host: string, port: number, name: string): Socket {
  const socket = connect(port, host);
  socket.setNoDelay(true);
  socket.once('connect', () => Object.assign(socket.setKeepAlive(true), { _host: name }));
  return socket;
}
