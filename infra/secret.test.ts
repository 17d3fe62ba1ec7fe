import { expect, it } from 'vitest';
import { newSecret } from './secret.ts';

it('makes secrets that need no escaping and never repeat', () => {
  const secrets = Array.from({ length: 100 }, newSecret);
  expect(new Set(secrets).size).toBe(100);
  expect(secrets.every((secret) => /^[0-9a-f]{36}$/.test(secret))).toBe(true);
});
