import { expect, it } from 'vitest';
import { redisConfiguration } from './configuration.ts';

it('configures a private server without persistence', () => {
  const lines = redisConfiguration({ password: 'secret', own: ['port 21000'] }).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'port 21000',
      'requirepass secret',
      'save ""',
      'appendonly no',
      'notify-keyspace-events Kg$x',
    ]),
  );
});
