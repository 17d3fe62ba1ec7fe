import { randomBytes } from 'node:crypto';

/** What makes the names of a run's queues and users its own, whoever else is there: 128 random bits. */
export function newToken(): string {
  return randomBytes(16).toString('hex');
}

export function isToken(text: string): boolean {
  return /^[\da-f]{32}$/.test(text);
}
