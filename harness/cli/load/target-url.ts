import { BlockList, isIP } from 'node:net';
import { InvalidArgumentError } from 'commander';
import { ITEM } from '../../load/item-path.ts';

/** What is to be stormed. */
export interface TargetUrl {
  /** As given, for reports. */
  readonly text: string;
  /** Scheme, host and port. */
  readonly origin: string;
  readonly hostname: string;
  readonly port: number;
  /** Path and query, with `{item}` where the key goes. */
  readonly path: string;
  /** Whether it names this machine, whatever a name server says. */
  readonly loopback: boolean;
}

const ENCODED_ITEM = /%7Bitem%7D/gi;

/** The parser of the URL argument. */
export function targetUrl(text: string): TargetUrl {
  const url = URL.parse(text);
  // The URL's own parser takes braces in a host.
  if (url === null || !/^https?:$/.test(url.protocol) || /[{}]/.test(url.host)) {
    throw new InvalidArgumentError(
      'Expected a URL with http:// or https://, such as http://127.0.0.1:3000/items/{item}.',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new InvalidArgumentError('Expected a URL without user and password: they would end up in reports.');
  }
  const hostname = url.hostname.replace(/^\[|\]$/g, '');
  return {
    text,
    origin: url.origin,
    hostname,
    port: Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
    // The URL's own parser encodes the braces in a path.
    path: (url.pathname + url.search).replace(ENCODED_ITEM, ITEM),
    loopback: isLoopback(hostname),
  };
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

function isLoopback(hostname: string): boolean {
  const version = isIP(hostname);
  if (version !== 0) return LOOPBACK.check(hostname, version === 4 ? 'ipv4' : 'ipv6');
  // Of all names the only one that every resolver keeps on the machine.
  return hostname === 'localhost';
}
