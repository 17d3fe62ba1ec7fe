import { randomBytes } from 'node:crypto';

/** Returns 128 random bits, which make the names of a run's queues and users its own, whoever else is there. */
export function newToken(): string {
  return randomBytes(16).toString('hex');
}

export function isToken(text: string): boolean {
  return /^[\da-f]{32}$/.test(text);
}
