import { randomBytes } from 'node:crypto';

/** A fresh password of 144 bits that needs no escaping in a URL, an SQL string or a configuration file. */
export function newSecret(): string {
  // Hexadecimal and not base64url: a leading `-` reads as an option to more than one of the servers' tools.
  return randomBytes(18).toString('hex');
}
