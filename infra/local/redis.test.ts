import { expect, it } from 'vitest';
import { redisConfiguration } from './redis.ts';

it('configures a private server without persistence', () => {
  const lines = redisConfiguration(21_000, '/tmp/with "quotes"', 'secret').split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'bind 127.0.0.1',
      'port 21000',
      'requirepass secret',
      'dir "/tmp/with \\"quotes\\""',
      'save ""',
      'appendonly no',
      'notify-keyspace-events Kg$x',
      'set-proc-title no',
    ]),
  );
});
