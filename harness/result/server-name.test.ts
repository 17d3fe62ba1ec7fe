import { expect, it } from 'vitest';
import { serverName } from './server-name.ts';

it.each([
  [undefined, 'redis 8.0.5'],
  ['sentinel', 'redis 8.0.5 behind Sentinel'],
  ['cluster', 'redis 8.0.5 in a cluster'],
] as const)('names a Redis, with how it is one of several: %s', (topology, name) => {
  expect(
    serverName({ product: 'redis', version: '8.0.5', ...(topology === undefined ? {} : { topology }) }),
  ).toBe(name);
});
