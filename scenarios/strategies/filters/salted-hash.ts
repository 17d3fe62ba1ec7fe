import { hash } from 'node:crypto';

/** The numbers of `saltedHash`: 48 bits each, so that sums and small multiples stay exact in a double. */
export interface HashPair {
  readonly first: number;
  readonly second: number;
}

/**
 * Two numbers from one cryptographic hash of the key. The salt keeps an attacker from working out beforehand
 * which keys a filter errs on (Gerbet, Kumar and Lauradoux, DSN 2015).
 */
export function saltedHash(salt: string, key: string): HashPair {
  const digest = hash('sha256', `${salt}:${key}`, 'buffer');
  return { first: digest.readUIntBE(0, 6), second: digest.readUIntBE(6, 6) };
}
