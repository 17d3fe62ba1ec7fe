import { expect, test } from 'vitest';
import { NO_NEEDS } from '../backend.ts';
import { capacityArgs } from './server-args.ts';

test.each([
  [16, 500],
  [3_216, 6_432],
])('%d connections of a run are allowed and counted', (database, most) => {
  expect(capacityArgs({ connections: { ...NO_NEEDS.connections, database } })).toEqual([
    `--max-connections=${most}`,
    `--performance-schema-max-thread-instances=${2 * most}`,
  ]);
});
