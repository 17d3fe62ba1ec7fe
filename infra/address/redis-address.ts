import type { RedisOptions } from 'ioredis';
import { AddressError } from './address-error.ts';
import { tlsOptions } from './tls-options.ts';

/**
 * A Redis, as an address names it:
 *
 * - `redis://[[user]:password@]host[:6379][/database]`, `rediss://` with TLS
 * - `redis+sentinel://[[user]:password@]host[:26379][,host...]/master[/database]`: whichever server is the master;
 *   `sentinel_username` and `sentinel_password` in the query are for the Sentinels themselves
 * - `redis+cluster://[[user]:password@]host[:6379][,host...]`
 *
 * `rediss+sentinel://` and `rediss+cluster://` likewise. For the query see `tlsOptions`.
 */
export interface RedisAddress {
  readonly kind: 'server' | 'sentinel' | 'cluster';
  readonly tls: boolean;
  /** Decoded; empty when there is none. */
  readonly username: string;
  readonly password: string;
  readonly hosts: readonly Host[];
  /** Name of the master's group; `null` but for Sentinel. */
  readonly master: string | null;
  readonly database: number;
  readonly query: URLSearchParams;
}

export interface Host {
  readonly host: string;
  readonly port: number;
}

const FORM = /^(rediss?)(\+sentinel|\+cluster)?:\/\/(?:([^@/]*)@)?([^/?]+)(\/[^?]*)?(?:\?(.*))?$/;
const SENTINEL_PORT = 26_379;
const SERVER_PORT = 6_379;

/** @throws AddressError */
export function parseRedisAddress(url: string): RedisAddress {
  const [, scheme, topology = '', credentials = '', hosts = '', path = '', query = ''] = FORM.exec(url) ?? [];
  if (scheme === undefined)
    throw new AddressError(
      'expected redis://, rediss://, redis+sentinel:// or redis+cluster:// with a host, such as redis://user:password@host:6379/0',
    );
  const kind = topology === '+sentinel' ? 'sentinel' : topology === '+cluster' ? 'cluster' : 'server';
  const all = hosts
    .split(',')
    .map((host) => parseHost(host, kind === 'sentinel' ? SENTINEL_PORT : SERVER_PORT));
  if (kind === 'server' && all.length > 1)
    throw new AddressError('several hosts are for redis+sentinel:// and redis+cluster:// only');
  const parts = path.split('/').slice(1);
  const master = kind === 'sentinel' ? decode(parts.shift() ?? '') : null;
  if (master === '') throw new AddressError('redis+sentinel:// needs the name of the master: /mymaster');
  const [database = ''] = parts;
  if (!/^\d*$/.test(database) || parts.length > 1)
    throw new AddressError('the path of a Redis address is the number of a database, such as /0');
  if (kind === 'cluster' && Number(database) !== 0)
    throw new AddressError('a Redis Cluster has no other database than 0');
  const colon = credentials.indexOf(':');
  return {
    kind,
    tls: scheme === 'rediss',
    username: decode(colon < 0 ? credentials : credentials.slice(0, colon)),
    password: colon < 0 ? '' : decode(credentials.slice(colon + 1)),
    hosts: all,
    master,
    database: Number(database),
    query: new URLSearchParams(query),
  };
}

/**
 * How ioredis connects to what an address names. Through Sentinel it follows a failover.
 *
 * @throws AddressError
 */
export function redisOptions(url: string): RedisOptions {
  const { kind, tls, username, password, hosts, master, database, query } = parseRedisAddress(url);
  if (kind === 'cluster') throw new AddressError('a cluster has to be asked first which of its nodes to use');
  const [first] = hosts;
  const secured = tls ? tlsOptions(query) : undefined;
  const common: RedisOptions = {
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    ...(secured === undefined ? {} : { tls: secured }),
    db: database,
  };
  if (master === null) return { ...common, ...first };
  const [sentinelUsername, sentinelPassword] = ['sentinel_username', 'sentinel_password'].map((name) =>
    query.get(name),
  );
  return {
    ...common,
    sentinels: [...hosts],
    name: master,
    ...(secured === undefined ? {} : { enableTLSForSentinelMode: true, sentinelTLS: secured }),
    ...(sentinelUsername == null ? {} : { sentinelUsername }),
    ...(sentinelPassword == null ? {} : { sentinelPassword }),
  };
}

/** The address of one server, with the credentials, database and TLS of another address. */
export function addressOfServer(address: RedisAddress, { host, port }: Host): string {
  const { tls, username, password, database, query } = address;
  const credentials =
    username === '' && password === ''
      ? ''
      : `${encodeURIComponent(username)}:${encodeURIComponent(password)}@`;
  const name = host.includes(':') ? `[${host}]` : host;
  const search = query.size === 0 ? '' : `?${query}`;
  return `${tls ? 'rediss' : 'redis'}://${credentials}${name}:${port}/${database}${search}`;
}

function parseHost(text: string, defaultPort: number): Host {
  const [, bracketed, plain, port = String(defaultPort)] =
    /^(?:\[([\da-fA-F:.]+)\]|([^:[\]]+))(?::(\d+))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535)
    throw new AddressError('expected host:port after the scheme and the credentials');
  return { host, port: Number(port) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AddressError('a % that encodes nothing: write it as %25');
  }
}
